//! What a person is known by, as they type it and as accounts are found by it.

use moongate_core::{EmailAddress, Phone, PhoneError, Reader, Recipient, Region, StoreError, User};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::SignInIdentifier;

/// Longest user name.
pub(crate) const LONGEST_USERNAME: usize = 128;

/// A user name, an e-mail address or a phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", content = "value")]
pub enum Identifier {
    /// A name of one's own choosing.
    Username(String),
    /// An e-mail address.
    Email(EmailAddress),
    /// A phone number.
    Phone(Phone),
}

/// Why a text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentifierError {
    /// Nothing was written.
    #[error("nothing was written")]
    Empty,
    /// It can't be any of what was asked for.
    #[error("not a {}", .0.as_str())]
    Malformed(SignInIdentifier),
}

impl Identifier {
    /// Reads what somebody typed where one of `kinds` was asked for. A number without country code
    /// is taken to be in `region`.
    ///
    /// # Errors
    /// [`IdentifierError`] names what the text comes closest to.
    pub fn read(
        text: &str,
        kinds: &[SignInIdentifier],
        region: Region,
    ) -> Result<Self, IdentifierError> {
        use SignInIdentifier as Kind;
        let text = text.trim();
        if text.is_empty() {
            return Err(IdentifierError::Empty);
        }
        let takes = |kind| kinds.contains(&kind);
        let malformed = |kind| Err(IdentifierError::Malformed(kind));
        if takes(Kind::Email) && (text.contains(['@', '＠']) || kinds == [Kind::Email]) {
            return EmailAddress::parse(text)
                .map(Self::Email)
                .or(malformed(Kind::Email));
        }
        if takes(Kind::Phone) {
            match Phone::parse(text, region) {
                Ok(phone) => return Ok(Self::Phone(phone)),
                // A user name can't begin with a digit, so this was meant to be a number.
                Err(PhoneError::Empty | PhoneError::Invalid | PhoneError::NotMobile)
                    if !takes(Kind::Username) || looks_like_a_number(text) =>
                {
                    let meant = if takes(Kind::Email) && !looks_like_a_number(text) {
                        Kind::Email
                    } else {
                        Kind::Phone
                    };
                    return malformed(meant);
                }
                Err(_) => {}
            }
        }
        if text.chars().count() > LONGEST_USERNAME || !takes(Kind::Username) {
            return malformed(Kind::Username);
        }
        Ok(Self::Username(text.to_owned()))
    }

    /// Which kind it is.
    pub fn kind(&self) -> SignInIdentifier {
        match self {
            Self::Username(_) => SignInIdentifier::Username,
            Self::Email(_) => SignInIdentifier::Email,
            Self::Phone(_) => SignInIdentifier::Phone,
        }
    }

    /// The name, the address, or the digits of the number.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Username(name) => name,
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.digits(),
        }
    }

    /// Where a message reaches its owner, if one does.
    pub fn recipient(&self) -> Option<Recipient> {
        match self {
            Self::Username(_) => None,
            Self::Email(email) => Some(Recipient::Email(email.clone())),
            Self::Phone(phone) => Some(Recipient::Phone(phone.clone())),
        }
    }

    /// Whose it is.
    pub(crate) async fn owner(&self, reader: &mut dyn Reader) -> Result<Option<User>, StoreError> {
        match self {
            Self::Username(name) => reader.user_by_username(name).await,
            Self::Email(email) => reader.user_by_email(email.as_str()).await,
            Self::Phone(phone) => reader.user_by_phone(phone).await,
        }
    }
}

impl From<Recipient> for Identifier {
    fn from(recipient: Recipient) -> Self {
        match recipient {
            Recipient::Phone(phone) => Self::Phone(phone),
            Recipient::Email(email) => Self::Email(email),
        }
    }
}

/// Whether a text can be a user name: a letter or `_`, then letters, digits and `_`, in ASCII, as
/// Logto's.
pub fn is_username(text: &str) -> bool {
    let begins_well = |char: char| char.is_ascii_alphabetic() || char == '_';
    text.len() <= LONGEST_USERNAME
        && text.starts_with(begins_well)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn looks_like_a_number(text: &str) -> bool {
    text.chars().any(char::is_numeric)
        && !text.chars().any(|char| char.is_alphabetic() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use SignInIdentifier as Kind;

    #[track_caller]
    fn check(text: &str, kinds: &[Kind], expected: Result<(Kind, &str), IdentifierError>) {
        let read = Identifier::read(text, kinds, Region::CHINA);
        let read = read.as_ref().map(|it| (it.kind(), it.as_str()));
        assert_eq!(read, expected.as_ref().map(|it| *it), "{text}");
    }

    #[test]
    fn what_is_typed_is_read_as_what_was_asked_for() {
        let all = &Kind::ALL;
        check(" alice ", all, Ok((Kind::Username, "alice")));
        check("138 0013 8000", all, Ok((Kind::Phone, "8613800138000")));
        check(
            "Alice@Example.com",
            all,
            Ok((Kind::Email, "alice@example.com")),
        );
        check("+1 650 253 0000", all, Ok((Kind::Phone, "16502530000")));
        check(
            "13800138000",
            &[Kind::Username],
            Ok((Kind::Username, "13800138000")),
        );
        check("a@b", &[Kind::Username], Ok((Kind::Username, "a@b")));
    }

    #[test]
    fn what_it_comes_closest_to_is_named() {
        let malformed = |kind| Err(IdentifierError::Malformed(kind));
        check("", &Kind::ALL, Err(IdentifierError::Empty));
        check("138", &Kind::ALL, malformed(Kind::Phone));
        check("alice@", &Kind::ALL, malformed(Kind::Email));
        check("alice", &[Kind::Email], malformed(Kind::Email));
        check("alice", &[Kind::Phone], malformed(Kind::Phone));
        check("alice", &[Kind::Phone, Kind::Email], malformed(Kind::Email));
        check(&"a".repeat(129), &Kind::ALL, malformed(Kind::Username));
    }

    #[test]
    fn user_names_are_logtos() {
        for (text, expected) in [
            ("alice", true),
            ("_a1", true),
            ("1a", false),
            ("a-b", false),
            ("爱", false),
            ("", false),
        ] {
            assert_eq!(is_username(text), expected, "{text}");
        }
    }
}
