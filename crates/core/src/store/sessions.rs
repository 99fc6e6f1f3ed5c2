//! Browser sessions, and the `sid` under which each application knows one.

use async_trait::async_trait;

use crate::{ApplicationId, Session, SessionId, StoreError, UnixMillis, UserId};

/// Browser sessions.
#[async_trait]
pub trait SessionReads {
    /// The session of that identifier, expired or not. In a unit it stays locked until the unit is
    /// over, so that nothing is issued from a session that another unit ends.
    async fn session(&mut self, id: &SessionId) -> Result<Option<Session>, StoreError>;
    /// The session whose cookie has that SHA-256, expired or not.
    async fn session_by_cookie(
        &mut self,
        cookie_hash: &[u8; 32],
    ) -> Result<Option<Session>, StoreError>;
    /// The sessions of a user that are not over, newest first.
    async fn sessions_of_user(
        &mut self,
        user_id: &UserId,
        now: UnixMillis,
    ) -> Result<Vec<Session>, StoreError>;
    /// The applications that know a session, each with its `sid`.
    async fn sids_of_session(
        &mut self,
        id: &SessionId,
    ) -> Result<Vec<(ApplicationId, String)>, StoreError>;
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
