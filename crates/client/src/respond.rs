//! How the client answers: redirects and the headers that every answer of its own has. This is
//! the one place that decides between a redirect, an `HX-Redirect` and a 401.

use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, VARY,
    WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::error::Error;

/// Set by htmx on its requests.
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
/// Where htmx is told to send the whole page.
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
/// The page on which an htmx request was made.
pub(crate) const HX_CURRENT_URL: HeaderName = HeaderName::from_static("hx-current-url");
/// From where and for what a browser sends a request (Fetch Metadata).
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// What kind of caller waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A browser that navigates: it can be sent elsewhere.
    Page,
    /// A browser that submits a form: it can show a page, but its content would be lost.
    Form,
    /// htmx: a redirect would be followed behind the scenes and end in a piece of the page.
    Htmx,
    /// A script or a program: it wants a status.
    Program,
}

impl Caller {
    /// Tells the caller by the request's method and headers.
    pub(crate) fn of(parts: &Parts) -> Self {
        Self::from_request(&parts.method, &parts.headers)
    }

    fn from_request(method: &Method, headers: &HeaderMap) -> Self {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if text(&HX_REQUEST).is_some() {
            return Self::Htmx;
        }
        let wants_html = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.to_ascii_lowercase().contains("text/html"));
        let navigates = text(&SEC_FETCH_MODE).is_none_or(|mode| mode == "navigate");
        match (wants_html && navigates, method) {
            (true, &Method::GET | &Method::HEAD) => Self::Page,
            (true, _) => Self::Form,
            (false, _) => Self::Program,
        }
    }
}

/// Sends the browser elsewhere: 303 with `Location`, or for htmx 200 with `HX-Redirect`.
pub(crate) fn redirect(headers: &HeaderMap, target: &str) -> Response {
    let target = HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static("/"));
    let mut response = if headers.contains_key(HX_REQUEST) {
        (StatusCode::OK, [(HX_REDIRECT, target)]).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(LOCATION, target)]).into_response()
    };
    keep_private(&mut response);
    response
}

/// Tells htmx to send the whole page to the target. The status says what is true; htmx looks
/// for the header whatever the status is, as long as it is no redirect.
pub(crate) fn htmx_sign_in(target: &str) -> Response {
    let target = HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static("/"));
    let mut response = json(StatusCode::UNAUTHORIZED, &Error::NotSignedIn);
    response.headers_mut().insert(HX_REDIRECT, target);
    response
}

/// An error for a program: `{"error": …, "message": …}`; a 401 carries `WWW-Authenticate`
/// (RFC 9110 §11.6.1).
pub(crate) fn json(status: StatusCode, error: &Error) -> Response {
    let body = serde_json::json!({ "error": error.code(), "message": error.to_string() });
    let mut response = (
        status,
        [(CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response();
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    keep_private(&mut response);
    response
}

/// Keeps an answer out of caches, and its URL, which may hold a code, out of `Referer`.
pub(crate) fn keep_private(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
        .entry(REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Cookie, HX-Request"));
}

#[cfg(test)]
mod tests {
    use super::{Caller, Method};
    use axum::http::{HeaderMap, HeaderName};

    fn check(method: &Method, headers: &[(&'static str, &str)], expected: Caller) {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        assert_eq!(Caller::from_request(method, &map), expected, "{headers:?}");
    }

    #[test]
    fn callers_are_told_apart() {
        let html = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        check(&Method::GET, &[html], Caller::Page);
        check(
            &Method::GET,
            &[html, ("sec-fetch-mode", "navigate")],
            Caller::Page,
        );
        check(&Method::POST, &[html], Caller::Form);
        check(
            &Method::GET,
            &[html, ("sec-fetch-mode", "cors")],
            Caller::Program,
        );
        check(
            &Method::GET,
            &[("accept", "application/json")],
            Caller::Program,
        );
        check(&Method::GET, &[("accept", "*/*")], Caller::Program);
        check(&Method::GET, &[], Caller::Program);
        check(&Method::GET, &[html, ("hx-request", "true")], Caller::Htmx);
        check(&Method::POST, &[("hx-request", "true")], Caller::Htmx);
    }
}
