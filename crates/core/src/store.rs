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

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use thiserror::Error;

use crate::{
    AccessToken, Application, ApplicationId, ApplicationSecret, AuthorizationCode, Connector,
    ConnectorId, Document, Grant, GrantId, Interaction, InteractionId, Mac, Phone, RefreshToken,
    Session, SessionId, SigningKeyId, StoredSigningKey, UnixMillis, User, UserId, VerificationCode,
    VerificationCodeId, VerificationPurpose,
};

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

/// Users.
#[async_trait]
pub trait UserReads {
    /// The user of that identifier.
    async fn user(&mut self, id: &UserId) -> Result<Option<User>, StoreError>;
    /// The user who owns that number.
    async fn user_by_phone(&mut self, phone: &Phone) -> Result<Option<User>, StoreError>;
}

/// Users.
#[async_trait]
pub trait UserWrites {
    /// Adds a user. `false`, and nothing is written, if phone, e-mail or username is taken.
    async fn insert_user(&mut self, user: &User) -> Result<bool, StoreError>;
    /// Writes all fields of a known user; unknown ones are ignored.
    async fn update_user(&mut self, user: &User) -> Result<(), StoreError>;
}

/// Applications and their secrets.
#[async_trait]
pub trait ApplicationReads {
    /// The application of that identifier.
    async fn application(&mut self, id: &ApplicationId) -> Result<Option<Application>, StoreError>;
    /// All applications, oldest first.
    async fn applications(&mut self) -> Result<Vec<Application>, StoreError>;
    /// The secrets of an application by name, expired ones included.
    async fn application_secrets(
        &mut self,
        id: &ApplicationId,
    ) -> Result<Vec<ApplicationSecret>, StoreError>;
}

/// Applications and their secrets.
#[async_trait]
pub trait ApplicationWrites {
    /// Adds an application or replaces the one of the same identifier (`created_at` stays).
    async fn put_application(&mut self, application: &Application) -> Result<(), StoreError>;
    /// Removes an application with its secrets, grants and interactions.
    async fn delete_application(&mut self, id: &ApplicationId) -> Result<(), StoreError>;
    /// Adds a secret or replaces the one of the same name (`created_at` stays).
    async fn put_application_secret(
        &mut self,
        secret: &ApplicationSecret,
    ) -> Result<(), StoreError>;
    /// Removes the secret of that name.
    async fn delete_application_secret(
        &mut self,
        id: &ApplicationId,
        name: &str,
    ) -> Result<(), StoreError>;
}

/// Interactions.
#[async_trait]
pub trait InteractionReads {
    /// The interaction of that identifier, expired or not.
    async fn interaction(&mut self, id: &InteractionId) -> Result<Option<Interaction>, StoreError>;
}

/// Interactions.
#[async_trait]
pub trait InteractionWrites {
    /// Adds an interaction.
    async fn insert_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError>;
    /// Writes the state of a known interaction.
    async fn update_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError>;
}

/// Browser sessions.
#[async_trait]
pub trait SessionReads {
    /// The session of that identifier, expired or not.
    async fn session(&mut self, id: &SessionId) -> Result<Option<Session>, StoreError>;
    /// The session whose cookie has that SHA-256, expired or not.
    async fn session_by_cookie(
        &mut self,
        cookie_hash: &[u8; 32],
    ) -> Result<Option<Session>, StoreError>;
}

/// Browser sessions.
#[async_trait]
pub trait SessionWrites {
    /// Adds a session.
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError>;
    /// Removes a session and what it remembers of its applications. `false` if it was gone.
    async fn delete_session(&mut self, id: &SessionId) -> Result<bool, StoreError>;
    /// Hands the `sid`s and grants of one session to another, as when a user signs in again.
    async fn move_session(&mut self, from: &SessionId, to: &SessionId) -> Result<(), StoreError>;
    /// The `sid` under which an application knows a session: `fresh` if it had none.
    async fn session_sid(
        &mut self,
        id: &SessionId,
        application_id: &ApplicationId,
        fresh: &str,
    ) -> Result<String, StoreError>;
}

/// Grants and the credentials issued from them.
#[async_trait]
pub trait GrantReads {
    /// The grant of that identifier, revoked or not.
    async fn grant(&mut self, id: &GrantId) -> Result<Option<Grant>, StoreError>;
    /// The access token of that hash, expired or not.
    async fn access_token(&mut self, hash: &[u8; 32]) -> Result<Option<AccessToken>, StoreError>;
    /// The refresh token of that hash, expired or consumed or not.
    async fn refresh_token(&mut self, hash: &[u8; 32]) -> Result<Option<RefreshToken>, StoreError>;
}

/// Grants and the credentials issued from them.
#[async_trait]
pub trait GrantWrites {
    /// Adds a grant.
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), StoreError>;
    /// Revokes a grant, and so all that was issued from it. Revoking twice keeps the first time.
    async fn revoke_grant(&mut self, id: &GrantId, now: UnixMillis) -> Result<(), StoreError>;
    /// Revokes the grants of a session that lack `offline_access`.
    async fn revoke_online_grants(
        &mut self,
        session_id: &SessionId,
        now: UnixMillis,
    ) -> Result<(), StoreError>;
    /// Adds an authorization code.
    async fn insert_authorization_code(
        &mut self,
        code: &AuthorizationCode,
    ) -> Result<(), StoreError>;
    /// Marks a code as used and gives it as it was before: of many racing callers, exactly one
    /// sees `used_at: None`. `None` if there is no such code.
    async fn use_authorization_code(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<AuthorizationCode>, StoreError>;
    /// Adds an access token.
    async fn insert_access_token(&mut self, token: &AccessToken) -> Result<(), StoreError>;
    /// Adds a refresh token.
    async fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError>;
    /// Marks a refresh token as consumed and gives it as it was before, like
    /// [`GrantWrites::use_authorization_code`].
    async fn consume_refresh_token(
        &mut self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<RefreshToken>, StoreError>;
}

/// Verification codes.
#[async_trait]
pub trait VerificationCodeReads {
    /// The newest code of an interaction for a purpose, whatever its state.
    async fn verification_code(
        &mut self,
        interaction_id: &InteractionId,
        purpose: VerificationPurpose,
    ) -> Result<Option<VerificationCode>, StoreError>;
}

/// Verification codes.
#[async_trait]
pub trait VerificationCodeWrites {
    /// Adds a code and removes earlier ones of the same interaction and purpose.
    async fn replace_verification_code(
        &mut self,
        code: &VerificationCode,
    ) -> Result<(), StoreError>;
    /// Counts one try, if fewer than `max` were made; gives the tries so far, this one included.
    async fn count_attempt(
        &mut self,
        id: &VerificationCodeId,
        max: i64,
    ) -> Result<Option<i64>, StoreError>;
    /// Consumes a code: of many racing callers, exactly one gets `true`.
    async fn consume_verification_code(
        &mut self,
        id: &VerificationCodeId,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;
}

/// Messages sent, for limits.
#[async_trait]
pub trait SendReads {
    /// When messages went to an address since `since`, newest first.
    async fn sends_since(
        &mut self,
        address: &Mac,
        since: UnixMillis,
    ) -> Result<Vec<UnixMillis>, StoreError>;
}

/// Messages sent, for limits.
#[async_trait]
pub trait SendWrites {
    /// Keeps other units that lock the same address waiting until this one is over, so that
    /// parallel requests can't exceed a limit together.
    async fn lock_address(&mut self, address: &Mac) -> Result<(), StoreError>;
    /// Records a message as sent.
    async fn insert_send(&mut self, address: &Mac, at: UnixMillis) -> Result<(), StoreError>;
    /// Forgets a message that could not be sent.
    async fn delete_send(&mut self, address: &Mac, at: UnixMillis) -> Result<(), StoreError>;
}

/// Connectors.
#[async_trait]
pub trait ConnectorReads {
    /// All connectors, oldest first.
    async fn connectors(&mut self) -> Result<Vec<Connector>, StoreError>;
}

/// Connectors.
#[async_trait]
pub trait ConnectorWrites {
    /// Adds a connector or replaces the one of the same identifier (`created_at` stays).
    async fn put_connector(&mut self, connector: &Connector) -> Result<(), StoreError>;
    /// Removes a connector.
    async fn delete_connector(&mut self, id: &ConnectorId) -> Result<(), StoreError>;
}

/// Settings documents.
#[async_trait]
pub trait DocumentReads {
    /// The newest revision of a document.
    async fn document(&mut self, key: &str) -> Result<Option<Document>, StoreError>;
}

/// Settings documents.
#[async_trait]
pub trait DocumentWrites {
    /// Saves a document as the revision after `known_revision` (0 if there was none). `false`,
    /// and nothing is written, if somebody else saved in the meantime.
    async fn save_document(
        &mut self,
        key: &str,
        known_revision: i64,
        body: &str,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;
}

/// Token-signing keys.
#[async_trait]
pub trait SigningKeyReads {
    /// All keys, newest first.
    async fn signing_keys(&mut self) -> Result<Vec<StoredSigningKey>, StoreError>;
}

/// Token-signing keys.
#[async_trait]
pub trait SigningKeyWrites {
    /// Adds a key. `false`, and nothing is written, if its algorithm has a current key already and
    /// it claims to be current too: another process was first.
    async fn insert_signing_key(&mut self, key: &StoredSigningKey) -> Result<bool, StoreError>;
    /// Removes a key.
    async fn delete_signing_key(&mut self, id: &SigningKeyId) -> Result<(), StoreError>;
}

/// What keeps the store small.
#[async_trait]
pub trait Housekeeping {
    /// Removes rows whose time is over: interactions, sessions, codes, tokens, grants, sends.
    /// Rows that guard against replay stay as long as what they guard lives. Gives their number.
    async fn remove_expired(&mut self, now: UnixMillis) -> Result<u64, StoreError>;
}

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
