//! How far a person has come in one interaction: what they want to do, what they proved, whom that
//! makes them, and what is still missing. It is a document of the interaction; the steps that
//! change it are the files beside this one, and they know no HTTP.
//!
//! ```text
//! begin ─→ records (a code, a password) ─→ identified, or a new account's draft
//!                                            ─→ what is missing, asked for ─→ signed in
//! ```

pub(crate) mod advance;
pub(crate) mod budget;
pub(crate) mod code;
pub(crate) mod create;
pub(crate) mod error;
pub(crate) mod identify;
pub(crate) mod missing;
pub(crate) mod password;
pub(crate) mod profile;
pub(crate) mod proved;
pub(crate) mod send;
pub(crate) mod sentinel;
pub(crate) mod session;
pub(crate) mod work;

use moongate_core::{Entropy, PasswordHash, Recipient, UnixMillis, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Identifier;

/// What a person wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InteractionEvent {
    /// Sign in to an account.
    SignIn,
    /// Make an account.
    Register,
    /// Set a new password in place of a forgotten one.
    ForgotPassword,
}

impl InteractionEvent {
    /// Logto's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::Register => "Register",
            Self::ForgotPassword => "ForgotPassword",
        }
    }
}

/// How far a person has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flow {
    /// What they want to do; nothing yet at the beginning.
    pub event: Option<InteractionEvent>,
    /// Who they say they are, where a password is to prove it.
    pub claimed: Option<Identifier>,
    /// What they proved or are about to prove, one of each kind at most.
    pub records: Vec<VerificationRecord>,
    /// Who they proved to be.
    pub user_id: Option<UserId>,
    /// Whether that account was made in this interaction.
    pub is_new: bool,
    /// What goes into the account at the end.
    pub profile: ProfileDraft,
    /// Whether they agreed to the terms.
    pub agreed_to_terms: bool,
    /// What proved who they are.
    pub proved: Vec<proved::Proved>,
}

/// What goes into an account, new or known, at the end of an interaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileDraft {
    /// A user name that was free when it was chosen.
    pub username: Option<String>,
    /// A verified address.
    pub email: Option<moongate_core::EmailAddress>,
    /// A verified number.
    pub phone: Option<moongate_core::Phone>,
    /// The hash of a password that the policy allows.
    #[serde(with = "hash_text")]
    pub password_hash: Option<PasswordHash>,
}

impl ProfileDraft {
    /// Whether it says whose account it will be.
    pub fn has_identity(&self) -> bool {
        self.username.is_some() || self.email.is_some() || self.phone.is_some()
    }

    pub(crate) fn set(&mut self, identifier: Identifier) {
        match identifier {
            Identifier::Username(name) => self.username = Some(name),
            Identifier::Email(email) => self.email = Some(email),
            Identifier::Phone(phone) => self.phone = Some(phone),
        }
    }
}

/// What a person proved, or is about to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecord {
    /// 21 characters of `[0-9a-z]`.
    pub id: String,
    /// What.
    pub proof: Proof,
}

/// The kinds of proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proof {
    /// The password of an account; recorded once it was right.
    Password {
        /// What it was entered with.
        identifier: Identifier,
        /// Whose it is.
        user_id: UserId,
        /// Tells the hash that it was right for from others.
        #[serde(default)]
        mark: String,
        /// When it was right.
        #[serde(default = "long_ago")]
        at: UnixMillis,
    },
    /// A code in a message.
    Code(CodeProof),
    /// A user name and a password for an account to be made.
    NewPasswordIdentity {
        /// Free when it was chosen.
        username: String,
        /// Of a password that the policy allows.
        #[serde(with = "hash_text")]
        password_hash: Option<PasswordHash>,
    },
}

/// What became of a message with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It went out, or is about to.
    Sent,
    /// It was held back, since nobody who has the recipient could use it; whoever asked is not
    /// told.
    HeldBack,
    /// It could not be sent.
    Failed,
}

/// A code in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeProof {
    /// Where it went.
    pub recipient: Recipient,
    /// What it was asked for.
    pub event: InteractionEvent,
    /// Whether it adds to an account that is known already, rather than saying whose it is.
    #[serde(default)]
    pub fulfils: bool,
    /// Whether the right code was entered.
    pub is_verified: bool,
    /// When it was.
    #[serde(default)]
    pub verified_at: Option<UnixMillis>,
    /// What became of the message.
    pub delivery: Delivery,
    /// When the next message may be sent.
    pub resend_at: UnixMillis,
}

impl VerificationRecord {
    pub(crate) fn new(entropy: &dyn Entropy, proof: Proof) -> Self {
        Self {
            id: entropy.id(21),
            proof,
        }
    }

    /// Logto's name of its kind.
    pub fn type_name(&self) -> &'static str {
        match &self.proof {
            Proof::Password { .. } => "Password",
            Proof::Code(code) => match code.recipient {
                Recipient::Phone(_) => "PhoneVerificationCode",
                Recipient::Email(_) => "EmailVerificationCode",
            },
            Proof::NewPasswordIdentity { .. } => "NewPasswordIdentity",
        }
    }

    /// What it was made with.
    pub fn identifier(&self) -> Identifier {
        match &self.proof {
            Proof::Password { identifier, .. } => identifier.clone(),
            Proof::Code(code) => code.recipient.clone().into(),
            Proof::NewPasswordIdentity { username, .. } => Identifier::Username(username.clone()),
        }
    }

    /// Whether it proves what it says.
    pub fn is_verified(&self) -> bool {
        match &self.proof {
            Proof::Password { .. } | Proof::NewPasswordIdentity { .. } => true,
            Proof::Code(code) => code.is_verified,
        }
    }
}

impl Flow {
    /// The flow of an interaction that nobody signed in through; the empty one at the beginning,
    /// and for a document of an earlier version.
    pub(crate) fn read(document: &Value) -> Self {
        serde_json::from_value(document.clone()).unwrap_or_default()
    }

    pub(crate) fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("plain structs are JSON")
    }

    /// Begins anew. What was agreed to stays.
    pub(crate) fn begin(&mut self, event: InteractionEvent) {
        *self = Self {
            event: Some(event),
            agreed_to_terms: self.agreed_to_terms,
            ..Self::default()
        };
    }

    /// The record of that identifier.
    pub fn record(&self, id: &str) -> Option<&VerificationRecord> {
        self.records.iter().find(|record| record.id == id)
    }

    /// Adds a record in place of an earlier one of its kind; gives its identifier.
    pub(crate) fn add(&mut self, record: VerificationRecord) -> String {
        let id = record.id.clone();
        let kind = record.type_name();
        self.records.retain(|other| other.type_name() != kind);
        self.records.push(record);
        id
    }

    /// The code that was asked for last and is still to be entered.
    pub fn pending_code(&self) -> Option<&CodeProof> {
        let newest = self.records.last()?;
        match &newest.proof {
            Proof::Code(code) if !code.is_verified => Some(code),
            _ => None,
        }
    }

    /// Whether it is known whose account this is or will be.
    pub fn has_identity(&self) -> bool {
        self.user_id.is_some() || self.profile.has_identity()
    }
}

/// When an earlier version, which did not keep it, is taken to have seen a proof.
fn long_ago() -> UnixMillis {
    UnixMillis(0)
}

/// A hash as text: the interaction's row is as private as the user's.
mod hash_text {
    use moongate_core::PasswordHash;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(
        hash: &Option<PasswordHash>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        hash.as_ref()
            .map(PasswordHash::expose)
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PasswordHash>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.map(PasswordHash::new))
    }
}
