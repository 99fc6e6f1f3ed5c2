//! Why a step is not taken.

use std::time::Duration;

use moongate_core::{ErrorCode, InteractionError, SendError, StoreError};
use thiserror::Error;

use super::missing::Missing;
use crate::{Identifier, OpenError, PasswordIssue, PoolError};

/// Why a step of a flow is not taken. One type for all steps: what tells refusals apart is the
/// closed list of [`ErrorCode`], which pages and clients branch on.
#[derive(Debug, Error)]
pub enum FlowError {
    /// Unknown, expired, or another browser's interaction.
    #[error("there is no such interaction in this browser")]
    InteractionNotFound,
    /// Somebody signed in already: go on to the application.
    #[error("somebody signed in already")]
    AlreadySignedIn,
    /// A rule forbids it.
    #[error("{}", .0.as_str())]
    Refused(ErrorCode),
    /// What was proved belongs to no account.
    #[error("there is no such account")]
    UserNotExist(Identifier),
    /// The account lacks something that the settings require.
    #[error("the account lacks something")]
    MissingProfile(Vec<Missing>),
    /// The password breaks the tenant's policy.
    #[error("the password breaks the policy")]
    PasswordRejected(Vec<PasswordIssue>),
    /// Not six digits; no try is spent.
    #[error("a code has six digits")]
    MalformedCode,
    /// Too many messages to this recipient.
    #[error("too many messages to this recipient")]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too many failures: the identifier is locked for this factor.
    #[error("too many failures")]
    Locked {
        /// How long.
        retry_after: Duration,
    },
    /// Every place where passwords are hashed is taken.
    #[error("too busy")]
    Busy {
        /// When to come back.
        retry_after: Duration,
    },
    /// The provider did not take the message. The recipient is kept; trying again is allowed at
    /// once.
    #[error(transparent)]
    Send(SendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FlowError {
    /// The stable code that an API answers with. The store's failures are the server's to name.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InteractionNotFound | Self::AlreadySignedIn => ErrorCode::SessionNotFound,
            Self::Refused(code) => *code,
            Self::UserNotExist(_) => ErrorCode::UserNotExist,
            Self::MissingProfile(_) => ErrorCode::UserMissingProfile,
            Self::PasswordRejected(_) => ErrorCode::PasswordRejected,
            Self::MalformedCode => ErrorCode::VerificationCodeMismatch,
            Self::RateLimited { .. } | Self::Send(SendError::RateLimited) => {
                ErrorCode::MessageRateLimited
            }
            Self::Locked { .. } => ErrorCode::SessionTooManyAttempts,
            Self::Busy { .. } | Self::Store(StoreError::Unavailable(_)) => ErrorCode::Unavailable,
            Self::Send(SendError::NoConnector) => ErrorCode::ConnectorNotFound,
            Self::Send(SendError::BadAddress | SendError::Failed) => ErrorCode::ConnectorGeneral,
            Self::Store(StoreError::Corrupt(_) | StoreError::Duplicate(_)) => {
                ErrorCode::ServerError
            }
        }
    }

    /// How long to wait before the next try, where it is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after }
            | Self::Locked { retry_after }
            | Self::Busy { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

impl From<ErrorCode> for FlowError {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code)
    }
}

impl From<OpenError> for FlowError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound => Self::InteractionNotFound,
            OpenError::Store(error) => Self::Store(error),
        }
    }
}

impl From<InteractionError> for FlowError {
    fn from(error: InteractionError) -> Self {
        match error {
            InteractionError::Expired => Self::InteractionNotFound,
            InteractionError::PastThisStep => Self::AlreadySignedIn,
        }
    }
}

impl From<PoolError> for FlowError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Busy { retry_after } => Self::Busy { retry_after },
            PoolError::Corrupt => {
                Self::Store(StoreError::Corrupt("users.password_hash".to_owned()))
            }
        }
    }
}
