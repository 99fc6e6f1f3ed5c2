//! A device without a browser that asks to act for somebody (RFC 8628).

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ApplicationId, Entropy, GrantId, ResourceScopes, Scopes, UnixMillis};

/// How long a person has to type the code that the device shows: ten minutes.
pub const DEVICE_CODE_TTL: Duration = Duration::from_mins(10);

/// How long a device has to wait between two questions at first, and how much longer each time
/// that it does not (RFC 8628 §3.2, §3.5).
pub const DEVICE_POLL_INTERVAL: Duration = Duration::from_secs(5);

/// How many wrong codes one user may try in [`DEVICE_TRIES_WINDOW`]. With the 34 bits of a code
/// that is nothing to guess with (RFC 8628 §5.1).
pub const MAX_DEVICE_TRIES: i64 = 10;

/// How long wrong codes are counted.
pub const DEVICE_TRIES_WINDOW: Duration = Duration::from_mins(10);

/// Letters of user codes: consonants, so that no word arises, none of which looks like another
/// (RFC 8628 §6.1).
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How many letters a user code has.
const LENGTH: usize = 8;

/// The code that a device shows, without its hyphen, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// A fresh code.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(entropy.letters(LETTERS, LENGTH))
    }

    /// A code as a person typed it: in small letters too, with hyphens or spaces anywhere, in the
    /// wide letters of an input method. `None` if it can't be one.
    pub fn parse(typed: &str) -> Option<Self> {
        let narrow = |char: char| match char {
            '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
                char::from_u32(u32::from(char) - 0xFEE0).unwrap_or(char)
            }
            _ => char,
        };
        let code: String = typed
            .chars()
            .filter(|char| {
                !char.is_whitespace() && !matches!(char, '-' | '\u{2010}'..='\u{2015}' | '\u{FF0D}')
            })
            .map(|char| narrow(char).to_ascii_uppercase())
            .take(LENGTH + 1)
            .collect();
        let is_code = code.len() == LENGTH && code.bytes().all(|byte| LETTERS.contains(&byte));
        is_code.then_some(Self(code))
    }

    /// The code as the store keeps it.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The letters alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `XXXX-XXXX`, as a device shows it.
impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(LENGTH / 2) {
            Some((head, tail)) => write!(f, "{head}-{tail}"),
            None => f.write_str(&self.0),
        }
    }
}

/// What a person decided about a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum DeviceState {
    /// Nothing yet.
    Pending,
    /// It may act; tokens come from that grant.
    Approved {
        /// What they come from.
        grant_id: GrantId,
    },
    /// It may not.
    Denied,
    /// It has its tokens: the device code is spent.
    Redeemed {
        /// What they came from.
        grant_id: GrantId,
    },
}

/// One device that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// SHA-256 of the device code.
    pub hash: [u8; 32],
    /// The code that the device shows.
    pub user_code: UserCode,
    /// Which application runs on it.
    pub application_id: ApplicationId,
    /// What it asks for; see [`AuthorizationRequest`](crate::AuthorizationRequest).
    pub scopes: Scopes,
    /// API resources that it asks for.
    pub resources: ResourceScopes,
    /// What was decided.
    pub state: DeviceState,
    /// When the device last asked.
    pub polled_at: Option<UnixMillis>,
    /// How long it has to wait between two questions.
    pub interval: Duration,
    /// When it began.
    pub created_at: UnixMillis,
    /// From when on both codes are refused.
    pub expires_at: UnixMillis,
}

impl DeviceAuthorization {
    /// Whether its ten minutes are over.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }

    /// The device asks. `true` if it asked too soon: from then on it has to wait longer (RFC 8628
    /// §3.5).
    #[must_use]
    pub fn polled(mut self, now: UnixMillis) -> (Self, bool) {
        let is_too_soon = self
            .polled_at
            .is_some_and(|last| now.since(last) < self.interval);
        if is_too_soon {
            self.interval += DEVICE_POLL_INTERVAL;
        }
        self.polled_at = Some(now);
        (self, is_too_soon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        let code = UserCode::parse(typed);
        assert_eq!(code.as_ref().map(UserCode::as_str), expected, "{typed}");
    }

    #[test]
    fn case_hyphens_and_spaces_are_forgiven() {
        for typed in [
            "WDJBMJHT",
            "wdjb-mjht",
            " WDJB MJHT ",
            "W-D-J-B-M-J-H-T",
            "WDJB\u{2013}MJHT",
            "ＷＤＪＢ－ｍｊｈｔ",
        ] {
            check(typed, Some("WDJBMJHT"));
        }
    }

    #[test]
    fn what_can_be_no_code_is_none() {
        for typed in [
            "",
            "WDJBMJH",
            "WDJBMJHTT",
            "WDJB-MJHA",
            "WDJB-MJH0",
            "WDJB\0MJHT",
            "ßßßß-ßßßß",
        ] {
            check(typed, None);
        }
    }

    #[test]
    fn a_fresh_code_is_one_and_shows_its_hyphen() {
        let code = UserCode::generate(&SeededEntropy::new(3));
        let shown = code.to_string();
        assert_eq!(shown.len(), 9);
        assert_eq!(UserCode::parse(&shown), Some(code));
    }
}
