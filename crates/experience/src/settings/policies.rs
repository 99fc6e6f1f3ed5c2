//! What is asked of people, and what is refused to them.

use std::time::Duration;

use moongate_core::{CODE_TTL, Channel, EmailAddress, ErrorCode, LockOut, MAX_ATTEMPTS};
use serde::{Deserialize, Serialize};

/// When people are asked to agree to the terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgreeToTermsPolicy {
    /// Never: going on is agreeing, and the page says so.
    #[default]
    Automatic,
    /// When an account is made.
    ManualRegistrationOnly,
    /// When an account is made, and at each sign-in.
    Manual,
}

/// After how many failures an identifier is locked, and for how long.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SentinelPolicy {
    /// Failures within an hour; 100 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// Minutes; 60 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lockout_duration: Option<u32>,
}

impl SentinelPolicy {
    /// The policy with its defaults filled in.
    pub fn lock_out(&self) -> LockOut {
        LockOut {
            max_attempts: i64::from(self.max_attempts.unwrap_or(100).max(1)),
            duration: Duration::from_mins(u64::from(self.lockout_duration.unwrap_or(60).max(1))),
        }
    }
}

/// How long a code lives and how many tries it bears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VerificationCodePolicy {
    /// Seconds, 60 to 3600; 600 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_duration: Option<u32>,
    /// 1 to 100; 10 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retry_attempts: Option<u32>,
}

impl VerificationCodePolicy {
    /// How long a code lives.
    pub fn ttl(&self) -> Duration {
        self.expiration_duration.map_or(CODE_TTL, |seconds| {
            Duration::from_secs(u64::from(seconds.clamp(60, 3600)))
        })
    }

    /// How many tries a code bears.
    pub fn max_attempts(&self) -> i64 {
        self.max_retry_attempts
            .map_or(MAX_ATTEMPTS, |tries| i64::from(tries.clamp(1, 100)))
    }
}

/// Which addresses can't register. Addresses are written whole, as `@domain`, or with `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EmailBlocklistPolicy {
    /// Whether `name+anything@…` is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_subaddressing: Option<bool>,
    /// Allowed whatever else says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_allowlist: Option<Vec<String>>,
    /// Refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_blocklist: Option<Vec<String>>,
}

/// Why an address can't register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockedEmail {
    /// It is on the list.
    NotAllowed,
    /// It has a part behind a `+`.
    Subaddressing,
}

impl BlockedEmail {
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::NotAllowed => ErrorCode::SessionEmailNotAllowed,
            Self::Subaddressing => ErrorCode::SessionEmailSubaddressingNotAllowed,
        }
    }
}

impl EmailBlocklistPolicy {
    /// Whether an address can't register, and why.
    pub(crate) fn refuses(&self, email: &EmailAddress) -> Option<BlockedEmail> {
        let is_in = |list: &Option<Vec<String>>| {
            let mut items = list.iter().flatten();
            items.any(|item| matches_item(&canonical_item(item), email.as_str()))
        };
        if is_in(&self.custom_allowlist) {
            return None;
        }
        if self.block_subaddressing == Some(true) && email.local_part().contains('+') {
            return Some(BlockedEmail::Subaddressing);
        }
        is_in(&self.custom_blocklist).then_some(BlockedEmail::NotAllowed)
    }
}

/// An item in the spelling that addresses are kept in, as far as no `*` hides what it is.
fn canonical_item(item: &str) -> String {
    if !item.contains('*')
        && let Ok(email) = EmailAddress::parse(item)
    {
        return email.as_str().to_owned();
    }
    let lower = item.to_lowercase();
    let canonical = lower.rsplit_once('@').and_then(|(local, domain)| {
        let domain = EmailAddress::canonical_domain(domain)?;
        Some(format!("{local}@{domain}"))
    });
    canonical.unwrap_or(lower)
}

/// Whether an address is like an item: the same, of the same domain, or like it with `*` standing
/// for anything.
fn matches_item(item: &str, address: &str) -> bool {
    let pattern = if item.starts_with('@') {
        format!("*{item}")
    } else {
        item.to_owned()
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| address.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

/// What a forgotten password is recovered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ForgotPasswordMethod {
    /// A code by e-mail.
    EmailVerificationCode,
    /// A code by text message.
    PhoneVerificationCode,
}

impl ForgotPasswordMethod {
    /// The method whose code travels so.
    pub fn by(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::PhoneVerificationCode,
            Channel::Email => Self::EmailVerificationCode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_refused_by_list_domain_and_plus() {
        let policy = EmailBlocklistPolicy {
            block_subaddressing: Some(true),
            custom_allowlist: Some(vec!["boss+x@spam.example".into()]),
            custom_blocklist: Some(vec![
                "bad@mail.example".into(),
                "@spam.example".into(),
                "test*@*.example".into(),
                "@例子.广告".into(),
                "x*@Bücher.example".into(),
                "e@xn--bcher-kva.example".into(),
            ]),
        };
        for (address, expected) in [
            ("good@mail.example", None),
            ("Bad@mail.example", Some(BlockedEmail::NotAllowed)),
            ("any@spam.example", Some(BlockedEmail::NotAllowed)),
            ("any@notspam.example", None),
            ("tester@a.b.example", Some(BlockedEmail::NotAllowed)),
            ("good+tag@mail.example", Some(BlockedEmail::Subaddressing)),
            ("boss+x@spam.example", None),
            ("any@例子。广告", Some(BlockedEmail::NotAllowed)),
            ("any@xn--fsqu00a.xn--4rr70v", Some(BlockedEmail::NotAllowed)),
            ("xy@bu\u{308}cher.example", Some(BlockedEmail::NotAllowed)),
            ("e@bücher.example", Some(BlockedEmail::NotAllowed)),
            ("y@bücher.example", None),
            ("any@ｓｐａｍ.example", Some(BlockedEmail::NotAllowed)),
        ] {
            let email = EmailAddress::parse(address).unwrap();
            assert_eq!(policy.refuses(&email), expected, "{address}");
        }
    }

    #[test]
    fn what_is_absent_has_its_default() {
        let lock = SentinelPolicy::default().lock_out();
        assert_eq!(
            (lock.max_attempts, lock.duration),
            (100, Duration::from_hours(1))
        );
        let codes = VerificationCodePolicy::default();
        assert_eq!((codes.ttl(), codes.max_attempts()), (CODE_TTL, 10));
    }
}
