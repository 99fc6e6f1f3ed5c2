//! Stylesheet, icon and, where the build had it, htmx: embedded, and served under names that
//! change with their content, so that browsers may keep them for ever.

use std::hash::{DefaultHasher, Hasher as _};
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

/// A file that is part of the program.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    text: &'static str,
}

const STYLE: Asset = Asset {
    name: "bookstore.css",
    content_type: "text/css; charset=utf-8",
    text: include_str!("bookstore.css"),
};

const ICON: Asset = Asset {
    name: "icon.svg",
    content_type: "image/svg+xml",
    text: include_str!("icon.svg"),
};

/// Empty if npm had not fetched it when the shop was built.
const HTMX: Asset = Asset {
    name: "htmx.min.js",
    content_type: "text/javascript; charset=utf-8",
    text: include_str!(concat!(env!("OUT_DIR"), "/htmx.min.js")),
};

impl Asset {
    /// The path with the content's mark in it.
    fn path(&self) -> String {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.text.as_bytes());
        format!("/assets/{}?v={:016x}", self.name, hasher.finish())
    }
}

/// Where pages find the assets.
pub(crate) struct Paths {
    pub(crate) style: String,
    pub(crate) icon: String,
    /// None without htmx.
    pub(crate) htmx: Option<String>,
}

/// The assets' paths.
pub(crate) static PATHS: LazyLock<Paths> = LazyLock::new(|| Paths {
    style: STYLE.path(),
    icon: ICON.path(),
    htmx: (!HTMX.text.is_empty()).then(|| HTMX.path()),
});

/// Serves `/assets/…`.
pub(crate) fn router() -> Router {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Response {
    let known = [STYLE, ICON, HTMX].into_iter();
    match known
        .filter(|asset| !asset.text.is_empty())
        .find(|asset| asset.name == name)
    {
        Some(asset) => {
            let headers = [
                (CONTENT_TYPE, asset.content_type),
                (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, asset.text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
