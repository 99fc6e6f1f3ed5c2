//! The secrets of an application.

use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use moongate_core::ApplicationId;
use moongate_management::{ApplicationSecretChange, ApplicationSecretView, NewApplicationSecret};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::error::ApiError;
use super::extract::{Ids, Json};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_secrets, create_secret))
        .routes(routes!(update_secret, delete_secret))
        .routes(routes!(delete_legacy_secret))
}

/// Lists the secrets of an application, with their values unless those are shown once alone.
#[utoipa::path(
    get, path = "/api/applications/{id}/secrets",
    operation_id = "ListApplicationSecrets", tag = "Applications",
    params(("id" = String, Path)),
    responses((status = 200, body = [ApplicationSecretView])),
)]
async fn list_secrets(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
) -> Result<Answer<Vec<ApplicationSecretView>>, ApiError> {
    Ok(Answer(api.management.application_secrets(&id).await?))
}

/// Makes another secret.
#[utoipa::path(
    post, path = "/api/applications/{id}/secrets",
    operation_id = "CreateApplicationSecret", tag = "Applications",
    params(("id" = String, Path)),
    request_body = NewApplicationSecret,
    responses((status = 201, body = ApplicationSecretView)),
)]
async fn create_secret(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Json(body): Json<NewApplicationSecret>,
) -> Result<(StatusCode, Answer<ApplicationSecretView>), ApiError> {
    let made = api.management.create_application_secret(id, body).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Renames a secret, or moves its end.
#[utoipa::path(
    patch, path = "/api/applications/{id}/secrets/{name}",
    operation_id = "UpdateApplicationSecret", tag = "Applications",
    params(("id" = String, Path), ("name" = String, Path)),
    request_body = ApplicationSecretChange,
    responses((status = 200, body = ApplicationSecretView)),
)]
async fn update_secret(
    State(api): State<Api>,
    Ids((id, name)): Ids<(ApplicationId, String)>,
    Json(change): Json<ApplicationSecretChange>,
) -> Result<Answer<ApplicationSecretView>, ApiError> {
    Ok(Answer(
        api.management
            .update_application_secret(id, name, change)
            .await?,
    ))
}

/// Removes a secret.
#[utoipa::path(
    delete, path = "/api/applications/{id}/secrets/{name}",
    operation_id = "DeleteApplicationSecret", tag = "Applications",
    params(("id" = String, Path), ("name" = String, Path)),
    responses((status = 204)),
)]
async fn delete_secret(
    State(api): State<Api>,
    Ids((id, name)): Ids<(ApplicationId, String)>,
) -> Result<StatusCode, ApiError> {
    api.management.delete_application_secret(id, name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a secret of Logto's older kind, which no application here has: always 400.
#[utoipa::path(
    delete, path = "/api/applications/{id}/legacy-secret",
    operation_id = "DeleteApplicationLegacySecret", tag = "Applications",
    params(("id" = String, Path)),
    responses((status = 400)),
)]
async fn delete_legacy_secret(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
) -> Result<StatusCode, ApiError> {
    api.management.delete_legacy_secret(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
