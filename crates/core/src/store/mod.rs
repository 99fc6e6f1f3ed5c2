//! The store, as use cases see it: reads, and writes as units.
//!
//! A unit is one closure that sees a [`Tx`]. It commits when it returns `Ok` and leaves nothing
//! behind when it returns `Err`; either way its answer reaches the caller only once that is
//! durable. So an attempt that must be counted although it fails returns `Ok` with the refusal
//! inside. Nothing but database calls may be awaited in a unit: the writer waits for it.
//!
//! ```
//! # use moongate_core::{Store, StoreError, UserId, UserReads, UserWrites, UnixMillis};
//! # async fn touch(store: &dyn Store, id: UserId, now: UnixMillis) -> Result<bool, StoreError> {
//! store
//!     .write(move |tx| {
//!         Box::pin(async move {
//!             let Some(user) = tx.user(&id).await? else {
//!                 return Ok(false);
//!             };
//!             tx.update_user(&user.signed_in(now)).await?;
//!             Ok(true)
//!         })
//!     })
//!     .await
//! # }
//! ```

mod account_steps;
mod applications;
mod connectors;
mod consents;
mod devices;
mod documents;
mod drafts;
mod grants;
mod housekeeping;
mod interactions;
mod links;
mod logout_deliveries;
mod one_time;
mod resources;
mod roles;
mod sends;
mod sentinels;
mod sessions;
mod signing_keys;
mod users;
mod verification_codes;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use thiserror::Error;

pub use account_steps::{AccountStepReads, AccountStepWrites};
pub use applications::{ApplicationReads, ApplicationWrites};
pub use connectors::{ConnectorReads, ConnectorWrites};
pub use consents::{ConsentReads, ConsentWrites};
pub use devices::{DeviceReads, DeviceWrites};
pub use documents::{DocumentReads, DocumentWrites};
pub use drafts::{DraftReads, DraftWrites};
pub use grants::{GrantReads, GrantWrites};
pub use housekeeping::Housekeeping;
pub use interactions::{InteractionReads, InteractionWrites};
pub use links::{LinkReads, LinkWrites};
pub use logout_deliveries::LogoutDeliveryWrites;
pub use one_time::{OneTimeReads, OneTimeWrites};
pub use resources::{ResourceReads, ResourceWrites};
pub use roles::{RoleReads, RoleWrites};
pub use sends::{SendReads, SendWrites};
pub use sentinels::{SentinelReads, SentinelWrites};
pub use sessions::{SessionReads, SessionWrites};
pub use signing_keys::{SigningKeyReads, SigningKeyWrites};
pub use users::{UserFilter, UserReads, UserWrites};
pub use verification_codes::{VerificationCodeReads, VerificationCodeWrites};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why the store could not do its work.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// Out of reach, busy for too long, or full. The text is for the log.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A row does not say what it must. Names table and column, never the value.
    #[error("a stored row is corrupt: {0}")]
    Corrupt(String),
    /// A unit broke a uniqueness rule that the use case did not foresee.
    #[error("the store refused a duplicate: {0}")]
    Duplicate(String),
}

/// A unit asked for its writes to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitAborted;

/// A unit of work, as an implementation of [`Store`] runs it.
pub type Unit = Box<
    dyn for<'t> FnOnce(&'t mut dyn Tx) -> BoxFuture<'t, Result<(), UnitAborted>> + Send + 'static,
>;

/// All that can be read.
pub trait Reader:
    UserReads
    + ApplicationReads
    + InteractionReads
    + SessionReads
    + GrantReads
    + VerificationCodeReads
    + SendReads
    + ConnectorReads
    + DocumentReads
    + SigningKeyReads
    + ResourceReads
    + RoleReads
    + ConsentReads
    + DeviceReads
    + OneTimeReads
    + SentinelReads
    + AccountStepReads
    + LinkReads
    + DraftReads
    + Send
{
}

/// All that a unit can do.
pub trait Tx:
    Reader
    + UserWrites
    + ApplicationWrites
    + InteractionWrites
    + SessionWrites
    + GrantWrites
    + VerificationCodeWrites
    + SendWrites
    + ConnectorWrites
    + DocumentWrites
    + SigningKeyWrites
    + ResourceWrites
    + RoleWrites
    + ConsentWrites
    + DeviceWrites
    + OneTimeWrites
    + SentinelWrites
    + AccountStepWrites
    + LinkWrites
    + DraftWrites
    + LogoutDeliveryWrites
    + Housekeeping
{
}

/// The store: SQLite or PostgreSQL.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// A connection to read on.
    async fn read(&self) -> Result<Box<dyn Reader + '_>, StoreError>;

    /// Runs one unit; use [`write`](trait.Store.html#method.write) of `dyn Store`.
    async fn run(&self, unit: Unit) -> Result<(), StoreError>;
}

impl dyn Store {
    /// Runs `unit`, commits what it wrote if it returns `Ok`, undoes it if it returns `Err`, and
    /// gives its answer once that is durable.
    ///
    /// # Errors
    /// The unit's own, or [`StoreError`] turned into it if the store could not commit.
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        self.run(Box::new(move |tx| {
            Box::pin(async move {
                let result = unit(tx).await;
                let outcome = if result.is_ok() {
                    Ok(())
                } else {
                    Err(UnitAborted)
                };
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                outcome
            })
        }))
        .await?;
        let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.unwrap_or_else(|| {
            Err(StoreError::Unavailable("the unit of work did not run to its end".into()).into())
        })
    }
}
