//! Refusals of the flow as answers: the code, and what a client needs to go on.

use http::StatusCode;
use moongate_core::ErrorCode;
use moongate_experience::FlowError;
use serde_json::json;

use crate::routes::api::error::ApiError;
use crate::routes::errors;

impl From<FlowError> for ApiError {
    fn from(error: FlowError) -> Self {
        let refusal = match &error {
            // Logs it.
            FlowError::Store(error) => Self::new(errors::store_code(error)),
            error => Self::new(error.code()),
        };
        let wait = error.retry_after();
        let refusal = match error {
            FlowError::UserNotExist(identifier) => {
                refusal.with_data(json!({ "identifier": identifier.as_str() }))
            }
            FlowError::MissingProfile(missing) => {
                refusal.with_data(json!({ "missingProfile": missing }))
            }
            FlowError::PasswordRejected(issues) => refusal.with_data(json!(issues)),
            _ => refusal,
        };
        match wait {
            Some(wait) => refusal
                .with_data(json!({ "retryAfter": errors::whole_seconds(wait) }))
                .with_retry_after(wait),
            None => refusal,
        }
    }
}

/// The same where somebody is to be identified: a recovery that the settings don't allow is the
/// account's matter there, not the request's.
pub(super) fn of_identification(error: FlowError) -> ApiError {
    let code = error.code();
    let refusal = ApiError::from(error);
    match code {
        ErrorCode::SessionNotSupportedForForgotPassword => {
            refusal.with_status(StatusCode::UNPROCESSABLE_ENTITY)
        }
        _ => refusal,
    }
}
