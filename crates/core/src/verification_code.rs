//! A verification code: six digits, ten minutes, ten tries, once.

use std::time::Duration;

use crate::{
    Entropy, InteractionId, Mac, MacPurpose, Phone, Secret, ServerKeys, UnixMillis,
    VerificationCodeId,
};

/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;

/// How long a code lives: 600 s.
pub const CODE_TTL: Duration = Duration::from_mins(10);

/// How many tries a code bears.
pub const MAX_ATTEMPTS: i64 = 10;

/// What a code proves. A code made for one purpose proves no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerificationPurpose {
    /// Sign in, or register with the number as identifier.
    SignIn,
}

impl VerificationPurpose {
    /// The name that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
        }
    }

    /// The purpose of that name.
    pub fn parse(name: &str) -> Option<Self> {
        (name == Self::SignIn.as_str()).then_some(Self::SignIn)
    }
}

/// A code's row: everything but the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationCode {
    /// The row's identifier.
    pub id: VerificationCodeId,
    /// The only interaction in which it works.
    pub interaction_id: InteractionId,
    /// The only purpose for which it works.
    pub purpose: VerificationPurpose,
    /// HMAC of interaction, purpose, address and code.
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
    /// Draws a code for `phone`, good for one interaction and purpose. The code itself is returned
    /// beside the row, to be sent.
    pub fn generate(
        entropy: &dyn Entropy,
        keys: &ServerKeys,
        interaction_id: InteractionId,
        purpose: VerificationPurpose,
        phone: &Phone,
        now: UnixMillis,
    ) -> (Self, Secret) {
        let code = entropy.digits(CODE_DIGITS);
        let mac = keys.mac(
            MacPurpose::Code,
            &bound_parts(&interaction_id, purpose, phone, &code),
        );
        let row = Self {
            id: VerificationCodeId::generate(entropy),
            interaction_id,
            purpose,
            mac,
            attempts: 0,
            created_at: now,
            expires_at: now.plus(CODE_TTL),
            consumed_at: None,
        };
        (row, Secret::new(code))
    }

    /// Whether `code` is this one, entered for the same number. Constant time.
    pub fn matches(&self, keys: &ServerKeys, phone: &Phone, code: &str) -> bool {
        let parts = bound_parts(&self.interaction_id, self.purpose, phone, code);
        keys.verify_mac(MacPurpose::Code, &parts, &self.mac)
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }
}

fn bound_parts<'a>(
    interaction_id: &'a InteractionId,
    purpose: VerificationPurpose,
    phone: &'a Phone,
    code: &'a str,
) -> [&'a str; 4] {
    [
        interaction_id.as_str(),
        purpose.as_str(),
        phone.digits(),
        code,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SeededEntropy, phone, server_keys};

    fn generate(interaction: &str) -> (VerificationCode, Secret) {
        VerificationCode::generate(
            &SeededEntropy::new(3),
            &server_keys(),
            InteractionId::from(interaction),
            VerificationPurpose::SignIn,
            &phone("13800138000"),
            UnixMillis(0),
        )
    }

    #[test]
    fn a_code_is_bound_to_number_and_interaction() {
        let keys = server_keys();
        let (row, code) = generate("one");
        assert!(row.matches(&keys, &phone("13800138000"), code.expose()));
        assert!(!row.matches(&keys, &phone("13800138001"), code.expose()));
        let elsewhere = VerificationCode {
            interaction_id: InteractionId::from("two"),
            ..row
        };
        assert!(!elsewhere.matches(&keys, &phone("13800138000"), code.expose()));
    }

    #[test]
    fn a_code_lives_ten_minutes() {
        let (row, _) = generate("one");
        assert!(!row.is_expired(UnixMillis(599_999)));
        assert!(row.is_expired(UnixMillis(600_000)));
    }
}
