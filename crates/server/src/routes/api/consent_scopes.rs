//! What a third-party application may ask its users for.

use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use moongate_core::ApplicationId;
use moongate_management::{NewUserConsentScopes, UserConsentScopesView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::error::ApiError;
use super::extract::{Ids, Json};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_scopes, add_scopes))
        .routes(routes!(delete_scope))
}

/// Tells what an application may ask for.
#[utoipa::path(
    get, path = "/api/applications/{applicationId}/user-consent-scopes",
    operation_id = "ListApplicationUserConsentScopes", tag = "Applications",
    params(("applicationId" = String, Path)),
    responses((status = 200, body = UserConsentScopesView)),
)]
async fn list_scopes(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
) -> Result<Answer<UserConsentScopesView>, ApiError> {
    Ok(Answer(api.management.user_consent_scopes(&id).await?))
}

/// Lets a third-party application ask for more.
#[utoipa::path(
    post, path = "/api/applications/{applicationId}/user-consent-scopes",
    operation_id = "CreateApplicationUserConsentScope", tag = "Applications",
    params(("applicationId" = String, Path)),
    request_body = NewUserConsentScopes,
    responses((status = 201)),
)]
async fn add_scopes(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Json(body): Json<NewUserConsentScopes>,
) -> Result<StatusCode, ApiError> {
    api.management.add_user_consent_scopes(id, body).await?;
    Ok(StatusCode::CREATED)
}

/// Lets an application no longer ask for something. `scopeType` is `user-scopes`, with the scope's
/// name as `scopeId`, or `resource-scopes`, with its identifier.
#[utoipa::path(
    delete, path = "/api/applications/{applicationId}/user-consent-scopes/{scopeType}/{scopeId}",
    operation_id = "DeleteApplicationUserConsentScope", tag = "Applications",
    params(
        ("applicationId" = String, Path),
        ("scopeType" = String, Path),
        ("scopeId" = String, Path),
    ),
    responses((status = 204)),
)]
async fn delete_scope(
    State(api): State<Api>,
    Ids((id, kind, scope)): Ids<(ApplicationId, String, String)>,
) -> Result<StatusCode, ApiError> {
    api.management
        .remove_user_consent_scope(id, kind, scope)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
