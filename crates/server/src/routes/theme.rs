//! `/theme/*`: the tenant's own stylesheet, made of the settings.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{StatusCode, header};
use moongate_core::Store;
use moongate_experience::SignInExperience;

use super::{Parts, errors};
use crate::look::STYLESHEETS;
use crate::site::Site;

#[derive(Clone)]
struct Stylesheets {
    site: Site,
    store: Arc<dyn Store>,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = Stylesheets {
        site: site.clone(),
        store: Arc::clone(&parts.store),
    };
    Router::new()
        .route(&format!("{STYLESHEETS}{{name}}"), get(stylesheet))
        .with_state(state)
}

/// The newest stylesheet. By another name, as on a page that was made before a save, it is not to
/// be kept.
async fn stylesheet(State(state): State<Stylesheets>, Path(name): Path<String>) -> Response {
    let settings = match state.store.read().await {
        Ok(mut reader) => SignInExperience::load(reader.as_mut()).await,
        Err(error) => Err(error),
    };
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return errors::store_json(&error),
    };
    let look = state.site.look().update(&settings);
    let Some((hash, css)) = &look.stylesheet else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_newest = name.strip_suffix(".css") == Some(hash.as_str());
    let caching = if is_newest {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, caching),
    ];
    (headers, css.clone()).into_response()
}
