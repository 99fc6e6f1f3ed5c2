//! `/api/experience/*`: Logto's Experience API, the sign-in flow as JSON, for sign-in pages of
//! one's own; and `/api/interaction/consent` for the question that may follow it.
//!
//! Cookies are what authenticates here, so every route passes the CSRF layer, takes JSON alone,
//! and answers no other origin. Each step is one use case of `moongate-experience`; where this
//! version lacks a kind of verification, `lacking` says so.

mod call;
mod consent;
mod error;
mod identifier;
mod interaction;
mod lacking;
mod profile;
mod verification;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use http::header;
use moongate_core::ErrorCode;
use moongate_experience::Experience;
use tokio::sync::Notify;
use tower_http::csrf::ProtectionError;

use super::api::error::ApiError;
use super::api::guard::{finished, has_null_byte, not_found};
use super::{Parts, csrf, forms};
use crate::settings::Settings;
use crate::site::Site;

/// What handlers reach the world through.
#[derive(Clone)]
struct ExperienceApi {
    site: Site,
    endpoint: Arc<str>,
    experience: Experience,
    session_ended: Arc<Notify>,
}

impl ExperienceApi {
    /// Where the browser goes on to the application.
    fn resume_url(&self, id: &moongate_core::InteractionId) -> String {
        format!("{}/oidc/auth/{id}", self.endpoint)
    }
}

pub(super) fn routes(settings: &Settings, site: &Site, parts: &Parts) -> Router {
    let api = ExperienceApi {
        site: site.clone(),
        endpoint: settings.endpoint_text().into(),
        experience: parts.experience.clone(),
        session_ended: Arc::clone(&parts.session_ended),
    };
    Router::new()
        .merge(interaction::routes())
        .merge(verification::routes())
        .merge(profile::routes())
        .merge(consent::routes())
        .merge(lacking::routes())
        .method_not_allowed_fallback(not_found)
        .layer(csrf(settings))
        .layer(from_fn(answered))
        .with_state(api)
}

/// Gives refusals their body.
async fn answered(request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let response = if has_null_byte(&uri) {
        ApiError::unreadable("the address must not have a null byte").into_response()
    } else {
        next.run(request).await
    };
    let response = if response.extensions().get::<ProtectionError>().is_some() {
        tracing::info!("a request from another site was refused");
        ApiError::new(ErrorCode::AuthForbidden).into_response()
    } else {
        response
    };
    let mut response = finished(response, &uri, &headers);
    // Nobody is asked for a bearer token here.
    response.headers_mut().remove(header::WWW_AUTHENTICATE);
    response
}
