//! Running one unit of work on a connection that is inside a transaction or savepoint. Refuses to
//! let a unit that panics, hangs or swallowed a failed statement be kept.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use moongate_core::{StoreError, Unit, UnitAborted};

use crate::conn::Conn;

/// How long a unit may take. Units await the database alone, so one that takes longer is a bug or
/// a database in trouble; on SQLite all other writers wait behind it.
const LIMIT: Duration = Duration::from_secs(10);

/// What becomes of a unit's writes.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// To be committed; the unit succeeds if that does.
    Keep,
    /// To be undone; this is what the caller is told.
    Undo(Result<(), StoreError>),
}

/// Runs `unit` to its end and says what becomes of its writes.
pub(crate) async fn run(mut conn: Conn<'_>, unit: Unit) -> Verdict {
    // The inner block makes a panic of the closure itself one of the future.
    let running = AssertUnwindSafe(async { unit(&mut conn).await }).catch_unwind();
    let undo = |text: &str| Verdict::Undo(Err(StoreError::Unavailable(text.to_owned())));
    match tokio::time::timeout(LIMIT, running).await {
        Err(_) => undo("a unit of work took too long"),
        Ok(Err(_)) => undo("a unit of work panicked"),
        Ok(Ok(Err(UnitAborted))) => Verdict::Undo(Ok(())),
        Ok(Ok(Ok(()))) => match conn.failure() {
            Some(error) => Verdict::Undo(Err(error)),
            None => Verdict::Keep,
        },
    }
}
