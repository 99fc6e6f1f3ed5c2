//! Whether the server is up, and what the API is.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_status))
        .routes(routes!(get_swagger_json))
}

/// Whether the server answers.
#[utoipa::path(
    get, path = "/api/status", operation_id = "GetStatus", tag = "System",
    responses((status = 204, description = "It does.")),
)]
async fn get_status() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// This document.
#[utoipa::path(
    get, path = "/api/swagger.json", operation_id = "GetSwaggerJson", tag = "System",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object)),
)]
async fn get_swagger_json(State(api): State<Api>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, api.document.to_vec()).into_response()
}
