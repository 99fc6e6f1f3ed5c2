//! A verification code: six digits, ten minutes, ten tries, once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Channel, Entropy, InteractionId, Mac, MacPurpose, Recipient, Secret, ServerKeys, SessionId,
    UnixMillis, VerificationCodeId,
};

/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;

/// How long a code lives: 600 s.
pub const CODE_TTL: Duration = Duration::from_mins(10);

/// How many tries a code bears.
pub const MAX_ATTEMPTS: i64 = 10;

/// What a code proves. A code made for one purpose proves no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationPurpose {
    /// Sign in, or register with the recipient as identifier.
    SignIn,
    /// Set a new password.
    ForgotPassword,
    /// Add the recipient to an account.
    BindNewIdentifier,
    /// Prove once more who is there, before something sensitive.
    UserPermissionValidation,
}

impl VerificationPurpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [
        Self::SignIn,
        Self::ForgotPassword,
        Self::BindNewIdentifier,
        Self::UserPermissionValidation,
    ];

    /// The name that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::ForgotPassword => "forgot_password",
            Self::BindNewIdentifier => "bind_new_identifier",
            Self::UserPermissionValidation => "user_permission_validation",
        }
    }

    /// The purpose of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
    }
}

/// What a code belongs to: it works there alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeHolder {
    /// One attempt to sign in.
    Interaction(InteractionId),
    /// The account page of one browser.
    Session(SessionId),
}

impl CodeHolder {
    /// The text that the store keeps; no interaction shares one with a session.
    pub fn key(&self) -> String {
        match self {
            Self::Interaction(id) => format!("interaction:{id}"),
            Self::Session(id) => format!("session:{id}"),
        }
    }

    /// The holder of that text.
    pub fn parse(key: &str) -> Option<Self> {
        match key.split_once(':')? {
            ("interaction", id) => Some(Self::Interaction(id.into())),
            ("session", id) => Some(Self::Session(id.into())),
            _ => None,
        }
    }
}

/// A code's row: everything but the code. There is one for each holder, purpose and channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationCode {
    /// The row's identifier.
    pub id: VerificationCodeId,
    /// Where it works.
    pub holder: CodeHolder,
    /// The only purpose for which it works.
    pub purpose: VerificationPurpose,
    /// How it was sent.
    pub channel: Channel,
    /// HMAC of holder, purpose, recipient and code.
    pub mac: Mac,
    /// Tries so far.
    pub attempts: i64,
    /// When it was made.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: UnixMillis,
    /// When the right code was entered.
    pub consumed_at: Option<UnixMillis>,
}

impl VerificationCode {
    /// Draws a code for `recipient`, good for one holder and purpose, for `ttl`. The code itself is
    /// returned beside the row, to be sent.
    pub fn generate(
        entropy: &dyn Entropy,
        keys: &ServerKeys,
        holder: CodeHolder,
        purpose: VerificationPurpose,
        recipient: &Recipient,
        ttl: Duration,
        now: UnixMillis,
    ) -> (Self, Secret) {
        let code = entropy.digits(CODE_DIGITS);
        let parts = [&holder.key(), purpose.as_str(), recipient.as_str(), &code];
        let mac = keys.mac(MacPurpose::Code, &parts);
        let row = Self {
            id: VerificationCodeId::generate(entropy),
            holder,
            purpose,
            channel: recipient.channel(),
            mac,
            attempts: 0,
            created_at: now,
            expires_at: now.plus(ttl),
            consumed_at: None,
        };
        (row, Secret::new(code))
    }

    /// Whether `code` is this one, entered for the same recipient. Constant time.
    pub fn matches(&self, keys: &ServerKeys, recipient: &Recipient, code: &str) -> bool {
        let holder = self.holder.key();
        let parts = [&holder, self.purpose.as_str(), recipient.as_str(), code];
        keys.verify_mac(MacPurpose::Code, &parts, &self.mac)
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SeededEntropy, phone, server_keys};

    fn recipient(number: &str) -> Recipient {
        Recipient::Phone(phone(number))
    }

    fn generate(holder: CodeHolder) -> (VerificationCode, Secret) {
        VerificationCode::generate(
            &SeededEntropy::new(3),
            &server_keys(),
            holder,
            VerificationPurpose::SignIn,
            &recipient("13800138000"),
            CODE_TTL,
            UnixMillis(0),
        )
    }

    #[test]
    fn a_code_is_bound_to_recipient_holder_and_purpose() {
        let keys = server_keys();
        let (row, code) = generate(CodeHolder::Interaction("one".into()));
        assert!(row.matches(&keys, &recipient("13800138000"), code.expose()));
        assert!(!row.matches(&keys, &recipient("13800138001"), code.expose()));
        for holder in [
            CodeHolder::Interaction("two".into()),
            CodeHolder::Session("one".into()),
        ] {
            let elsewhere = VerificationCode {
                holder,
                ..row.clone()
            };
            assert!(!elsewhere.matches(&keys, &recipient("13800138000"), code.expose()));
        }
        let for_another = VerificationCode {
            purpose: VerificationPurpose::ForgotPassword,
            ..row
        };
        assert!(!for_another.matches(&keys, &recipient("13800138000"), code.expose()));
    }

    #[test]
    fn a_code_lives_ten_minutes() {
        let (row, _) = generate(CodeHolder::Session("one".into()));
        assert!(!row.is_expired(UnixMillis(599_999)));
        assert!(row.is_expired(UnixMillis(600_000)));
    }

    #[test]
    fn names_are_read_back() {
        for purpose in VerificationPurpose::ALL {
            assert_eq!(VerificationPurpose::parse(purpose.as_str()), Some(purpose));
        }
        for holder in [
            CodeHolder::Interaction("a".into()),
            CodeHolder::Session("a".into()),
        ] {
            assert_eq!(CodeHolder::parse(&holder.key()), Some(holder));
        }
        assert_eq!(CodeHolder::parse("a"), None);
    }
}
