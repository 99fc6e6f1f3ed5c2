//! `/account/verification-code`: the code that links an address or a number, or that proves who is
//! there.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;
use moongate_core::{ErrorCode, SendError, VerificationPurpose};
use moongate_experience::{AccountCode, FlowError, Identifier, WantedChange};
use moongate_web::Problem;
use moongate_web::pages::{Code, CodePurpose, CodeState};

use super::super::sign_in::code::channel;
use super::super::sign_in::{add_retry_after, problem};
use super::{AccountPages, Here, Saved, forms, status, step_up};

pub(super) const PATH: &str = "/account/verification-code";

pub(super) fn routes() -> Router<AccountPages> {
    Router::new()
        .route(PATH, get(show).post(submit))
        .route("/account/verification-code/resend", post(resend).get(again))
        .route(
            "/account/verification-code/password",
            post(by_password).get(again),
        )
}

/// What became of the last step, as the page tells it.
#[derive(Clone, Copy, Default)]
struct Outcome {
    error: Option<Problem>,
    spent: Option<Problem>,
    alert: Option<Problem>,
    resent: bool,
}

async fn show(
    State(state): State<AccountPages>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let here = match state.here(PATH, &query.unwrap_or_default(), &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let outcome = Outcome {
        resent: here.field("resent") == "true",
        ..Outcome::default()
    };
    state.code_page(&here, outcome)
}

/// The address of a form, loaded again as a page.
async fn again(State(state): State<AccountPages>, headers: HeaderMap) -> Response {
    let visitor = state.site.visitor(&headers, None, PATH);
    state.site.go(&visitor, &state.site.path(PATH))
}

async fn submit(State(state): State<AccountPages>, headers: HeaderMap, body: Bytes) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let Some(code) = here.account.step.code.clone() else {
        return state.to(&here, super::PATH);
    };
    let (experience, cookie) = (&state.experience, &here.session_cookie);
    let typed = here.field("code");
    let error = if links(&code) {
        match experience.finish_linking(cookie, typed).await {
            Ok(()) => return state.saved(&here, Saved::Value),
            Err(error) => error,
        }
    } else {
        match experience.step_up_by_code(cookie, typed).await {
            Ok(stepped_up) => return state.stepped_up(here, stepped_up).await,
            Err(error) => error,
        }
    };
    match state.failed(&here, error, wanted(&code)).await {
        Err(response) => response,
        Ok(error) => state.code_refused(&here, &code, &error),
    }
}

async fn resend(State(state): State<AccountPages>, headers: HeaderMap, body: Bytes) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let Some(code) = here.account.step.code.clone() else {
        return state.to(&here, super::PATH);
    };
    let experience = state.experience.clone();
    let (cookie, language) = (here.session_cookie.clone(), here.language());
    let sent =
        forms::to_its_end(async move { experience.resend_account_code(&cookie, &language).await })
            .await;
    let Err(error) = sent else {
        return state.to(&here, &format!("{PATH}?resent=true"));
    };
    match state.failed(&here, error, wanted(&code)).await {
        Err(response) => response,
        // The page itself says so, from what is stored.
        Ok(FlowError::Send(SendError::Failed | SendError::NoConnector)) => state.to(&here, PATH),
        Ok(error) => {
            let outcome = Outcome {
                alert: Some(problem(&error)),
                ..Outcome::default()
            };
            state.code_page(&here, outcome)
        }
    }
}

/// The password in place of the code.
async fn by_password(
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match state.posted(PATH, &body, &headers).await {
        Ok(here) => state.to(&here, step_up::PATH),
        Err(response) => response,
    }
}

fn links(code: &AccountCode) -> bool {
    code.purpose == VerificationPurpose::BindNewIdentifier
}

/// What a proof is asked for where it is missing.
fn wanted(code: &AccountCode) -> Option<WantedChange> {
    let kind = Identifier::from(code.recipient.clone()).kind();
    links(code).then_some(WantedChange::Identifier(kind))
}

impl AccountPages {
    fn code_refused(&self, here: &Here, code: &AccountCode, error: &FlowError) -> Response {
        let told = problem(error);
        let outcome = match error {
            FlowError::Refused(
                ErrorCode::UserEmailAlreadyInUse | ErrorCode::UserPhoneAlreadyInUse,
            ) => return self.taken_page(here, &code.recipient, error),
            FlowError::MalformedCode => Outcome {
                error: Some(ErrorCode::GuardInvalidInput.into()),
                ..Outcome::default()
            },
            FlowError::Refused(ErrorCode::VerificationCodeMismatch) => Outcome {
                error: Some(told),
                ..Outcome::default()
            },
            _ => Outcome {
                spent: Some(told),
                ..Outcome::default()
            },
        };
        self.code_page(here, outcome)
    }

    fn code_page(&self, here: &Here, outcome: Outcome) -> Response {
        let Some(code) = &here.account.step.code else {
            return self.to(here, super::PATH);
        };
        let state = if code.send_failed {
            CodeState::SendFailed
        } else if let Some(problem) = outcome.spent {
            CodeState::Spent(problem)
        } else {
            CodeState::Open {
                error: outcome.error,
                resent: outcome.resent,
            }
        };
        let wait = code.resend_at.since(self.clock.now());
        let asked_too_soon = outcome.alert.and_then(|alert| alert.retry_after);
        let view = Code {
            purpose: CodePurpose::Account,
            channel: channel(&code.recipient),
            masked: &code.recipient.masked(),
            state,
            resend_after: wait.max(asked_too_soon.unwrap_or(Duration::ZERO)),
            alert: outcome.alert,
            offers_password: !links(code) && here.account.user.password_hash.is_some(),
        };
        let told = outcome.error.or(outcome.spent).or(outcome.alert);
        let mut response = self.site.page(&here.visitor, status(told), &view, None);
        add_retry_after(&mut response, outcome.alert.or(outcome.spent));
        response
    }
}
