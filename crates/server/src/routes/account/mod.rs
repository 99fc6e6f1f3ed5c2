//! `/account`: what people see and change of their own account. Each topic is a file; what they
//! share is here: who is signed in in this browser, and where a refusal leads.
//!
//! Whoever is not signed in goes to sign in: a page that is opened begins it, a form leads to such a
//! page, and what scripts and pictures load begins nothing. No value that was typed is ever
//! part of an address: what is told after a change, and what waits for a proof, are closed lists.

mod code;
mod edit;
mod overview;
mod password;
mod sessions;
mod step_up;
mod user_agent;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, StatusCode};
use moongate_connectors::{ConnectorType, factory};
use moongate_core::{Channel, Clock, Store, StoreError};
use moongate_experience::{
    Account, AccountError, Experience, FlowError, SignInIdentifier, WantedChange,
};
use moongate_oidc::{Parameters, Provider};
use moongate_web::Problem;
use moongate_web::pages::Fault;
use tokio::sync::Notify;

use super::sign_in::{add_retry_after, problem};
use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

const PATH: &str = "/account";

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// What the pages reach the world through.
#[derive(Clone)]
struct AccountPages {
    site: Site,
    experience: Experience,
    provider: Provider,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    session_ended: Arc<Notify>,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = AccountPages {
        site: site.clone(),
        experience: parts.experience.clone(),
        provider: parts.provider.clone(),
        store: Arc::clone(&parts.store),
        clock: Arc::clone(&parts.clock),
        session_ended: Arc::clone(&parts.session_ended),
    };
    Router::new()
        .route(PATH, get(overview::show))
        .merge(edit::routes())
        .merge(password::routes())
        .merge(code::routes())
        .merge(step_up::routes())
        .merge(sessions::routes())
        .with_state(state)
}

/// A request of somebody who is signed in in this browser.
struct Here {
    visitor: Visitor,
    fields: Parameters,
    account: Account,
    session_cookie: String,
}

impl Here {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }

    fn language(&self) -> String {
        self.visitor.language.tag().to_owned()
    }
}

/// What went well, as the address says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Saved {
    Value,
    Removed,
    Password,
    Session,
    OtherSessions,
}

impl Saved {
    const ALL: [Self; 5] = [
        Self::Value,
        Self::Removed,
        Self::Password,
        Self::Session,
        Self::OtherSessions,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Removed => "removed",
            Self::Password => "password",
            Self::Session => "session",
            Self::OtherSessions => "other-sessions",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

impl AccountPages {
    /// Who is signed in in this browser, for a page; otherwise the sign-in begins, if a person opens
    /// the page. The language switch comes back to `path`.
    async fn here(&self, path: &str, text: &str, headers: &HeaderMap) -> Result<Here, Response> {
        let visitor = match self.signed_in(path, text, headers).await? {
            Ok(here) => return Ok(here),
            Err(visitor) => visitor,
        };
        let mode = headers.get(SEC_FETCH_MODE);
        if mode.is_some_and(|mode| mode != "navigate") {
            return Err(if visitor.is_htmx {
                self.sign_in(&visitor)
            } else {
                StatusCode::UNAUTHORIZED.into_response()
            });
        }
        Err(
            match self.provider.begin_account_sign_in(&visitor.browser).await {
                Ok(begun) => forms::begin(&self.site, &visitor, "/sign-in", &begun),
                Err(error) => errors::store(&self.site, &visitor, &error),
            },
        )
    }

    /// The same for a form, which begins nothing.
    async fn posted(&self, path: &str, body: &[u8], headers: &HeaderMap) -> Result<Here, Response> {
        let text = String::from_utf8_lossy(body);
        let here = self.signed_in(path, &text, headers).await?;
        here.map_err(|visitor| self.sign_in(&visitor))
    }

    /// Who is signed in in this browser, or who isn't.
    async fn signed_in(
        &self,
        path: &str,
        text: &str,
        headers: &HeaderMap,
    ) -> Result<Result<Here, Box<Visitor>>, Response> {
        let mut visitor = self.site.visitor(headers, None, path);
        let session_cookie = visitor.browser.session.clone().unwrap_or_default();
        match self.experience.account(Some(&session_cookie)).await {
            Ok(account) => {
                let languages = &account.settings.language_info;
                visitor.prefer(None, &languages.fallback_language, languages.auto_detect);
                Ok(Ok(Here {
                    visitor,
                    fields: Parameters::parse(text),
                    account,
                    session_cookie,
                }))
            }
            Err(AccountError::Flow(FlowError::Store(error))) => {
                Err(errors::store(&self.site, &visitor, &error))
            }
            Err(_) => Ok(Err(Box::new(visitor))),
        }
    }

    /// To where the sign-in begins, as a page of its own.
    fn sign_in(&self, visitor: &Visitor) -> Response {
        self.site.reload(visitor, &self.site.path(PATH))
    }

    /// To a page of ours by its own address, so that a reload does nothing again.
    fn to(&self, here: &Here, path: &str) -> Response {
        self.site.go(&here.visitor, &self.site.path(path))
    }

    /// Back to the overview, which tells what went well.
    fn saved(&self, here: &Here, saved: Saved) -> Response {
        self.to(here, &format!("{PATH}?saved={}", saved.as_str()))
    }

    /// To the page that asks for a proof; what is wanted is kept over it.
    async fn prove(&self, here: &Here, wanted: WantedChange) -> Response {
        match self.experience.want(&here.session_cookie, wanted).await {
            Ok(()) => self.to(here, step_up::PATH),
            // It needs no proof, so that this is never its answer.
            Err(AccountError::StepUpNeeded) => self.to(here, PATH),
            Err(AccountError::NotSignedIn) => self.sign_in(&here.visitor),
            Err(AccountError::Flow(error)) => match self.flow_failed(here, error) {
                Err(response) => *response,
                Ok(_) => self.to(here, PATH),
            },
        }
    }

    /// The answer to what no page of its own can tell; anything else is given back.
    async fn failed(
        &self,
        here: &Here,
        error: AccountError,
        wanted: Option<WantedChange>,
    ) -> Result<FlowError, Response> {
        match (error, wanted) {
            (AccountError::NotSignedIn, _) => Err(self.sign_in(&here.visitor)),
            (AccountError::StepUpNeeded, Some(wanted)) => Err(self.prove(here, wanted).await),
            (AccountError::StepUpNeeded, None) => Err(self.to(here, step_up::PATH)),
            (AccountError::Flow(error), _) => {
                self.flow_failed(here, error).map_err(|response| *response)
            }
        }
    }

    fn flow_failed(&self, here: &Here, error: FlowError) -> Result<FlowError, Box<Response>> {
        let visitor = &here.visitor;
        match error {
            FlowError::Store(error) => Err(Box::new(errors::store(&self.site, visitor, &error))),
            FlowError::Busy { .. } => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let mut response =
                    errors::page(&self.site, visitor, status, Fault::Busy, Vec::new());
                add_retry_after(&mut response, Some(problem(&error)));
                Err(Box::new(response))
            }
            error => Ok(error),
        }
    }

    /// Whether a message can be sent that way.
    async fn sends(&self, channel: Channel) -> Result<bool, StoreError> {
        let connectors = self.store.read().await?.connectors().await?;
        let kind = ConnectorType::of(channel);
        Ok(connectors
            .iter()
            .filter_map(|connector| factory(&connector.factory_id))
            .any(|factory| factory.kind == kind))
    }

    /// Whether people may choose an identifier of that kind here.
    async fn may_choose(
        &self,
        account: &Account,
        kind: SignInIdentifier,
    ) -> Result<bool, StoreError> {
        match kind {
            SignInIdentifier::Username => Ok(account.settings.uses(kind)),
            SignInIdentifier::Email => self.sends(Channel::Email).await,
            SignInIdentifier::Phone => self.sends(Channel::Sms).await,
        }
    }
}

/// The status of a page that tells of a problem.
fn status(problem: Option<Problem>) -> StatusCode {
    problem.map_or(StatusCode::OK, |problem| errors::status(problem.code))
}

/// The page on which an identifier is chosen.
fn path_of(kind: SignInIdentifier) -> &'static str {
    match kind {
        SignInIdentifier::Username => "/account/username",
        SignInIdentifier::Email => "/account/email",
        SignInIdentifier::Phone => "/account/phone",
    }
}
