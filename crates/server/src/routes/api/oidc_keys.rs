//! The token-signing keys: listed, rotated, removed. Never shown.

use std::time::Duration;

use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use moongate_core::{ErrorCode, SigningAlgorithm, SigningKeyId};
use moongate_oidc::{DEFAULT_ROTATION_GRACE, KeyChangeError, KeyDescription, KeyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::error::ApiError;
use super::extract::{Ids, Json};
use crate::routes::errors;

/// A week, in seconds.
const LONGEST_GRACE: u64 = 7 * 86_400;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_keys))
        .routes(routes!(rotate_keys))
        .routes(routes!(delete_key))
}

/// A signing key, as the API tells of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OidcKeyView {
    /// The `kid`.
    id: String,
    /// Seconds since 1970, as Logto has it here.
    created_at: i64,
    /// `EC` for ES384, `RSA` for RS256, as Logto names them; else the algorithm.
    signing_key_algorithm: &'static str,
    /// `Next`, `Current` or `Previous`.
    status: &'static str,
}

/// What the next key is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum KeyAlgorithm {
    /// RS256.
    #[serde(rename = "RSA", alias = "RS256")]
    Rsa,
    /// ES384.
    #[serde(rename = "EC", alias = "ES384")]
    Ec,
    /// ECDSA on P-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

/// How a key is followed by the next.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rotation {
    /// What the next key is; of the default algorithm if absent.
    signing_key_algorithm: Option<KeyAlgorithm>,
    /// How long it is published before it signs, seconds; 90 if absent. 0 is for a key that is
    /// compromised: whoever cached the key set can't verify for a minute.
    #[schema(maximum = 604_800)]
    rotation_grace_period: Option<u64>,
}

/// Lists the signing keys.
#[utoipa::path(
    get, path = "/api/configs/oidc/private-keys",
    operation_id = "GetOidcKeys", tag = "Configs",
    responses((status = 200, body = [OidcKeyView])),
)]
async fn list_keys(State(api): State<Api>) -> Result<Answer<Vec<OidcKeyView>>, ApiError> {
    let keys = api.provider.signing_keys();
    keys.reload().await.map_err(failed)?;
    Ok(Answer(keys.list().iter().map(view).collect()))
}

/// Makes the next signing key; gives all.
#[utoipa::path(
    post, path = "/api/configs/oidc/private-keys/rotate",
    operation_id = "RotateOidcKeys", tag = "Configs",
    request_body = Rotation,
    responses((status = 200, body = [OidcKeyView])),
)]
async fn rotate_keys(
    State(api): State<Api>,
    Json(rotation): Json<Rotation>,
) -> Result<Answer<Vec<OidcKeyView>>, ApiError> {
    let keys = api.provider.signing_keys();
    let algorithm = match rotation.signing_key_algorithm {
        None => keys.default_algorithm(),
        Some(KeyAlgorithm::Rsa) => SigningAlgorithm::RS256,
        Some(KeyAlgorithm::Ec) => SigningAlgorithm::ES384,
        Some(KeyAlgorithm::ES256) => SigningAlgorithm::ES256,
        Some(KeyAlgorithm::EdDSA) => SigningAlgorithm::EdDSA,
    };
    let grace = match rotation.rotation_grace_period {
        None => DEFAULT_ROTATION_GRACE,
        Some(seconds) if seconds <= LONGEST_GRACE => Duration::from_secs(seconds),
        Some(_) => {
            let problem = format!("must be 0 to {LONGEST_GRACE} seconds");
            return Err(ApiError::field("rotationGracePeriod", problem));
        }
    };
    keys.rotate(algorithm, grace).await.map_err(refused)?;
    Ok(Answer(keys.list().iter().map(view).collect()))
}

/// Removes a key that no longer signs. What it signed can't be verified from then on.
#[utoipa::path(
    delete, path = "/api/configs/oidc/private-keys/{keyId}",
    operation_id = "DeleteOidcKey", tag = "Configs",
    params(("keyId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_key(
    State(api): State<Api>,
    Ids(id): Ids<SigningKeyId>,
) -> Result<StatusCode, ApiError> {
    let keys = api.provider.signing_keys();
    keys.delete(&id).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

fn view(key: &KeyDescription) -> OidcKeyView {
    OidcKeyView {
        id: key.id.to_string(),
        created_at: key.created_at.seconds(),
        signing_key_algorithm: match key.algorithm {
            SigningAlgorithm::ES384 => "EC",
            SigningAlgorithm::RS256 => "RSA",
            other => other.as_str(),
        },
        status: key.status.as_str(),
    }
}

fn refused(error: KeyChangeError) -> ApiError {
    match error {
        KeyChangeError::NextExists => ApiError::new(ErrorCode::OidcInvalidRequest),
        KeyChangeError::NotPrevious => ApiError::new(ErrorCode::OidcOnlyPreviousKeyCanBeDeleted),
        KeyChangeError::NotFound => ApiError::new(ErrorCode::OidcKeyNotFound),
        KeyChangeError::Key(error) => failed(error),
    }
}

fn failed(error: KeyError) -> ApiError {
    match error {
        KeyError::Store(error) => ApiError::new(errors::store_code(&error)),
        error => {
            tracing::error!(%error, "the signing keys can't be had");
            ApiError::new(ErrorCode::ServerError)
        }
    }
}
