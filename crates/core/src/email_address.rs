//! E-mail addresses, as people write them and as we keep them.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest address that mail can carry (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address")]
pub struct EmailAddressError;

/// An e-mail address in small letters. RFC 5321 lets the part before the `@` differ by case; no
/// provider does, and two accounts that differ by it alone would be a trap.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([personal data])")
    }
}

impl EmailAddress {
    /// Reads an address as somebody typed or pasted it: space around it is dropped, and full-width
    /// `＠` and `．` of a Chinese keyboard are read as what they mean.
    ///
    /// # Errors
    /// [`EmailAddressError`] if it is none. Whether somebody reads mail there only a message shows.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let text: String = text
            .trim()
            .chars()
            .filter(|char| !matches!(char, '\u{200B}'..='\u{200F}' | '\u{FEFF}'))
            .map(|char| match char {
                '＠' => '@',
                '．' | '。' => '.',
                _ => char,
            })
            .collect();
        let is_word = |text: &str| {
            !text.is_empty()
                && !text.contains(|char: char| {
                    char.is_whitespace() || char.is_control() || "@,;:<>()[]\\\"".contains(char)
                })
        };
        let is_address = text.len() <= LONGEST
            && text.split_once('@').is_some_and(|(local, domain)| {
                is_word(local)
                    && is_word(domain)
                    && domain.contains('.')
                    && domain.split('.').all(|label| !label.is_empty())
            });
        if is_address {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(EmailAddressError)
        }
    }

    /// An address that the store kept, checked when it was parsed.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }

    /// What is behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }

    /// Enough for its owner to know it again, and for nobody else: `a***@example.com`.
    pub fn masked(&self) -> String {
        let first: String = self.local_part().chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, expected) in [
            ("Alice@Example.com", "alice@example.com"),
            ("  a.b+c@mail.example.co \n", "a.b+c@mail.example.co"),
            ("alice＠example．com", "alice@example.com"),
            ("用户@例子.广告", "用户@例子.广告"),
        ] {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(address.as_str(), expected);
        }
        for text in [
            "",
            "alice",
            "alice@",
            "@example.com",
            "alice@example",
            "a b@example.com",
            "a@b@example.com",
            "a@.com",
            "a@example..com",
            "a@example.com.",
            "\"a\"@example.com",
            "a@example.com,b@example.com",
            "a@example.com\u{7}",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(EmailAddressError),
                "{text:?}"
            );
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert!(EmailAddress::parse(&long).is_err());
    }

    #[test]
    fn a_masked_address_keeps_its_secret() {
        let address = EmailAddress::parse("alice@example.com").unwrap();
        assert_eq!(address.masked(), "a***@example.com");
        assert!(!format!("{address:?}").contains("alice"));
    }
}
