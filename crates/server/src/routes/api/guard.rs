//! Who may call: each request of the Management API passes here before its handler sees it.
//!
//! A route is answered if its operation stands in the table of `moongate-management` and the
//! bearer holds what the table asks for. Cookies play no part.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use moongate_core::ErrorCode;
use moongate_management::{Management, Operation, Requirement};
use moongate_oidc::{BearerError, Provider};
use serde_json::json;
use utoipa::openapi::OpenApi;

use super::answer::PublicUrl;
use super::document;
use super::error::ApiError;
use crate::routes::errors;

/// Who calls, where a token was asked for.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The token's subject: a user, or the application itself.
    pub(super) sub: String,
}

/// What the guard needs.
#[derive(Clone)]
pub(super) struct Guard(Arc<Inner>);

struct Inner {
    provider: Provider,
    management: Management,
    /// The audience that a token must have.
    resource: String,
    endpoint: String,
    base_path: String,
    /// By the route's path: method and operation.
    operations: HashMap<String, Vec<(Method, Operation)>>,
}

impl Guard {
    /// A guard of the routes that `document` describes.
    pub(super) fn new(
        provider: Provider,
        management: Management,
        resource: &str,
        endpoint: &str,
        base_path: &str,
        document: &OpenApi,
    ) -> Self {
        let mut operations: HashMap<_, Vec<_>> = HashMap::new();
        for (path, method, operation) in document::operations(document) {
            let known = operation.operation_id.as_deref().and_then(Operation::parse);
            if let Some(known) = known {
                let entry = operations.entry(path.to_owned()).or_default();
                entry.push((method, known));
            }
        }
        Self(Arc::new(Inner {
            provider,
            management,
            resource: resource.to_owned(),
            endpoint: endpoint.to_owned(),
            base_path: base_path.to_owned(),
            operations,
        }))
    }

    fn operation(&self, request: &Request) -> Option<Operation> {
        let path = request.extensions().get::<MatchedPath>()?.as_str();
        let path = path.strip_prefix(&self.0.base_path).unwrap_or(path);
        let method = match request.method() {
            &Method::HEAD => &Method::GET,
            method => method,
        };
        let known = self.0.operations.get(path)?;
        let found = known.iter().find(|(own, _)| own == method);
        found.map(|(_, operation)| *operation)
    }

    async fn admit(&self, request: &mut Request) -> Result<(), ApiError> {
        let Some(operation) = self.operation(request) else {
            return Err(ApiError::new(ErrorCode::EntityNotFound));
        };
        let requirement = operation.requirement();
        if requirement == Requirement::Nothing {
            return Ok(());
        }
        let token = bearer(request.headers())?;
        let unauthorized = || ApiError::new(ErrorCode::AuthUnauthorized);
        let token = self.0.provider.verify_access_token(token, &self.0.resource);
        let token = token.map_err(|error| match error {
            BearerError::Store(error) => ApiError::new(errors::store_code(&error)),
            _ => unauthorized(),
        })?;
        if !requirement.is_met_by(&token.scopes) {
            return Err(ApiError::new(ErrorCode::AuthForbidden));
        }
        // A token outlives neither its application nor its user.
        let management = &self.0.management;
        if !management.is_in_force(&token.sub, &token.client_id).await? {
            return Err(unauthorized());
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            tracing::info!(
                operation = operation.as_str(),
                application = token.client_id,
                subject = token.sub,
                "the Management API is used"
            );
        }
        request.extensions_mut().insert(Caller { sub: token.sub });
        Ok(())
    }
}

/// Lets a request through to its handler or not, and gives refusals their body.
pub(super) async fn guard(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let path = uri.path().strip_prefix(&guard.0.base_path);
    let public = format!("{}{}", guard.0.endpoint, path.unwrap_or(uri.path()));
    let response = if guard.operation(&request).is_none() {
        not_found().await
    } else if has_null_byte(&uri) {
        ApiError::unreadable("the address must not have a null byte").into_response()
    } else if let Err(refusal) = guard.admit(&mut request).await {
        refusal.into_response()
    } else {
        request.extensions_mut().insert(PublicUrl(public));
        next.run(request).await
    };
    finished(response, &uri, &headers)
}

/// An answer of a JSON API as it goes out: a refusal gets its body, and nobody keeps a copy.
pub(in crate::routes) fn finished(response: Response, uri: &Uri, headers: &HeaderMap) -> Response {
    let mut response = match response.extensions().get::<ApiError>().cloned() {
        Some(refusal) => refusal.render(uri, headers),
        None => response,
    };
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// What Logto answers where nothing is.
pub(in crate::routes) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "Not Found").into_response()
}

/// In an identifier or a filter it would reach PostgreSQL, which has no such text.
pub(in crate::routes) fn has_null_byte(uri: &Uri) -> bool {
    uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00"))
}

/// RFC 6750 §2.1; a token in a query or a form is none.
fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| ApiError::new(ErrorCode::AuthorizationHeaderMissing))?;
    let text = value.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(ApiError::new(ErrorCode::AuthorizationTokenTypeNotSupported)
            .with_data(json!({ "supportedTypes": ["Bearer"] }))),
    }
}
