//! What proved who somebody is, kept until they are signed in. It holds only while what it was
//! proved with is still the account's: a password that was replaced meanwhile, or an address that
//! was removed, lets nobody in who began before. It says nothing of what is added to an account on
//! the way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::{EmailAddress, PasswordHash, Recipient, UnixMillis, User, token_hash};
use serde::{Deserialize, Serialize};

use super::identify::amr_of_code;
use super::{Flow, Proof, VerificationRecord};
use crate::Identifier;

/// One proof of who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// By what.
    pub by: ProvedBy,
    /// When.
    pub at: UnixMillis,
}

/// By what somebody proved who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProvedBy {
    /// The account's password.
    Password {
        /// [`mark`] of its hash.
        mark: String,
    },
    /// A code.
    Code {
        /// Where it went.
        recipient: Recipient,
    },
}

impl ProvedBy {
    fn password(hash: &PasswordHash) -> Self {
        Self::Password { mark: mark(hash) }
    }

    /// Whether `user` still has what this was proved with.
    fn is_of(&self, user: &User) -> bool {
        match self {
            Self::Password { mark: proved } => {
                user.password_hash.as_ref().map(mark).as_ref() == Some(proved)
            }
            Self::Code {
                recipient: Recipient::Phone(phone),
            } => user.primary_phone.as_ref() == Some(phone),
            Self::Code {
                recipient: Recipient::Email(email),
            } => user.primary_email.as_deref() == Some(email.as_str()),
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Password { .. }, Self::Password { .. }) => true,
            (Self::Code { recipient }, Self::Code { recipient: other }) => {
                recipient.channel() == other.channel()
            }
            _ => false,
        }
    }

    fn amr(&self) -> &'static [&'static str] {
        match self {
            Self::Password { .. } => &["pwd"],
            Self::Code { recipient } => amr_of_code(Identifier::from(recipient.clone()).kind()),
        }
    }
}

/// What tells one hash from another without being one.
pub(crate) fn mark(hash: &PasswordHash) -> String {
    URL_SAFE_NO_PAD.encode(token_hash(hash.expose()))
}

impl VerificationRecord {
    /// What it proves of a known account; a record for an account to be made proves nothing.
    pub(crate) fn proved(&self) -> Option<Proved> {
        match &self.proof {
            Proof::Password { mark, at, .. } => Some(Proved {
                by: ProvedBy::Password { mark: mark.clone() },
                at: *at,
            }),
            Proof::Code(code) => Some(Proved {
                by: ProvedBy::Code {
                    recipient: code.recipient.clone(),
                },
                at: code.verified_at?,
            }),
            Proof::NewPasswordIdentity { .. } => None,
        }
    }
}

impl Flow {
    /// Keeps a proof of who this is, in place of an earlier one of its kind.
    pub(crate) fn prove(&mut self, proved: Proved) {
        self.proved.retain(|known| !known.by.is_like(&proved.by));
        self.proved.push(proved);
    }

    /// An account was made just now, by whoever proved what is in it.
    pub(crate) fn prove_new(&mut self, user: &User, now: UnixMillis) {
        let phone = user.primary_phone.clone().map(Recipient::Phone);
        let email = user.primary_email.clone().map(EmailAddress::from_stored);
        let email = email.map(Recipient::Email);
        let codes = [phone, email].into_iter().flatten();
        let codes = codes.map(|recipient| ProvedBy::Code { recipient });
        let password = user.password_hash.as_ref().map(ProvedBy::password);
        self.proved = codes
            .chain(password)
            .map(|by| Proved { by, at: now })
            .collect();
    }

    /// Whether everything that proved who this is still does.
    pub(crate) fn is_proved(&self, user: &User) -> bool {
        !self.proved.is_empty() && self.proved.iter().all(|proved| proved.by.is_of(user))
    }

    /// How they proved who they are (RFC 8176).
    pub fn amr(&self) -> Vec<String> {
        let mut methods: Vec<String> = Vec::new();
        for method in self.proved.iter().flat_map(|proved| proved.by.amr()) {
            if !methods.iter().any(|known| known == method) {
                methods.push((*method).to_owned());
            }
        }
        methods
    }

    /// Where the code went that proved it last, if one did.
    pub(crate) fn recipient_proved(&self) -> Option<&Recipient> {
        self.proved
            .iter()
            .rev()
            .find_map(|proved| match &proved.by {
                ProvedBy::Code { recipient } => Some(recipient),
                ProvedBy::Password { .. } => None,
            })
    }

    /// When they did so last.
    pub(crate) fn proved_at(&self) -> Option<UnixMillis> {
        self.proved.iter().map(|proved| proved.at).max()
    }
}
