//! The shop's routes, and the headers that each of its answers has.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use maud::Markup;
use moongate_client::{Client, Error, Options, User};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::pages::Visitor;
use crate::words::Language;
use crate::{assets, books, pages};

/// The whole shop, reaching its identity server over the network.
///
/// # Errors
/// [`Error::InvalidOption`] names the option that can't work.
pub fn router(options: Options) -> Result<Router, Error> {
    Ok(router_with(&Client::new(options)?))
}

/// The whole shop with a client of the caller's making.
pub fn router_with(client: &Client) -> Router {
    let shop = Arc::new(Shop::new(client));
    Router::new()
        .route("/", get(front))
        .route("/orders", get(orders))
        .route("/api/me", get(me))
        .fallback(not_found)
        .with_state(Arc::clone(&shop))
        .merge(client.routes())
        .layer(client.layer())
        .route("/healthz", get(healthz))
        .merge(assets::router())
        .layer(from_fn_with_state(shop, add_headers))
}

/// What the routes know.
struct Shop {
    sign_in_path: String,
    sign_out_path: String,
    content_security_policy: HeaderValue,
}

impl Shop {
    fn new(client: &Client) -> Self {
        // Chromium holds the redirect after a form to `form-action` too, and both the sign-in
        // and the sign-out form end up at the identity server.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            client.provider_origin()
        );
        Self {
            sign_in_path: client.sign_in_path(),
            sign_out_path: client.sign_out_path(),
            content_security_policy: HeaderValue::from_str(&policy)
                .expect("an origin is visible ASCII"),
        }
    }

    fn visitor<'a>(&'a self, headers: &HeaderMap, user: Option<&'a User>) -> Visitor<'a> {
        Visitor {
            language: Language::of(headers),
            user,
            sign_in_path: &self.sign_in_path,
            sign_out_path: &self.sign_out_path,
        }
    }
}

/// The front page's query.
#[derive(Deserialize)]
struct Search {
    /// The words that the visitor looks for.
    #[serde(default)]
    q: String,
}

async fn front(
    State(shop): State<Arc<Shop>>,
    user: Option<User>,
    headers: HeaderMap,
    search: Result<Query<Search>, QueryRejection>,
) -> Response {
    let visitor = shop.visitor(&headers, user.as_ref());
    // A query that says nothing, or says it twice, shows the whole shelf.
    let sought: String = search
        .map(|Query(search)| search.q.chars().take(80).collect())
        .unwrap_or_default();
    show(
        StatusCode::OK,
        &visitor,
        &pages::shop(&visitor, &sought, &books::find(&sought)),
    )
}

async fn orders(State(shop): State<Arc<Shop>>, user: User, headers: HeaderMap) -> Response {
    let visitor = shop.visitor(&headers, Some(&user));
    show(StatusCode::OK, &visitor, &pages::orders(&visitor, &user))
}

/// The visitor's claims for a program; 401 without a session.
async fn me(
    user: User,
) -> (
    [(axum::http::HeaderName, &'static str); 1],
    Json<Map<String, Value>>,
) {
    ([(CACHE_CONTROL, "no-store")], Json(user.claims().clone()))
}

async fn not_found(
    State(shop): State<Arc<Shop>>,
    user: Option<User>,
    headers: HeaderMap,
) -> Response {
    let visitor = shop.visitor(&headers, user.as_ref());
    show(StatusCode::NOT_FOUND, &visitor, &pages::not_found(&visitor))
}

async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn show(status: StatusCode, visitor: &Visitor<'_>, page: &Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, visitor.language.tag()),
        (CACHE_CONTROL, "no-store"),
        (VARY, "Accept-Language, Cookie"),
    ];
    (status, headers, page.0.clone()).into_response()
}

/// Adds the headers that make a browser careful, where an answer has none of its own: the
/// client's pages bring their own policy.
async fn add_headers(State(shop): State<Arc<Shop>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert_with(|| shop.content_security_policy.clone());
    headers
        .entry(X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: under that a form on plain http would be posted with `Origin: null`.
    headers
        .entry(REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    response
}
