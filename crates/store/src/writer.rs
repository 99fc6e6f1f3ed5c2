//! The one writer of a SQLite file: runs the units that are waiting, each in a savepoint, commits
//! once, and only then answers them all. One flush to disk serves a whole group.

use std::collections::VecDeque;

use moongate_core::{StoreError, Unit};
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::conn::Conn;
use crate::error::store_error;
use crate::unit::{self, Verdict};

/// How many units share a commit at most, so that the first does not wait long for the last.
const GROUP: usize = 64;

/// How many units may wait; more callers wait to be let in.
const WAITING: usize = 1024;

type Answer = Result<(), StoreError>;

struct Job {
    unit: Unit,
    caller: oneshot::Sender<Answer>,
}

enum Message {
    Run(Job),
    Close(oneshot::Sender<()>),
}

/// A handle on the writer task. The task ends when all handles are gone, or at [`Writer::close`].
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Message>);

impl Writer {
    /// Hands `connection` to a task of its own.
    pub(crate) fn spawn(connection: SqliteConnection) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(serve(connection, receiver));
        Self(sender)
    }

    /// Runs a unit. Once it has been handed over it runs to its end, whether or not the caller
    /// still waits.
    pub(crate) async fn run(&self, unit: Unit) -> Answer {
        let (caller, answer) = oneshot::channel();
        let stopped = || StoreError::Unavailable("the store is closed".to_owned());
        self.0
            .send(Message::Run(Job { unit, caller }))
            .await
            .map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Runs what was handed over before, then closes the connection.
    pub(crate) async fn close(&self) {
        let (closed, done) = oneshot::channel();
        if self.0.send(Message::Close(closed)).await.is_ok() {
            // An error means that another close came first.
            let _ = done.await;
        }
    }
}

async fn serve(mut connection: SqliteConnection, mut messages: mpsc::Receiver<Message>) {
    let mut waiting = VecDeque::new();
    let mut closing = None;
    while closing.is_none() {
        let Some(first) = messages.recv().await else {
            break;
        };
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Run(job) => waiting.push_back(job),
                Message::Close(closed) => {
                    closing = Some(closed);
                    break;
                }
            }
            next = (waiting.len() < GROUP)
                .then(|| messages.try_recv().ok())
                .flatten();
        }
        while !waiting.is_empty() {
            run_group(&mut connection, &mut waiting).await;
        }
    }
    messages.close();
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the database file was not closed cleanly");
    }
    if let Some(closed) = closing {
        let _ = closed.send(());
    }
}

/// Takes units from `waiting` and answers them. All of them, unless the transaction broke under
/// one: then those that had not begun stay, for the next group.
async fn run_group(connection: &mut SqliteConnection, waiting: &mut VecDeque<Job>) {
    let mut done = Vec::with_capacity(waiting.len());
    let answered = match transact(connection, waiting, &mut done).await {
        Ok(()) => Ok(()),
        Err(error) => {
            // Fails if SQLite has rolled back by itself, as it does when the disk is full.
            let _ = execute(connection, "ROLLBACK").await;
            tracing::error!(%error, units = done.len(), "a group of writes was undone");
            Err(error)
        }
    };
    for (caller, answer) in done {
        // Even a refusal must not be told when the commit failed: it may rest on what another
        // unit of the group wrote.
        let _ = caller.send(answered.clone().and(answer));
    }
}

async fn transact(
    connection: &mut SqliteConnection,
    waiting: &mut VecDeque<Job>,
    done: &mut Vec<(oneshot::Sender<Answer>, Answer)>,
) -> Result<(), StoreError> {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE").await {
        done.extend(waiting.drain(..).map(|job| (job.caller, Ok(()))));
        return Err(error);
    }
    while let Some(Job { unit, caller }) = waiting.pop_front() {
        // Its place is taken before it runs: if a step below fails, it is told like the others.
        done.push((caller, Ok(())));
        execute(connection, "SAVEPOINT unit").await?;
        if let Verdict::Undo(answer) = unit::run(Conn::sqlite_unit(connection), unit).await {
            // Fails, like the release, if SQLite has rolled back the whole transaction under the
            // unit: what earlier units wrote is gone then too, and must not be reported as kept.
            execute(connection, "ROLLBACK TO unit").await?;
            if let Some((_, last)) = done.last_mut() {
                *last = answer;
            }
        }
        execute(connection, "RELEASE unit").await?;
    }
    execute(connection, "COMMIT").await
}

async fn execute(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(|error| store_error(&error))
}
