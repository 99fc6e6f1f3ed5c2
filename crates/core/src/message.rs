//! The port through which verification codes reach people.

use async_trait::async_trait;
use thiserror::Error;

use crate::{Phone, Secret};

/// What a message is for; connectors choose the template by it (Logto's `usageType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Usage {
    /// A code that signs in an account.
    SignIn,
    /// A code that makes an account.
    Register,
    /// A code that recovers an account.
    ForgotPassword,
    /// Anything else.
    Generic,
}

impl Usage {
    /// Logto's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "SignIn",
            Self::Register => "Register",
            Self::ForgotPassword => "ForgotPassword",
            Self::Generic => "Generic",
        }
    }
}

/// A verification code on its way to a phone.
#[derive(Debug, Clone)]
pub struct VerificationMessage {
    /// Where to.
    pub phone: Phone,
    /// What for.
    pub usage: Usage,
    /// The code.
    pub code: Secret,
}

/// Why a message could not be sent, as far as a use case cares. The sender has logged the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// No connector is configured.
    #[error("no connector is configured for this kind of message")]
    NoConnector,
    /// The provider refuses more messages to this number for now.
    #[error("the provider limits messages to this address")]
    RateLimited,
    /// The provider says that the number does not exist.
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
