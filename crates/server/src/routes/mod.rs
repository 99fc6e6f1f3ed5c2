//! The routes, each file one topic; a router is built from just what its handlers need.

mod account;
mod api;
mod assets;
mod consent;
mod cross_origin;
mod device;
mod errors;
mod experience_api;
mod forms;
mod home;
mod language;
mod logout;
mod oidc;
pub(crate) mod preview;
mod setup;
mod sign_in;
mod theme;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use moongate_core::{Clock, Entropy, Store};
use moongate_experience::Experience;
use moongate_management::Management;
use moongate_oidc::Provider;
use tokio::sync::Notify;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::request_id::{Naming, name_request};
use crate::settings::{Settings, Transport};
use crate::site::Site;

/// Bodies over this are refused: 56 KiB, as Logto's.
const BODY_LIMIT: usize = 56 * 1024;

/// What the routes reach the world through.
#[derive(Clone)]
pub(crate) struct Parts {
    /// The OpenID provider.
    pub(crate) provider: Provider,
    /// Rung once a session may have ended, so that applications are told at once.
    pub(crate) session_ended: Arc<Notify>,
    /// The sign-in experience.
    pub(crate) experience: Experience,
    /// The operations of the Management API.
    pub(crate) management: Management,
    /// The store, for the names of applications on pages.
    pub(crate) store: Arc<dyn Store>,
    /// For countdowns on pages.
    pub(crate) clock: Arc<dyn Clock>,
    /// For the names of requests.
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// Every route of this server, under the endpoint's path.
pub(crate) fn router(settings: &Settings, parts: &Parts) -> Router {
    let site = Site::new(settings);
    let naming = Naming {
        entropy: Arc::clone(&parts.entropy),
        trust_proxy: settings.trust_proxy,
    };
    let pages = Router::new()
        .merge(sign_in::routes(&site, parts))
        .merge(consent::routes(&site, parts))
        .merge(device::routes(&site, parts))
        .merge(account::routes(&site, parts))
        .merge(setup::routes(&site, parts))
        .merge(language::routes(&site))
        .merge(home::routes(&site))
        .merge(logout::confirm_routes(&site, parts))
        .layer(from_fn_with_state(site.clone(), errors::too_long))
        .layer(csrf(settings))
        .layer(from_fn_with_state(site.clone(), errors::cross_site));
    let everything = Router::new()
        .merge(pages)
        // Cross-site by design, or authenticated by what the request carries.
        .merge(oidc::routes(&site, parts))
        .merge(logout::routes(&site, parts))
        .merge(api::routes(settings, parts))
        .merge(experience_api::routes(settings, &site, parts))
        .merge(assets::routes())
        .merge(theme::routes(&site, parts))
        .merge(preview::routes(&site, parts))
        .method_not_allowed_fallback(home::wrong_method(&site))
        .layer(CatchPanicLayer::custom(panicked));
    let base_path = settings.base_path();
    let everything = if base_path.is_empty() {
        everything
    } else {
        // A proxy may strip the path or leave it.
        Router::new()
            .nest(&base_path, everything.clone())
            .merge(everything)
    };
    let everything = everything
        .merge(oidc::well_known_routes(&site, parts))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(compression())
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(from_fn_with_state(naming, name_request));
    if settings.transport == Transport::Https {
        let six_months = "max-age=15552000";
        everything.layer(header(header::STRICT_TRANSPORT_SECURITY, six_months))
    } else {
        everything
    }
}

fn header(name: http::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Pages and styles are worth it; tokens, keys and metadata are small, and compressing them costs
/// more than it saves.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/json"))
        .and(NotForContentType::const_new("application/jwk-set+json"));
    CompressionLayer::new().compress_when(worth_it)
}

fn csrf(settings: &Settings) -> CsrfLayer {
    CsrfLayer::new()
        .add_trusted_origin(settings.origin())
        .expect("an endpoint's origin is one")
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "internal server error").into_response()
}
