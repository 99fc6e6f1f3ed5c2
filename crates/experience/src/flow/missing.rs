//! What an account still lacks of what the settings require.

use moongate_core::User;
use serde::{Deserialize, Serialize};

use super::ProfileDraft;
use crate::{SignInExperience, SignUpIdentifier};

/// Something that an account lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Missing {
    /// A user name.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An e-mail address or a phone number.
    EmailOrPhone,
    /// A password.
    Password,
}

impl From<SignUpIdentifier> for Missing {
    fn from(identifier: SignUpIdentifier) -> Self {
        match identifier {
            SignUpIdentifier::Username => Self::Username,
            SignUpIdentifier::Email => Self::Email,
            SignUpIdentifier::Phone => Self::Phone,
            SignUpIdentifier::EmailOrPhone => Self::EmailOrPhone,
        }
    }
}

/// What is missing, in the order in which it is asked for, once `draft` has gone into `user`; or
/// into a new account, if there is none.
pub(crate) fn missing(
    settings: &SignInExperience,
    user: Option<&User>,
    draft: &ProfileDraft,
) -> Vec<Missing> {
    let has_username = draft.username.is_some() || user.is_some_and(|user| user.username.is_some());
    let has_email = draft.email.is_some() || user.is_some_and(|user| user.primary_email.is_some());
    let has_phone = draft.phone.is_some() || user.is_some_and(|user| user.primary_phone.is_some());
    let has_password =
        draft.password_hash.is_some() || user.is_some_and(|user| user.password_hash.is_some());
    let required = settings.sign_up.required().into_iter();
    let mut missing: Vec<Missing> = required
        .filter(|identifier| match identifier {
            SignUpIdentifier::Username => !has_username,
            SignUpIdentifier::Email => !has_email,
            SignUpIdentifier::Phone => !has_phone,
            SignUpIdentifier::EmailOrPhone => !has_email && !has_phone,
        })
        .map(Missing::from)
        .collect();
    if settings.sign_up.password && !has_password {
        // The password comes right behind the first identifiers.
        let primary = settings.sign_up.primary();
        let at = missing
            .iter()
            .position(|it| !primary.iter().any(|first| Missing::from(*first) == *it))
            .unwrap_or(missing.len());
        missing.insert(at, Missing::Password);
    }
    missing
}
