//! Scripts of registered applications at the endpoints that give tokens and claims. Cookies play no
//! part there, so nothing but the answer is at stake: who may read it.

use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use moongate_core::{ApplicationId, StoreError};
use moongate_oidc::{OidcError, OriginRule, Provider, TokenRequest};

use super::errors;
use crate::site::Site;

/// How long a browser may remember that it asked.
const PREFLIGHT_TTL: Duration = Duration::from_hours(1);

/// The page whose script calls, if a browser says that there is one and it may read the answer.
pub(super) struct Caller(Option<HeaderValue>);

impl Caller {
    /// The caller of a request that names its client.
    ///
    /// # Errors
    /// The refusal: the client's pages are elsewhere.
    pub(super) async fn of_request(
        provider: &Provider,
        site: &Site,
        headers: &HeaderMap,
        request: &TokenRequest<'_>,
    ) -> Result<Self, Box<Response>> {
        let Some((value, origin)) = foreign_origin(site, headers) else {
            return Ok(Self(None));
        };
        let rule = provider.origin_of_request(request, &origin).await;
        Self::by_rule(value, &origin, rule)
    }

    /// The caller of a request of a known client.
    ///
    /// # Errors
    /// As [`Caller::of_request`].
    pub(super) async fn of_client(
        provider: &Provider,
        site: &Site,
        headers: &HeaderMap,
        id: &ApplicationId,
    ) -> Result<Self, Box<Response>> {
        let Some((value, origin)) = foreign_origin(site, headers) else {
            return Ok(Self(None));
        };
        let rule = provider.origin_of_client(id, &origin).await;
        Self::by_rule(value, &origin, rule)
    }

    /// The caller where nobody knows the client: a page of any registered one may read why.
    pub(super) async fn unknown(provider: &Provider, headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(header::ORIGIN) else {
            return Self(None);
        };
        let origin = value.to_str().unwrap_or_default();
        match provider.origin_of_anyone(origin).await {
            Ok(OriginRule::Allowed) => Self(Some(value.clone())),
            Ok(OriginRule::Refused(_)) => Self(None),
            Err(error) => {
                tracing::error!(%error, "the origin of a script could not be checked");
                Self(None)
            }
        }
    }

    fn by_rule(
        value: HeaderValue,
        origin: &str,
        rule: Result<OriginRule, StoreError>,
    ) -> Result<Self, Box<Response>> {
        match rule {
            Err(error) => Err(Box::new(errors::store_json(&error))),
            Ok(OriginRule::Allowed) => Ok(Self(Some(value))),
            Ok(OriginRule::Refused(None)) => Ok(Self(None)),
            Ok(OriginRule::Refused(Some(id))) => {
                let description = format!("origin {origin} not allowed for client: {id}");
                let error = OidcError::invalid_request(description);
                Err(Box::new(errors::oidc_json(StatusCode::BAD_REQUEST, &error)))
            }
        }
    }

    /// The answer, marked so that the caller's script may read it.
    pub(super) fn may_read(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.0 {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("www-authenticate"),
            );
        }
        response
    }
}

/// Where a script of another site calls from. What is no text is no registered origin.
fn foreign_origin(site: &Site, headers: &HeaderMap) -> Option<(HeaderValue, String)> {
    let value = headers.get(header::ORIGIN)?;
    let origin = value.to_str().unwrap_or_default();
    (origin != site.origin()).then(|| (value.clone(), origin.to_owned()))
}

/// A browser asks before the request itself; the client is not known yet.
pub(super) async fn preflight(provider: &Provider, headers: &HeaderMap) -> Response {
    let caller = Caller::unknown(provider, headers).await;
    let is_allowed = caller.0.is_some();
    let mut response = caller.may_read(StatusCode::OK.into_response());
    if is_allowed {
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::ACCESS_CONTROL_ALLOW_METHODS, "GET,POST");
        set(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization,content-type,dpop",
        );
        set(
            header::ACCESS_CONTROL_MAX_AGE,
            &PREFLIGHT_TTL.as_secs().to_string(),
        );
    }
    response
}
