//! Where time and chance enter this crate: the present moment, and bytes nobody can foretell.
//!
//! Both sides take them through closures, so that a test can sign at a fixed second.

use std::time::SystemTime;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// What makes one signed request unlike any other (Aliyun RPC style, `Timestamp` and
/// `SignatureNonce`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When the request was signed. Aliyun refuses more than 15 minutes of difference.
    pub at: SystemTime,
    /// A number used once: within those 15 minutes Aliyun refuses to see it again.
    pub nonce: String,
}

impl Stamp {
    /// The present moment and a fresh nonce of 32 hexadecimal digits.
    pub(crate) fn fresh() -> Self {
        Self {
            at: now(),
            nonce: hex(&random()),
        }
    }
}

/// `2017-05-25T09:30:00Z`: UTC, whole seconds.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// The present moment, by the system's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the injected clock comes from"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Sixteen random bytes.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the injected chance comes from"
)]
pub(crate) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system hands out random bytes");
    bytes
}

/// `bytes` as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

/// `at` as Aliyun's `Timestamp` parameter wants it.
pub(crate) fn format_timestamp(at: SystemTime) -> String {
    OffsetDateTime::from(at)
        .format(TIMESTAMP)
        .expect("every component of the format is a component of a UTC date")
}

/// Reads Aliyun's `Timestamp` parameter; nothing but its one exact form.
#[cfg_attr(
    not(feature = "simulator"),
    expect(dead_code, reason = "only the other side reads timestamps")
)]
pub(crate) fn parse_timestamp(text: &str) -> Option<SystemTime> {
    if text.len() != "2017-05-25T09:30:00Z".len() {
        return None;
    }
    let parsed = PrimitiveDateTime::parse(text, TIMESTAMP).ok()?;
    Some(parsed.assume_utc().into())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_timestamp_survives_the_round_trip_without_milliseconds() {
        let at = UNIX_EPOCH + Duration::from_millis(1_495_704_600_123);
        assert_eq!(format_timestamp(at), "2017-05-25T09:30:00Z");
        assert_eq!(
            parse_timestamp("2017-05-25T09:30:00Z"),
            Some(at - Duration::from_millis(123))
        );
    }

    #[test]
    fn only_the_documented_form_is_a_timestamp() {
        for text in [
            "",
            "2017-05-25T09:30:00.123Z",
            "2017-05-25 09:30:00Z",
            "2017-05-25T09:30:00+08:00",
            "2017-05-25T9:30:00Z",
            "2017-13-25T09:30:00Z",
            "2017-02-30T09:30:00Z",
            "二〇一七年五月",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn a_fresh_nonce_is_32_digits_and_new_each_time() {
        let one = Stamp::fresh().nonce;
        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, Stamp::fresh().nonce);
        assert_eq!(hex(&[0, 0x5a, 0xff]), "005aff");
    }
}
