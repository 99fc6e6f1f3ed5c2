//! What Logto's API has and this version lacks: each route is there and says so by a code that
//! clients of the API know. Nothing here looks at a body.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use moongate_core::ErrorCode;

use super::ExperienceApi;
use super::call::Call;
use crate::routes::api::error::ApiError;

/// No factor is configured, so none can be verified or bound.
const FACTORS: &[&str] = &[
    "profile/mfa",
    "profile/mfa/passkey",
    "verification/mfa-verification-code",
    "verification/mfa-verification-code/verify",
    "verification/totp/secret",
    "verification/totp/verify",
    "verification/web-authn/registration",
    "verification/web-authn/registration/verify",
    "verification/web-authn/authentication",
    "verification/web-authn/authentication/verify",
    "verification/backup-code/generate",
    "verification/backup-code/verify",
];

/// Nobody is asked to enrol one, so there is nothing to skip or to switch on.
const PROMPTS: &[&str] = &[
    "profile/mfa/mfa-enabled",
    "profile/mfa/mfa-skipped",
    "profile/mfa/mfa-suggestion-skipped",
    "profile/mfa/passkey-skipped",
];

/// There is no connector of that identifier.
const CONNECTORS: &[&str] = &[
    "verification/social/{connectorId}/authorization-uri",
    "verification/social/{connectorId}/verify",
    "verification/sso/{connectorId}/authorization-uri",
    "verification/sso/{connectorId}/verify",
];

/// No code of Logto's says that these are missing.
const FEATURES: &[&str] = &[
    "preflight/sign-in-passkey/authentication",
    "profile/mfa/trusted-device",
    "user-assets/avatar",
    "verification/one-time-token/verify",
    "verification/sign-in-passkey/authentication",
    "verification/sign-in-passkey/authentication/verify",
];

pub(super) fn routes() -> Router<ExperienceApi> {
    let refusals = [
        (FACTORS, ErrorCode::SessionMfaFactorNotEnabled),
        (PROMPTS, ErrorCode::SessionMfaPolicyNotUserControlled),
        (CONNECTORS, ErrorCode::EntityNotFound),
        (FEATURES, ErrorCode::RequestFeatureNotSupported),
    ];
    let mut router = Router::new();
    for (paths, code) in refusals {
        for path in paths {
            router = router.route(&format!("/api/experience/{path}"), refusing(code));
        }
    }
    router
}

/// Refuses, once it is clear that there is a sign-in going on.
fn refusing(code: ErrorCode) -> MethodRouter<ExperienceApi> {
    post(
        async move |State(api): State<ExperienceApi>, call: Call| -> Result<Response, ApiError> {
            // A passkey may be asked for before anything else is said.
            if code != ErrorCode::RequestFeatureNotSupported {
                api.begun(&call).await?;
            }
            Err(ApiError::new(code))
        },
    )
}
