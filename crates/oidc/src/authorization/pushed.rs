//! Check: a request that was pushed beforehand is taken out, and one that had to be was.

use moongate_core::{Application, StoreError, token_hash};

use super::PageError;
use crate::pushed_request::REQUEST_URI_PREFIX;
use crate::{Parameters, Provider};

/// The parameters that count: those that were pushed (RFC 9126 §4), or else those that came.
pub(crate) async fn check(
    provider: &Provider,
    parameters: &Parameters,
    application: &Application,
) -> Result<Result<Parameters, PageError>, StoreError> {
    let request_uri = parameters.get("request_uri");
    let Some(request_uri) = request_uri.filter(|uri| uri.starts_with(REQUEST_URI_PREFIX)) else {
        let metadata = &application.custom_client_metadata;
        return Ok(
            if metadata.require_pushed_authorization_requests == Some(true) {
                Err(PageError::NotPushed {
                    application: application.name.clone(),
                })
            } else {
                Ok(parameters.clone())
            },
        );
    };
    let hash = token_hash(request_uri);
    let taken = provider
        .store
        .write(move |tx| Box::pin(async move { tx.take_pushed_request(&hash).await }))
        .await?;
    let now = provider.clock.now();
    let own = taken.filter(|it| it.application_id == application.id && now < it.expires_at);
    Ok(own
        .map(|it| Parameters::parse(&it.parameters))
        .ok_or_else(|| PageError::UnknownRequestUri {
            application: application.name.clone(),
        }))
}
