//! Identifiers as requests have them: `{type, value}`, each value in the one form that Logto takes.
//! It is stricter than the pages, where people type.

use moongate_core::{EmailAddress, Phone, Recipient, Region};
use moongate_experience::{Identifier, SignInIdentifier, is_username};
use serde::Deserialize;

use crate::routes::api::error::ApiError;

const PATH: &str = "identifier.value";

/// An identifier as it was sent.
#[derive(Debug, Deserialize)]
pub(super) struct IdentifierBody {
    r#type: SignInIdentifier,
    value: String,
}

impl IdentifierBody {
    /// Any identifier.
    pub(super) fn identifier(&self) -> Result<Identifier, ApiError> {
        let text = self.value.as_str();
        match self.r#type {
            SignInIdentifier::Username => self.username().map(Identifier::Username),
            SignInIdentifier::Email => {
                let email = EmailAddress::parse(text).ok();
                // Nothing is tidied up: `^\S+@\S+\.\S+$`.
                let email = email.filter(|_| !text.contains(char::is_whitespace));
                let email = email.ok_or_else(|| ApiError::field(PATH, "must be an e-mail address"));
                email.map(Identifier::Email)
            }
            SignInIdentifier::Phone => {
                let is_digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
                // With the country code in front, the region plays no part.
                let phone = Phone::parse(&format!("+{text}"), Region::CHINA).ok();
                let problem = "must be the digits of a mobile number, country code first";
                let phone = phone.filter(|_| is_digits);
                let phone = phone.ok_or_else(|| ApiError::field(PATH, problem));
                phone.map(Identifier::Phone)
            }
        }
    }

    /// One that a message reaches.
    pub(super) fn recipient(&self) -> Result<Recipient, ApiError> {
        let recipient = self.identifier()?.recipient();
        recipient.ok_or_else(|| ApiError::field("identifier.type", "must be email or phone"))
    }

    /// A user name.
    pub(super) fn username(&self) -> Result<String, ApiError> {
        if self.r#type != SignInIdentifier::Username {
            return Err(ApiError::field("identifier.type", "must be username"));
        }
        if !is_username(&self.value) {
            let problem = "must be a letter or _, then letters, digits and _";
            return Err(ApiError::field(PATH, problem));
        }
        Ok(self.value.clone())
    }
}
