//! One page of a draft, and the draft's stylesheet: what stands in the frames of the index.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use moongate_core::Region;
use moongate_management::Draft;
use moongate_oidc::Parameters;
use moongate_web::pages::PreviewScheme;
use moongate_web::{ColorScheme, Language, View, document, forced_css, gallery};

use super::{FOLDER, Previews, choice, is_shown, live_page};
use crate::look::Look;
use crate::site::Visitor;

/// The head of every document; a target for links goes in after it.
const HEAD: &str = "<head>";

/// Without popups, a link that opens a window opens none: links are as dead as forms.
const NOWHERE: &str = "<base target=\"_blank\">";

pub(super) async fn page(
    State(state): State<Previews>,
    Path((id, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let path = format!("{FOLDER}{id}/{name}");
    let mut visitor = state.site.visitor(&headers, None, path);
    visitor.look = Arc::new(Look::default());
    let draft = match state.may_preview(&visitor, &id, &headers).await {
        Ok(draft) => draft,
        Err(response) => return response,
    };
    let language = fields.get("language").and_then(Language::from_tag);
    let mut shown = state.site.visitor(&headers, None, "/");
    shown.language = language.unwrap_or(visitor.language);
    let look = look(&id, &draft, choice::scheme(&fields));
    let policy = policy(&look);
    shown.look = Arc::new(look);
    match render(&state, &draft, &shown, &name) {
        Some(markup) => answer(markup, shown.language, &policy),
        None => state.nothing(&visitor),
    }
}

/// The draft's stylesheet as a browser reads it that prefers the scheme of the query.
pub(super) async fn stylesheet(
    State(state): State<Previews>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let visitor = state.site.visitor(&headers, None, "/");
    let draft = match state.may_preview(&visitor, &id, &headers).await {
        Ok(draft) => draft,
        Err(response) => return response,
    };
    let look = Look::of(&draft.settings, FOLDER);
    let Some((_, css)) = &look.stylesheet else {
        return state.nothing(&visitor);
    };
    let css = forced_css(css, forced(&draft, choice::scheme(&fields)));
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, css).into_response()
}

fn forced(draft: &Draft, scheme: Option<PreviewScheme>) -> ColorScheme {
    match scheme {
        Some(PreviewScheme::Dark) if draft.settings.color.is_dark_mode_enabled => ColorScheme::Dark,
        _ => ColorScheme::Light,
    }
}

/// How the draft looks, its stylesheet being at an address of its own.
fn look(id: &str, draft: &Draft, scheme: Option<PreviewScheme>) -> Look {
    let mut look = Look::of(&draft.settings, FOLDER);
    let named = scheme.unwrap_or(PreviewScheme::Light).as_str();
    look.theme.scheme = forced(draft, scheme);
    if look.theme.stylesheet.is_some() {
        look.theme.stylesheet = Some(format!("{FOLDER}{id}/theme.css?scheme={named}"));
    }
    look
}

fn render(state: &Previews, draft: &Draft, visitor: &Visitor, name: &str) -> Option<String> {
    let chrome = state.site.chrome(visitor);
    let markup = |view: &dyn View| {
        let page = document(view, &chrome).into_string();
        page.replacen(HEAD, &format!("{HEAD}{NOWHERE}"), 1)
    };
    let language = visitor.language;
    let region = match language {
        Language::ZhCn => Region::CHINA,
        Language::En => visitor.region,
    };
    live_page(name, &draft.settings, language, region, markup).or_else(|| {
        let mut entries = gallery(language).into_iter();
        let entry = entries.find(|entry| entry.name == name && is_shown(name));
        entry.map(|entry| markup(&*entry.view))
    })
}

/// No script, no form, no window; a frame on the index, and on no page of anybody else's. The
/// origin stays ours, for the stylesheet is shown to those alone who have the cookie.
fn policy(look: &Look) -> String {
    format!(
        "default-src 'none'; sandbox allow-same-origin; style-src 'self'; base-uri 'none'; \
         frame-ancestors 'self'; form-action 'none'; img-src 'self' data:{}",
        look.image_sources
    )
}

fn answer(markup: String, language: Language, policy: &str) -> Response {
    let mut response = markup.into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(header::CONTENT_LANGUAGE, language.tag());
    set(header::CACHE_CONTROL, "no-store");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    set(header::CONTENT_SECURITY_POLICY, policy);
    response
}
