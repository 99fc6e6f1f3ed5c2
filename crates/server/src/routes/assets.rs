//! `/assets/*`: stylesheet, scripts and pictures, embedded in the program.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use moongate_web::find_asset;

pub(super) fn routes() -> Router {
    Router::new().route("/assets/{*path}", get(asset))
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(found) = find_asset(&format!("/assets/{path}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers.get(header::IF_NONE_MATCH);
    let caching = [
        (header::ETAG, found.asset.etag),
        (header::CACHE_CONTROL, found.cache_control),
    ];
    if known.is_some_and(|known| known.as_bytes() == found.asset.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (
        caching,
        [(header::CONTENT_TYPE, found.asset.content_type)],
        found.asset.bytes,
    )
        .into_response()
}
