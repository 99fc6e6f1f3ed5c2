//! Why a step is not taken.

use std::time::Duration;

use moongate_core::{ErrorCode, InteractionError, SendError, StoreError};
use thiserror::Error;

use super::identify::taken;
use super::missing::Missing;
use crate::{Identifier, OpenError, PasswordIssue, PoolError, SignInIdentifier};

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

    /// An identifier that somebody took in this very moment is taken. The store has refused the
    /// whole unit, so this is for whoever ran it to ask.
    pub(crate) fn foreseen(self) -> Self {
        let Self::Store(StoreError::Duplicate(what)) = &self else {
            return self;
        };
        let names = [
            ("primary_phone", SignInIdentifier::Phone),
            ("primary_email", SignInIdentifier::Email),
            ("username", SignInIdentifier::Username),
        ];
        let is_of_users = what.contains("users");
        let named = names
            .into_iter()
            .find(|(column, _)| is_of_users && what.contains(column));
        match named {
            Some((_, kind)) => taken(kind).into(),
            None => self,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_store_refused_as_a_duplicate_is_taken() {
        for (what, code) in [
            ("users_by_primary_phone", ErrorCode::UserPhoneAlreadyInUse),
            (
                "UNIQUE constraint failed: users.primary_email",
                ErrorCode::UserEmailAlreadyInUse,
            ),
            ("users_by_username", ErrorCode::UserUsernameAlreadyInUse),
            ("users", ErrorCode::ServerError),
            ("sessions_by_cookie_hash", ErrorCode::ServerError),
        ] {
            let error = FlowError::Store(StoreError::Duplicate(what.to_owned()));
            assert_eq!(error.foreseen().code(), code, "{what}");
        }
    }
}
