//! `/preview/*`: a draft of the settings, looked at before it is in force. The index shows frames
//! side by side; each frame is a page as the draft has it, and nothing on it can be sent.
//!
//! Whoever may not look is told that there is nothing. Pages alone may stand in frames, and in ours
//! only.

mod choice;
mod frame;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use moongate_core::Region;
use moongate_experience::{Finding, Severity};
use moongate_management::{Draft, Management, ManagementError, NewDraft};
use moongate_oidc::Parameters;
use moongate_web::pages::{Fault, Preview, PreviewFinding, PreviewPage, PreviewWeight};
use moongate_web::{Chrome, gallery};

use super::sign_in::{LIVE_PAGES, live_page};
use super::{Parts, errors};
use crate::look::Look;
use crate::site::{Site, Visitor};

/// Where drafts are, below the base path.
const FOLDER: &str = "/preview/";

/// Pages of the gallery that settings of the sign-in experience say nothing of.
const APART: [&str; 3] = ["home", "preview", "setup"];

/// The URL that shows a draft to the first browser which opens it.
pub(crate) fn url(endpoint: &str, draft: &NewDraft) -> String {
    format!(
        "{endpoint}{FOLDER}{}?link={}",
        draft.id,
        draft.token.expose()
    )
}

#[derive(Clone)]
struct Previews {
    site: Site,
    management: Management,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = Previews {
        site: site.clone(),
        management: parts.management.clone(),
    };
    Router::new()
        .route(&format!("{FOLDER}{{draft}}"), get(index))
        .route(
            &format!("{FOLDER}{{draft}}/theme.css"),
            get(frame::stylesheet),
        )
        .route(&format!("{FOLDER}{{draft}}/{{page}}"), get(frame::page))
        .with_state(state)
}

/// The draft's pages side by side. A link that works once comes in here, and goes out of the
/// address at once.
async fn index(
    State(state): State<Previews>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let mut visitor = state.site.visitor(&headers, None, format!("{FOLDER}{id}"));
    // The tenant's rules have no say in how its draft is looked at.
    visitor.look = Arc::new(Look::default());
    if let Some(token) = fields.get("link") {
        return state.open(&visitor, &id, token).await;
    }
    let draft = match state.may_preview(&visitor, &id, &headers).await {
        Ok(draft) => draft,
        Err(response) => return response,
    };
    let pages = pages(&draft, &visitor);
    let choice = choice::read(&fields, &pages);
    visitor.current_path = choice::path(&id, &choice);
    let findings: Vec<_> = draft.findings.iter().map(finding).collect();
    let view = Preview {
        draft: &id,
        pages: &pages,
        choice,
        has_dark: draft.settings.color.is_dark_mode_enabled,
        findings: &findings,
    };
    let mut response = state.site.page(&visitor, StatusCode::OK, &view, None);
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                  img-src 'self' data:; frame-src 'self'; base-uri 'none'; \
                  frame-ancestors 'none'; form-action 'self'";
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    response
}

impl Previews {
    /// A secret for a link, and to the address without it.
    async fn open(&self, visitor: &Visitor, id: &str, token: &str) -> Response {
        match self.management.open_draft(id, token).await {
            Err(error) => self.failed(visitor, &error),
            Ok(None) => self.nothing(visitor),
            Ok(Some(opened)) => {
                let path = self.site.path(&format!("{FOLDER}{id}"));
                let mut response = self.site.go(visitor, &path);
                let cookies = self.site.cookies();
                cookies
                    .set_preview(opened.secret.expose(), opened.ttl)
                    .add_to(response.headers_mut());
                response
            }
        }
    }

    /// The draft, for whoever may look at it: a browser that opened its link.
    async fn may_preview(
        &self,
        visitor: &Visitor,
        id: &str,
        headers: &HeaderMap,
    ) -> Result<Draft, Response> {
        let failed = |error: ManagementError| self.failed(visitor, &error);
        let Some(secret) = self.site.cookies().preview(headers) else {
            return Err(self.nothing(visitor));
        };
        let opens = self.management.opens_draft(id, &secret).await;
        if !opens.map_err(failed)? {
            return Err(self.nothing(visitor));
        }
        let draft = self.management.draft(id).await.map_err(failed)?;
        draft.ok_or_else(|| self.nothing(visitor))
    }

    fn nothing(&self, visitor: &Visitor) -> Response {
        let status = StatusCode::NOT_FOUND;
        errors::page(&self.site, visitor, status, Fault::NotFound, Vec::new())
    }

    fn failed(&self, visitor: &Visitor, error: &ManagementError) -> Response {
        match error {
            ManagementError::Store(error) => errors::store(&self.site, visitor, error),
            _ => self.nothing(visitor),
        }
    }
}

/// The pages that the draft leads to, then every other page in every state.
fn pages(draft: &Draft, visitor: &Visitor) -> Vec<PreviewPage<'static>> {
    let chrome = Chrome::new(visitor.language, "/");
    let mut names = BTreeSet::new();
    let settings = &draft.settings;
    let live = LIVE_PAGES.into_iter().filter_map(|name| {
        let (language, region) = (visitor.language, Region::CHINA);
        live_page(name, settings, language, region, |view| PreviewPage {
            name,
            title: view.title(&chrome),
        })
    });
    let mut pages: Vec<_> = live.collect();
    let samples = gallery(visitor.language).into_iter();
    pages.extend(
        samples
            .filter(|entry| is_shown(entry.name))
            .map(|entry| PreviewPage {
                name: entry.name,
                title: entry.view.title(&chrome),
            }),
    );
    pages.retain(|page| names.insert(page.name));
    pages
}

/// Whether a page of the gallery is one that the draft changes.
fn is_shown(name: &str) -> bool {
    let topic = name.split_once('-').map_or(name, |(topic, _)| topic);
    !APART.contains(&topic)
}

fn finding(finding: &Finding) -> PreviewFinding {
    PreviewFinding {
        weight: match finding.severity {
            Severity::Refused => PreviewWeight::Refused,
            Severity::RefusedInFiles => PreviewWeight::RefusedInFiles,
            Severity::Advice => PreviewWeight::Advice,
        },
        text: finding.to_string(),
    }
}
