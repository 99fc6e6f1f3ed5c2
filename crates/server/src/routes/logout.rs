//! `/oidc/session/end`: RP-initiated logout, and the page that asks.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use moongate_core::StoreError;
use moongate_oidc::{EndSessionOutcome, LogoutRequest, Parameters, Provider};
use moongate_web::pages::{Detail, Fault, SignOutConfirm, SignedOut};
use tokio::sync::Notify;

use super::{Parts, errors};
use crate::site::{Site, Visitor};

#[derive(Clone)]
struct Logout {
    site: Site,
    provider: Provider,
    session_ended: Arc<Notify>,
}

/// The protocol's endpoint: cross-site by design.
pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    Router::new()
        .route("/oidc/session/end", get(end).post(end_by_form))
        .layer(from_fn_with_state(site.clone(), errors::too_long))
        .with_state(state(site, parts))
}

/// The answer of the page that asks: from our own page alone.
pub(super) fn confirm_routes(site: &Site, parts: &Parts) -> Router {
    Router::new()
        .route("/oidc/session/end/confirm", post(confirm))
        .route("/oidc/session/end/success", get(success))
        .with_state(state(site, parts))
}

fn state(site: &Site, parts: &Parts) -> Logout {
    Logout {
        site: site.clone(),
        provider: parts.provider.clone(),
        session_ended: Arc::clone(&parts.session_ended),
    }
}

async fn end(
    State(logout): State<Logout>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    logout.end(&query.unwrap_or_default(), &headers).await
}

async fn end_by_form(State(logout): State<Logout>, headers: HeaderMap, body: Bytes) -> Response {
    let form = String::from_utf8_lossy(&body);
    let visitor = logout.site.visitor(&headers, None, "/");
    match logout
        .site
        .again_by_get(&visitor, "/oidc/session/end", &form)
    {
        Some(response) => response,
        None => logout.end(&form, &headers).await,
    }
}

async fn confirm(State(logout): State<Logout>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let visitor = logout.site.visitor(&headers, None, "/");
    let request = fields.get("logout").and_then(unpack).unwrap_or_default();
    if fields.get("decision") != Some("sign-out") {
        return logout.site.go(&visitor, &logout.site.path("/"));
    }
    let outcome = logout
        .provider
        .confirm_end_session(&request, &visitor.browser)
        .await;
    logout.respond(&visitor, outcome)
}

async fn success(State(logout): State<Logout>, headers: HeaderMap) -> Response {
    let visitor = logout
        .site
        .visitor(&headers, None, "/oidc/session/end/success");
    let view = SignedOut { way_back: None };
    logout.site.page(&visitor, StatusCode::OK, &view, None)
}

impl Logout {
    async fn end(&self, text: &str, headers: &HeaderMap) -> Response {
        let parameters = Parameters::parse(text);
        let visitor = self
            .site
            .visitor(headers, parameters.get("ui_locales"), "/");
        let outcome = self
            .provider
            .end_session(&parameters, &visitor.browser)
            .await;
        self.respond(&visitor, outcome)
    }

    fn respond(
        &self,
        visitor: &Visitor,
        outcome: Result<EndSessionOutcome, StoreError>,
    ) -> Response {
        match outcome {
            Err(error) => errors::store(&self.site, visitor, &error),
            Ok(EndSessionOutcome::Redirect(uri)) => self.signed_out(visitor, &uri),
            Ok(EndSessionOutcome::SignedOut) => {
                self.signed_out(visitor, &self.site.path("/oidc/session/end/success"))
            }
            Ok(EndSessionOutcome::Confirm {
                application,
                request,
                destination,
            }) => {
                let logout = pack(&request);
                let view = SignOutConfirm {
                    logout: &logout,
                    app_name: application.as_deref(),
                };
                let destination = destination.as_deref();
                self.site.page(visitor, StatusCode::OK, &view, destination)
            }
            Ok(EndSessionOutcome::Refused {
                error,
                unregistered_uri,
            }) => {
                let mut details = vec![
                    Detail::Error(error.error.to_owned()),
                    Detail::Description(error.description),
                ];
                let fault = match unregistered_uri {
                    None => Fault::AppRequest,
                    Some((app_name, uri)) => {
                        details.insert(0, Detail::RedirectUri(uri));
                        Fault::PostLogoutRedirectUri { app_name }
                    }
                };
                errors::page(&self.site, visitor, StatusCode::BAD_REQUEST, fault, details)
            }
        }
    }

    fn signed_out(&self, visitor: &Visitor, location: &str) -> Response {
        self.session_ended.notify_one();
        let mut response = self.site.go(visitor, location);
        // A browser that sent none keeps its cookie: another site may have sent it here.
        if visitor.browser.session.is_some() {
            let cookie = self.site.cookies().clear_session();
            cookie.add_to(response.headers_mut());
        }
        response
    }
}

/// A request as text that travels through the page; it is checked anew when it comes back.
fn pack(request: &LogoutRequest) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(request).unwrap_or_default())
}

fn unpack(text: &str) -> Option<LogoutRequest> {
    let request: LogoutRequest =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let has_nul = [
        &request.client_id,
        &request.post_logout_redirect_uri,
        &request.state,
    ]
    .into_iter()
    .flatten()
    .any(|text| text.contains('\0'));
    (!has_nul).then_some(request)
}
