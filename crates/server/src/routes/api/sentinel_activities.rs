//! Identifiers that too many failures locked.

use axum::extract::State;
use http::StatusCode;
use moongate_management::SentinelTargets;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::error::ApiError;
use super::extract::Json;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(unlock))
}

/// Lets identifiers in again that too many failures locked, whether anybody has them or not.
#[utoipa::path(
    post, path = "/api/sentinel-activities/delete",
    operation_id = "DeleteSentinelActivities", tag = "Sentinel activities",
    request_body = SentinelTargets,
    responses((status = 204)),
)]
async fn unlock(
    State(api): State<Api>,
    Json(body): Json<SentinelTargets>,
) -> Result<StatusCode, ApiError> {
    api.management.unlock(body).await?;
    Ok(StatusCode::NO_CONTENT)
}
