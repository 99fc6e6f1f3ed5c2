//! `/account/password`: a first password, or another one.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use moongate_core::Secret;
use moongate_experience::{ProfileDraft, WantedChange};
use moongate_web::pages::{AccountPassword, NewPassword, NewPasswordPurpose};
use moongate_web::{PasswordProblem, Problem};

use super::super::sign_in::problem;
use super::super::sign_in::words::{account_name, password_hints, password_problems};
use super::{AccountPages, Here, Saved, errors};

pub(super) const PATH: &str = "/account/password";

pub(super) fn routes() -> Router<AccountPages> {
    Router::new().route(PATH, get(show).post(submit))
}

/// What is wrong with the password, or beside it.
#[derive(Default)]
struct Told {
    issues: Vec<PasswordProblem>,
    alert: Option<Problem>,
    status: StatusCode,
}

async fn show(State(state): State<AccountPages>, headers: HeaderMap) -> Response {
    let here = match state.here(PATH, "", &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    if !here.account.settings.has_passwords() {
        return state.to(&here, super::PATH);
    }
    if !here.account.is_fresh {
        return state.prove(&here, WantedChange::Password).await;
    }
    state.password_page(&here, &Told::default())
}

async fn submit(State(state): State<AccountPages>, headers: HeaderMap, body: Bytes) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let password = Secret::new(here.field("password"));
    let changed = state
        .experience
        .change_password(&here.session_cookie, password)
        .await;
    let error = match changed {
        Ok(()) => {
            state.session_ended.notify_one();
            return state.saved(&here, Saved::Password);
        }
        Err(error) => match state
            .failed(&here, error, Some(WantedChange::Password))
            .await
        {
            Err(response) => return response,
            Ok(error) => error,
        },
    };
    let issues = password_problems(&error);
    let told = Told {
        alert: issues.is_none().then(|| problem(&error)),
        issues: issues.unwrap_or_default(),
        status: errors::status(error.code()),
    };
    state.password_page(&here, &told)
}

impl AccountPages {
    fn password_page(&self, here: &Here, told: &Told) -> Response {
        let user = &here.account.user;
        let purpose = if user.password_hash.is_some() {
            AccountPassword::StepUpDone
        } else {
            AccountPassword::None
        };
        let view = NewPassword {
            purpose: NewPasswordPurpose::Account(purpose),
            identifier: &account_name(Some(user), &ProfileDraft::default()),
            hints: &password_hints(&here.account.settings.password_policy),
            issues: &told.issues,
            alert: told.alert,
        };
        self.site.page(&here.visitor, told.status, &view, None)
    }
}
