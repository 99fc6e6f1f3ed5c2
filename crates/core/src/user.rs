//! A person with an account.

use crate::{ApplicationId, Phone, UnixMillis, UserId};

/// A user, as the store keeps one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The subject of every token about this user.
    pub id: UserId,
    /// Verified phone number; no two users share one.
    pub primary_phone: Option<Phone>,
    /// Verified e-mail address; no two users share one.
    pub primary_email: Option<String>,
    /// Name to sign in with; no two users share one.
    pub username: Option<String>,
    /// Name to show.
    pub name: Option<String>,
    /// URL of a picture.
    pub avatar: Option<String>,
    /// Whether an administrator has barred this account.
    pub is_suspended: bool,
    /// The application through which the account was made.
    pub application_id: Option<ApplicationId>,
    /// When the account was made.
    pub created_at: UnixMillis,
    /// When a profile field last changed.
    pub updated_at: UnixMillis,
    /// When the user last signed in.
    pub last_sign_in_at: Option<UnixMillis>,
}

impl User {
    /// A new account that owns a verified phone number.
    pub fn with_phone(
        id: UserId,
        phone: Phone,
        application_id: ApplicationId,
        now: UnixMillis,
    ) -> Self {
        Self {
            id,
            primary_phone: Some(phone),
            primary_email: None,
            username: None,
            name: None,
            avatar: None,
            is_suspended: false,
            application_id: Some(application_id),
            created_at: now,
            updated_at: now,
            last_sign_in_at: Some(now),
        }
    }

    /// The account after a sign-in at `now`.
    #[must_use]
    pub fn signed_in(mut self, now: UnixMillis) -> Self {
        self.last_sign_in_at = Some(now);
        self
    }
}
