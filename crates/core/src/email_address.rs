//! E-mail addresses, as people write them and as we keep them.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;
use url::Host;

/// Longest address that mail can carry (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address")]
pub struct EmailAddressError;

/// An e-mail address in one of its spellings: small letters, composed (NFC), the domain in ASCII.
/// RFC 5321 lets the part before the `@` differ by case; no provider does, and two accounts that
/// differ by spelling alone would be a trap.
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
        // Before anything else looks at it; shorter it can only get by what is dropped.
        if text.len() > 4 * LONGEST {
            return Err(EmailAddressError);
        }
        let text: String = text
            .trim()
            .chars()
            .filter(|char| !is_invisible(*char))
            .map(|char| if char == '＠' { '@' } else { char })
            .collect();
        let (local, domain) = text.split_once('@').ok_or(EmailAddressError)?;
        let local: String = local
            .chars()
            .map(|char| match char {
                '．' | '。' => '.',
                _ => char,
            })
            .flat_map(char::to_lowercase)
            .nfc()
            .collect();
        let domain = Self::canonical_domain(domain).ok_or(EmailAddressError)?;
        let address = format!("{local}@{domain}");
        if is_word(&local) && address.len() <= LONGEST {
            Ok(Self(address))
        } else {
            Err(EmailAddressError)
        }
    }

    /// The one form of a domain's many spellings: small ASCII letters, other scripts as `xn--…`
    /// (UTS #46, as browsers do). `None` if no mail is sent there.
    pub fn canonical_domain(text: &str) -> Option<String> {
        // `url` would read `%61` as a letter.
        if !is_word(text) || text.contains('%') {
            return None;
        }
        let Ok(Host::Domain(domain)) = Host::parse(text) else {
            return None;
        };
        let is_domain = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
        is_domain.then_some(domain)
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

/// Characters that are not seen: zero width, and the hyphen of a line's end.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'
    )
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(|char: char| {
            char.is_whitespace() || char.is_control() || "@,;:<>()[]\\\"".contains(char)
        })
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
            ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
            ("用户@XN--fsqu00a.xn--4rr70v", "用户@xn--fsqu00a.xn--4rr70v"),
            ("用户@例子。广告", "用户@xn--fsqu00a.xn--4rr70v"),
            ("a@ｅｘａｍｐｌｅ.com", "a@example.com"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("a@bu\u{308}cher.example", "a@xn--bcher-kva.example"),
            ("Jose\u{301}@example.com", "jos\u{e9}@example.com"),
            ("ali\u{ad}ce@exam\u{ad}ple.com", "alice@example.com"),
        ] {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(address.as_str(), expected);
            assert_eq!(EmailAddress::parse(expected), Ok(address), "{text}");
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
            "a@ex%61mple.com",
            "a@127.0.0.1",
            "a@exam/ple.com",
            "a@xn--a.example",
            "a@\u{ad}.com",
            "\u{ad}@example.com",
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
