//! Why an operation of the Management API is not done.

use std::time::Duration;

use moongate_core::{Application, ErrorCode, StoreError};
use moongate_experience::{Finding, PoolError};
use thiserror::Error;

use crate::ResourceFinding;
use crate::resources::finding::Findings;

/// Why an operation is not done; nothing has changed then. One type for all of them, since what
/// tells refusals apart is the closed list of [`ErrorCode`], which clients branch on.
#[derive(Debug, Error)]
pub enum ManagementError {
    /// A rule forbids it.
    #[error("{}", .0.as_str())]
    Refused(ErrorCode),
    /// Fields of the body are not right: `guard.invalid_input`, with each of them.
    #[error("{} fields are not right", .0.len())]
    Invalid(Vec<ResourceFinding>),
    /// The settings would break these rules, the first of which says the code.
    #[error("{} rules of the settings are broken", .0.len())]
    Settings(Vec<Finding>),
    /// Logto's field of that path has a value that this version can't heed:
    /// `request.feature_not_supported`.
    #[error("{0} comes with a later version")]
    Unsupported(String),
    /// Every place where passwords are hashed is taken.
    #[error("too many passwords are being hashed")]
    Busy {
        /// When to come back.
        retry_after: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ManagementError {
    fn from(error: StoreError) -> Self {
        match error {
            // Two callers took the same name at the same moment.
            StoreError::Duplicate(_) => Self::Refused(ErrorCode::EntityUniqueIntegrityViolation),
            error => Self::Store(error),
        }
    }
}

impl From<ErrorCode> for ManagementError {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code)
    }
}

impl From<PoolError> for ManagementError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Busy { retry_after } => Self::Busy { retry_after },
            PoolError::Corrupt => {
                Self::Store(StoreError::Corrupt("users.password_hash".to_owned()))
            }
        }
    }
}

/// Nothing, unless something was found.
pub(crate) fn refuse_if_any(findings: Findings) -> Result<(), ManagementError> {
    let findings = findings.into_vec();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(ManagementError::Invalid(findings))
    }
}

/// A row that must be there.
pub(crate) fn found<T>(row: Option<T>) -> Result<T, ManagementError> {
    row.ok_or(ManagementError::Refused(ErrorCode::EntityNotFound))
}

/// An application that must be there. A built-in one is none of the administrators' business.
pub(crate) fn found_application(row: Option<Application>) -> Result<Application, ManagementError> {
    found(row.filter(|application| !application.is_built_in()))
}
