//! Tokens that stand for a user in a token exchange (RFC 8693, with Logto's token types).

use serde_json::{Map, Value};

use crate::{UnixMillis, UserId};

/// A token that an administrator made so that an application may act as a user; good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// Whom it stands for.
    pub user_id: UserId,
    /// Whatever its maker noted.
    pub context: Map<String, Value>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: UnixMillis,
    /// When it was exchanged.
    pub consumed_at: Option<UnixMillis>,
}

/// A named, long-lived token of a user, for scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalAccessToken {
    /// Whose it is.
    pub user_id: UserId,
    /// Its name, unique for the user.
    pub name: String,
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// The token, sealed, since Logto's API shows it again.
    pub sealed_value: Vec<u8>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// From when on it is refused; never if absent.
    pub expires_at: Option<UnixMillis>,
}

impl PersonalAccessToken {
    /// Whether it is refused at `now`.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}
