//! Forms of the sign-in pages: the interaction they carry, and pages shared by their handlers.

use axum::response::Response;
use http::HeaderMap;
use moongate_core::{ApplicationId, InteractionId, Store, StoreError};
use moongate_experience::{InteractionRef, OpenError};
use moongate_oidc::Parameters;
use tracing::Instrument as _;

use super::errors;
use crate::site::{Site, Visitor};

/// A form as it was posted.
pub(super) struct Posted {
    pub(super) fields: Parameters,
    pub(super) reference: InteractionRef,
}

impl Posted {
    /// Reads a form. What lacks an interaction names none that exists.
    pub(super) fn read(body: &[u8], visitor: &Visitor) -> Self {
        let fields = Parameters::parse(&String::from_utf8_lossy(body));
        let reference = reference(fields.get("interaction"), visitor);
        Self { fields, reference }
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }
}

/// The interaction that a page names and this browser proves.
pub(super) fn reference(id: Option<&str>, visitor: &Visitor) -> InteractionRef {
    InteractionRef {
        id: InteractionId::from(id.unwrap_or_default()),
        browser_cookie: visitor.browser.interactions.clone().unwrap_or_default(),
    }
}

/// The visitor of a page that an interaction belongs to. The language switch comes back to `path`.
pub(super) fn visitor(
    site: &Site,
    headers: &HeaderMap,
    fields: &Parameters,
    path: &str,
) -> Visitor {
    let id = fields.get("interaction").unwrap_or_default();
    let is_id = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let current_path = if is_id {
        format!("{path}?interaction={id}")
    } else {
        path.to_owned()
    };
    site.visitor(headers, fields.get("ui_locales"), current_path)
}

/// The page for an interaction that can't be opened.
pub(super) fn not_open(site: &Site, visitor: &Visitor, error: &OpenError) -> Response {
    match error {
        OpenError::NotFound => errors::unknown_session(site, visitor),
        OpenError::Store(error) => errors::store(site, visitor, error),
    }
}

/// Runs a step to its end although the browser may go away: a second click abandons the first
/// request, whose message must still be sent.
pub(super) async fn to_its_end<T: Send + 'static>(
    step: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(step.in_current_span()).await {
        Ok(answer) => answer,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
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
