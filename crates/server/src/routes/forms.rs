//! Forms of the sign-in pages: the interaction they carry, and pages shared by their handlers.

use axum::response::Response;
use http::HeaderMap;
use moongate_core::{ApplicationId, Interaction, InteractionId, Store, StoreError};
use moongate_experience::{InteractionRef, OpenError, SignInExperience};
use moongate_oidc::{Begun, Parameters};
use tracing::Instrument as _;

use super::errors;
use crate::site::{Site, Visitor};

/// A form as it was posted.
pub(super) struct Posted {
    fields: Parameters,
    pub(super) reference: InteractionRef,
}

impl Posted {
    /// A form with the interaction it carries. What lacks one names none that exists.
    pub(super) fn new(fields: Parameters, visitor: &Visitor) -> Self {
        let reference = reference(fields.get("interaction"), visitor);
        Self { fields, reference }
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }
}

/// The interaction that a page names and this browser proves.
pub(super) fn reference(id: Option<&str>, visitor: &Visitor) -> InteractionRef {
    // What can't be an identifier names none; it reaches neither the store nor an address.
    let id = id.unwrap_or_default();
    let id = if is_id(id) { id } else { "" };
    let id = InteractionId::from(id);
    InteractionRef {
        browser_cookie: visitor.proof(&id).unwrap_or_default(),
        id,
    }
}

/// Whether a text can be the identifier of an interaction.
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The visitor of a page that an interaction belongs to. The language switch comes back to `path`.
pub(super) fn visitor(
    site: &Site,
    headers: &HeaderMap,
    fields: &Parameters,
    path: &str,
) -> Visitor {
    let id = fields.get("interaction").unwrap_or_default();
    let current_path = if is_id(id) {
        format!("{path}?interaction={id}")
    } else {
        path.to_owned()
    };
    site.visitor(headers, fields.get("ui_locales"), current_path)
}

/// The page for an interaction that can't be opened.
pub(super) fn not_open(
    site: &Site,
    visitor: &Visitor,
    id: &InteractionId,
    error: &OpenError,
) -> Response {
    match error {
        OpenError::NotFound => unknown_session(site, visitor, id),
        OpenError::Store(error) => errors::store(site, visitor, error),
    }
}

/// To the page that says so, with the way back to the application where there is one.
pub(super) fn unknown_session(site: &Site, visitor: &Visitor, id: &InteractionId) -> Response {
    let query = if id.as_str().is_empty() {
        String::new()
    } else {
        format!("?interaction={id}")
    };
    site.go(visitor, &site.path(&format!("/unknown-session{query}")))
}

/// Looks as the settings want it to, and speaks the language that the application asked for or,
/// where the settings say so, the tenant's own.
pub(super) fn speak(
    site: &Site,
    visitor: &mut Visitor,
    interaction: &Interaction,
    settings: &SignInExperience,
) {
    visitor.look = site.look().update(settings);
    let languages = &settings.language_info;
    let ui_locales = interaction.request.ui_locales.as_deref();
    visitor.prefer(
        ui_locales,
        &languages.fallback_language,
        languages.auto_detect,
    );
}

/// Runs a step to its end although the browser may go away: a second click abandons the first
/// request, whose message must still be sent.
pub(super) async fn to_its_end<T: Send + 'static>(
    step: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(step.in_current_span()).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down, and this request with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// To the first page of an interaction, with what proves that it is this browser's.
pub(super) fn begin(site: &Site, visitor: &Visitor, page: &str, begun: &Begun) -> Response {
    let id = &begun.interaction;
    let location = site.path(&format!("{page}?interaction={id}"));
    let mut response = site.go(visitor, &location);
    let cookies = site.cookies();
    cookies
        .set_interactions(&begun.interactions_cookie)
        .add_to(response.headers_mut());
    if visitor.browser.interactions.is_none() {
        cookies
            .set_interaction(id, &begun.interactions_cookie)
            .add_to(response.headers_mut());
    }
    response
}

/// On to the application: somebody signed in.
pub(super) fn resume(site: &Site, visitor: &Visitor, id: &InteractionId) -> Response {
    site.go(visitor, &site.path(&format!("/oidc/auth/{id}")))
}

/// The name of an application for its users.
pub(super) async fn application_name(
    store: &dyn Store,
    id: &ApplicationId,
) -> Result<String, StoreError> {
    let application = store.read().await?.application(id).await?;
    Ok(application
        .map(|application| application.name)
        .unwrap_or_default())
}
