//! Each request has an identifier, found in the log and shown on error pages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use moongate_core::Entropy;
use tracing::Instrument as _;

/// The header that carries the identifier.
pub(crate) struct RequestId;

impl RequestId {
    pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
}

/// What the layer needs.
#[derive(Clone)]
pub(crate) struct Naming {
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Whether a proxy in front may name requests.
    pub(crate) trust_proxy: bool,
}

/// Names a request, opens the log span of that name, and answers with it.
pub(crate) async fn name_request(
    State(naming): State<Naming>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(RequestId::HEADER).cloned();
    let id = given
        .filter(|value| naming.trust_proxy && is_plain(value))
        .unwrap_or_else(|| {
            HeaderValue::from_str(&naming.entropy.id(16)).expect("identifiers are ASCII")
        });
    // The path alone: a query may hold codes and hints.
    let span = tracing::info_span!(
        "request",
        id = id.to_str().unwrap_or_default(),
        method = %request.method(),
        path = request.uri().path(),
    );
    request.headers_mut().insert(RequestId::HEADER, id.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), "answered");
        } else {
            tracing::debug!(status = status.as_u16(), "answered");
        }
    });
    response.headers_mut().insert(RequestId::HEADER, id);
    response
}

fn is_plain(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}
