//! Check: the application exists.

use moongate_core::{Application, ApplicationId, StoreError};

use super::PageError;
use crate::{Parameters, Provider};

/// The application of `client_id`.
pub(crate) async fn check(
    provider: &Provider,
    parameters: &Parameters,
) -> Result<Result<Application, PageError>, StoreError> {
    if parameters.has_nul() {
        return Ok(Err(PageError::Malformed));
    }
    let Some(client_id) = parameters.get("client_id") else {
        return Ok(Err(PageError::MissingClient));
    };
    if parameters.duplicate() == Some("client_id") {
        return Ok(Err(PageError::MissingClient));
    }
    let mut reader = provider.store.read().await?;
    let application = reader.application(&ApplicationId::from(client_id)).await?;
    Ok(application.ok_or_else(|| PageError::UnknownClient {
        client_id: client_id.to_owned(),
    }))
}
