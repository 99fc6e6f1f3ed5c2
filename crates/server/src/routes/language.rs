//! `/language`: the reader chooses the language of the pages.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::HeaderMap;
use moongate_oidc::Parameters;
use moongate_web::Language;

use crate::site::Site;

pub(super) fn routes(site: &Site) -> Router {
    Router::new()
        .route("/language", post(language))
        .with_state(site.clone())
}

async fn language(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let visitor = site.visitor(&headers, None, "/");
    let return_to = fields.get("return_to").filter(|path| is_our_path(path));
    let mut response = site.go(&visitor, &site.path(return_to.unwrap_or("/")));
    if let Some(language) = fields.get("language").and_then(Language::from_tag) {
        let cookie = site.cookies().set_language(language.tag());
        cookie.add_to(response.headers_mut());
    }
    response
}

/// A path on this site: no other host can hide in it, and it fits into a header.
fn is_our_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_elsewhere() {
        assert!(is_our_path("/sign-in?interaction=abc"));
        for bad in [
            "",
            "sign-in",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/\t/evil.example",
        ] {
            assert!(!is_our_path(bad), "{bad}");
        }
    }
}
