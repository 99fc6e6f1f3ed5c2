//! Which interaction a request is about: the newest open one of this browser, of one application
//! where the request names it. What it names is never enough; a cookie proves the browser.

use axum::extract::FromRequestParts;
use http::request::Parts;
use moongate_core::{ApplicationId, ErrorCode};
use moongate_experience::{Browser, InteractionRef};
use url::form_urlencoded;

use super::ExperienceApi;
use crate::routes::api::error::ApiError;
use crate::routes::{errors, forms};
use crate::site::Visitor;

/// Names the application, as Logto's pages do (beside `app_id` in the query).
const APP_ID: &str = "logto-app-id";

/// A browser has one proof for all its interactions, and a few more if it had none when several
/// tabs began. Whoever sends a heap of them gets no heap of reads.
const MOST_PROOFS: usize = 16;

/// A request about an interaction of this browser.
pub(super) struct Call {
    pub(super) reference: InteractionRef,
    pub(super) browser: Browser,
    /// The language of messages.
    pub(super) language: String,
    /// Whether the request names the application.
    pub(super) names_application: bool,
    visitor: Visitor,
}

impl Call {
    /// An interaction of this browser that the request names.
    pub(super) fn named(&self, interaction: &str) -> InteractionRef {
        forms::reference(Some(interaction), &self.visitor)
    }
}

impl FromRequestParts<ExperienceApi> for Call {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &ExperienceApi) -> Result<Self, ApiError> {
        let headers = &parts.headers;
        let visitor = api.site.visitor(headers, None, "/");
        let own = visitor.browser.interactions.clone();
        let mut others: Vec<_> = api
            .site
            .cookies()
            .interactions(headers)
            .into_values()
            .filter(|other| own.as_ref() != Some(other))
            .collect();
        others.sort_unstable();
        others.dedup();
        let mut proofs: Vec<_> = own.into_iter().chain(others).collect();
        proofs.truncate(MOST_PROOFS);
        let application = application(parts);
        let latest = api
            .experience
            .latest_interaction(&proofs, application.as_ref())
            .await
            .map_err(|error| ApiError::new(errors::store_code(&error)))?;
        Ok(Self {
            reference: latest.ok_or_else(|| ApiError::new(ErrorCode::SessionNotFound))?,
            browser: Browser {
                session_cookie: visitor.browser.session.clone(),
                user_agent: visitor.user_agent.clone(),
            },
            language: visitor.language.tag().to_owned(),
            names_application: application.is_some(),
            visitor,
        })
    }
}

fn application(parts: &Parts) -> Option<ApplicationId> {
    let named = parts.headers.get(APP_ID).and_then(|it| it.to_str().ok());
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let asked = form_urlencoded::parse(query).find(|(name, _)| name == "app_id");
    let asked = asked.map(|(_, value)| value.into_owned());
    let id = named.map(str::to_owned).or(asked);
    id.filter(|id| !id.is_empty()).map(ApplicationId::from)
}
