//! `/setup`: the first administrator makes their account, by the link that the server printed.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use moongate_core::{ErrorCode, Secret};
use moongate_experience::{
    Browser, Experience, FlowError, SetupError, SignInExperience, SignInIdentifier,
    first_administrator_signs_in,
};
use moongate_oidc::Parameters;
use moongate_web::pages::{Fault, Setup, SetupForm};
use moongate_web::{FieldProblem, PasswordProblem, Problem};

use super::sign_in::words::{identifier_problem, password_hints, password_problems};
use super::sign_in::{add_retry_after, problem};
use super::{Parts, errors};
use crate::site::{Site, Visitor};

const PATH: &str = "/setup";

/// Texts past this are nobody's user name, and not shown again.
const LONGEST_SHOWN: usize = 128;

#[derive(Clone)]
struct SettingUp {
    site: Site,
    experience: Experience,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = SettingUp {
        site: site.clone(),
        experience: parts.experience.clone(),
    };
    Router::new()
        .route(PATH, get(show).post(submit))
        .with_state(state)
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Told<'a> {
    username: &'a str,
    username_error: Option<FieldProblem>,
    issues: Vec<PasswordProblem>,
    alert: Option<Problem>,
    status: StatusCode,
}

async fn show(
    State(state): State<SettingUp>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let token = fields.get("token").unwrap_or_default();
    let mut visitor = state.visitor(&headers, token);
    match state.experience.open_setup_link(token).await {
        Err(error) => state.refused(&visitor, &error),
        Ok(settings) => state.form(&mut visitor, token, &settings, &Told::default()),
    }
}

async fn submit(State(state): State<SettingUp>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let field = |name| fields.get(name).unwrap_or_default();
    let (token, username) = (field("token"), field("username").trim());
    let mut visitor = state.visitor(&headers, token);
    let settings = match state.experience.open_setup_link(token).await {
        Err(error) => return state.refused(&visitor, &error),
        Ok(settings) => settings,
    };
    if username.is_empty() {
        let told = Told {
            username_error: Some(FieldProblem::Missing),
            status: errors::status(ErrorCode::GuardInvalidInput),
            ..Told::default()
        };
        return state.form(&mut visitor, token, &settings, &told);
    }
    let browser = Browser {
        session_cookie: visitor.browser.session.clone(),
        user_agent: visitor.user_agent.clone(),
    };
    let password = Secret::new(field("password"));
    let made = state
        .experience
        .make_first_administrator(token, username, password, browser)
        .await;
    let error = match made {
        Ok(session_cookie) => return state.done(&headers, &settings, &session_cookie),
        Err(SetupError::Flow(error)) if is_about_what_was_typed(&error) => error,
        Err(error) => return state.refused(&visitor, &error),
    };
    let issues = password_problems(&error);
    let username_error = identifier_problem(&error, SignInIdentifier::Username);
    let told = Told {
        username: if username.len() <= LONGEST_SHOWN {
            username
        } else {
            ""
        },
        alert: (issues.is_none() && username_error.is_none()).then(|| problem(&error)),
        username_error,
        issues: issues.unwrap_or_default(),
        status: errors::status(error.code()),
    };
    state.form(&mut visitor, token, &settings, &told)
}

fn is_about_what_was_typed(error: &FlowError) -> bool {
    !matches!(error, FlowError::Store(_))
}

impl SettingUp {
    /// The language switch comes back by the link, if it can be one.
    fn visitor(&self, headers: &HeaderMap, token: &str) -> Visitor {
        let is_token = token.len() <= 64
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let current_path = if is_token && !token.is_empty() {
            format!("{PATH}?token={token}")
        } else {
            PATH.to_owned()
        };
        self.site.visitor(headers, None, current_path)
    }

    fn form(
        &self,
        visitor: &mut Visitor,
        token: &str,
        settings: &SignInExperience,
        told: &Told<'_>,
    ) -> Response {
        let languages = &settings.language_info;
        visitor.prefer(None, &languages.fallback_language, languages.auto_detect);
        let view = Setup::Open(SetupForm {
            token,
            username: told.username,
            username_error: told.username_error,
            hints: &password_hints(&settings.password_policy),
            issues: &told.issues,
            alert: told.alert,
            signs_in_again: first_administrator_signs_in(settings),
        });
        let mut response = self.page(visitor, told.status, &view);
        add_retry_after(&mut response, told.alert);
        response
    }

    fn refused(&self, visitor: &Visitor, error: &SetupError) -> Response {
        match error {
            SetupError::InvalidLink => {
                self.page(visitor, StatusCode::BAD_REQUEST, &Setup::InvalidLink)
            }
            SetupError::Used => self.page(visitor, StatusCode::GONE, &Setup::Used),
            SetupError::Flow(FlowError::Store(error)) => errors::store(&self.site, visitor, error),
            SetupError::Flow(error) => {
                let status = errors::status(error.code());
                errors::page(&self.site, visitor, status, Fault::Internal, Vec::new())
            }
        }
    }

    fn done(
        &self,
        headers: &HeaderMap,
        settings: &SignInExperience,
        session_cookie: &str,
    ) -> Response {
        let visitor = self.site.visitor(headers, None, "/account");
        let next = self.site.path("/account");
        let view = Setup::Done {
            next: &next,
            signs_in_again: first_administrator_signs_in(settings),
        };
        let mut response = self.page(&visitor, StatusCode::OK, &view);
        let cookie = self.site.cookies().set_session(session_cookie);
        cookie.add_to(response.headers_mut());
        response
    }

    /// The link's token is in the address, which no other site and no log of ours is to see.
    fn page(&self, visitor: &Visitor, status: StatusCode, view: &Setup<'_>) -> Response {
        let mut response = self.site.page(visitor, status, view, None);
        if self.site.has_fetch_metadata() {
            let policy = HeaderValue::from_static("no-referrer");
            response
                .headers_mut()
                .insert(header::REFERRER_POLICY, policy);
        }
        response
    }
}
