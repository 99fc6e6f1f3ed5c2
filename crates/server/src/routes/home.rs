//! `/`, and addresses where nothing is.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use moongate_web::pages::{Fault, Home};

use super::errors;
use crate::site::Site;

pub(super) fn routes(site: &Site) -> Router {
    Router::new()
        .route("/", get(home))
        .fallback(not_found)
        .with_state(site.clone())
}

async fn home(State(site): State<Site>, headers: HeaderMap) -> Response {
    let visitor = site.visitor(&headers, None, "/");
    let view = Home {
        shows_discovery: site.shows_discovery(),
    };
    site.page(&visitor, StatusCode::OK, &view, None)
}

async fn not_found(State(site): State<Site>, headers: HeaderMap) -> Response {
    let visitor = site.visitor(&headers, None, "/");
    errors::page(
        &site,
        &visitor,
        StatusCode::NOT_FOUND,
        Fault::NotFound,
        Vec::new(),
    )
}

/// The address of a form, opened as a page.
pub(super) fn wrong_method(
    site: &Site,
) -> impl Fn(HeaderMap) -> std::future::Ready<Response> + Clone + Send + Sync + 'static {
    let site = site.clone();
    move |headers| {
        let visitor = site.visitor(&headers, None, "/");
        let status = StatusCode::METHOD_NOT_ALLOWED;
        std::future::ready(errors::page(
            &site,
            &visitor,
            status,
            Fault::NotFound,
            Vec::new(),
        ))
    }
}
