//! A logout token that an application has yet to take (Back-Channel Logout 1.0).

use crate::{ApplicationId, LogoutDeliveryId, UnixMillis, UserId};

/// One application to be told that one session ended. The token itself is made at each attempt,
/// so that it is fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutDelivery {
    /// The row's identifier.
    pub id: LogoutDeliveryId,
    /// Whom to tell.
    pub application_id: ApplicationId,
    /// Whose session it was.
    pub user_id: UserId,
    /// The session as the application knows it.
    pub sid: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When to try next.
    pub next_attempt_at: UnixMillis,
    /// When the session ended.
    pub created_at: UnixMillis,
}
