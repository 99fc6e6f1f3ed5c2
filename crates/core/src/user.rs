//! A person with an account.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{ApplicationId, PasswordHash, Phone, UnixMillis, UserId};

/// Standard claims that have no column of their own (OpenID Connect Core §5.1), with Logto's names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Profile {
    /// Surname.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Name in the middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Casual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The name to be known by; the user name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// URL of a page about the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// URL of the user's own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// `female`, `male` or any other word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// `YYYY-MM-DD`, `0000-MM-DD` or `YYYY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Such as `Asia/Shanghai`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Such as `zh-CN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address (OpenID Connect Core §5.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Address {
    /// The whole, as on a letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// Street, number, flat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

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
    /// The password's hash, if the user has a password.
    pub password_hash: Option<PasswordHash>,
    /// Name to show.
    pub name: Option<String>,
    /// URL of a picture.
    pub avatar: Option<String>,
    /// Further standard claims.
    pub profile: Profile,
    /// Whatever administrators and applications keep about the user.
    pub custom_data: Map<String, Value>,
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
    /// A new account that nothing signs in to yet, made on the way to an application, if any.
    pub fn new(id: UserId, application_id: Option<ApplicationId>, now: UnixMillis) -> Self {
        Self {
            id,
            primary_phone: None,
            primary_email: None,
            username: None,
            password_hash: None,
            name: None,
            avatar: None,
            profile: Profile::default(),
            custom_data: Map::new(),
            is_suspended: false,
            application_id,
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
        }
    }

    /// A new account that owns a verified phone number and signs in with it.
    pub fn with_phone(
        id: UserId,
        phone: Phone,
        application_id: ApplicationId,
        now: UnixMillis,
    ) -> Self {
        Self {
            primary_phone: Some(phone),
            last_sign_in_at: Some(now),
            ..Self::new(id, Some(application_id), now)
        }
    }

    /// The account after a sign-in at `now`.
    #[must_use]
    pub fn signed_in(mut self, now: UnixMillis) -> Self {
        self.last_sign_in_at = Some(now);
        self
    }
}
