//! The port through which verification codes reach people.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{EmailAddress, Phone, Secret};

/// What a message is for; connectors choose the template by it (Logto's `usageType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Usage {
    /// A code that signs in an account.
    SignIn,
    /// A code that makes an account.
    Register,
    /// A code that recovers an account.
    ForgotPassword,
    /// A code that adds a number or an address to an account.
    BindNewIdentifier,
    /// A code that proves once more who is there, before something sensitive.
    UserPermissionValidation,
    /// Anything else.
    Generic,
}

impl Usage {
    /// Every usage.
    pub const ALL: [Self; 6] = [
        Self::SignIn,
        Self::Register,
        Self::ForgotPassword,
        Self::BindNewIdentifier,
        Self::UserPermissionValidation,
        Self::Generic,
    ];

    /// Logto's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::Register => "Register",
            Self::ForgotPassword => "ForgotPassword",
            Self::BindNewIdentifier => "BindNewIdentifier",
            Self::UserPermissionValidation => "UserPermissionValidation",
            Self::Generic => "Generic",
        }
    }
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Channel {
    /// By text message.
    Sms,
    /// By e-mail.
    Email,
}

impl Channel {
    /// The name that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The channel of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "sms" => Some(Self::Sms),
            "email" => Some(Self::Email),
            _ => None,
        }
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", content = "value")]
pub enum Recipient {
    /// A phone.
    Phone(Phone),
    /// A mailbox.
    Email(EmailAddress),
}

impl Recipient {
    /// How a message gets there.
    pub fn channel(&self) -> Channel {
        match self {
            Self::Phone(_) => Channel::Sms,
            Self::Email(_) => Channel::Email,
        }
    }

    /// Digits of a number, or an address: what keyed hashes are made of.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.digits(),
            Self::Email(email) => email.as_str(),
        }
    }

    /// Enough for its owner to know it again.
    pub fn masked(&self) -> String {
        match self {
            Self::Phone(phone) => phone.masked(),
            Self::Email(email) => email.masked(),
        }
    }
}

/// A verification code on its way.
#[derive(Debug, Clone)]
pub struct VerificationMessage {
    /// Where to.
    pub recipient: Recipient,
    /// What for.
    pub usage: Usage,
    /// The code.
    pub code: Secret,
    /// The language tag of the page that asked, such as `zh-CN`.
    pub language: String,
    /// The application that the person is on the way to, for the text of an e-mail.
    pub application: String,
}

/// Why a message could not be sent, as far as a use case cares. The sender has logged the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// No connector is configured.
    #[error("no connector is configured for this kind of message")]
    NoConnector,
    /// The provider refuses more messages to this recipient for now.
    #[error("the provider limits messages to this address")]
    RateLimited,
    /// The provider says that the recipient does not exist.
    #[error("the provider refuses this address")]
    BadAddress,
    /// The provider refused or could not be reached in time.
    #[error("the message could not be sent")]
    Failed,
}

/// Sends messages; the implementation answers within three seconds.
#[async_trait]
pub trait MessageSender: Send + Sync + 'static {
    /// Sends one message, once: never retried, since a retry may deliver twice.
    ///
    /// # Errors
    /// [`SendError`].
    async fn send(&self, message: VerificationMessage) -> Result<(), SendError>;
}
