//! `/account/step-up`: who is there is proved anew, by the password or by a code; then comes what
//! was wanted.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use moongate_core::{Channel, EmailAddress, ErrorCode, Recipient, Secret, SendError};
use moongate_experience::{FlowError, ProfileDraft, SteppedUp, WantedChange};
use moongate_web::pages::{Channel as ShownChannel, StepUp};
use moongate_web::{FieldProblem, Problem};

use super::super::sign_in::words::account_name;
use super::super::sign_in::{add_retry_after, problem};
use super::{AccountPages, Here, Saved, code, errors, forms, password, path_of};

pub(super) const PATH: &str = "/account/step-up";

pub(super) fn routes() -> Router<AccountPages> {
    Router::new()
        .route(PATH, get(show))
        .route("/account/step-up/password", post(by_password).get(again))
        .route("/account/step-up/code", post(send_code).get(again))
}

/// What is wrong with the password, or beside it.
#[derive(Default)]
struct Told {
    error: Option<FieldProblem>,
    alert: Option<Problem>,
    status: StatusCode,
}

impl Told {
    fn of(error: &FlowError) -> Self {
        let is_wrong = error.code() == ErrorCode::SessionInvalidCredentials;
        Self {
            error: is_wrong.then_some(FieldProblem::WrongPassword),
            alert: (!is_wrong).then(|| problem(error)),
            status: errors::status(error.code()),
        }
    }
}

async fn show(State(state): State<AccountPages>, headers: HeaderMap) -> Response {
    match state.here(PATH, "", &headers).await {
        Err(response) => response,
        Ok(here) if here.account.is_fresh => state.to(&here, super::PATH),
        Ok(here) => state.step_up_page(&here, Told::default()).await,
    }
}

/// The address of a form, loaded again as a page.
async fn again(State(state): State<AccountPages>, headers: HeaderMap) -> Response {
    let visitor = state.site.visitor(&headers, None, PATH);
    state.site.go(&visitor, &state.site.path(PATH))
}

async fn by_password(
    State(state): State<AccountPages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let typed = here.field("password");
    if typed.is_empty() {
        let told = Told {
            error: Some(FieldProblem::Missing),
            status: errors::status(ErrorCode::GuardInvalidInput),
            ..Told::default()
        };
        return state.step_up_page(&here, told).await;
    }
    let (experience, cookie) = (state.experience.clone(), here.session_cookie.clone());
    let password = Secret::new(typed);
    let proved = forms::to_its_end(async move {
        // Counted as a failure before it is compared: a browser that goes away abandons nothing.
        experience.step_up_by_password(&cookie, password).await
    })
    .await;
    match proved {
        Ok(stepped_up) => state.stepped_up(here, stepped_up).await,
        Err(error) => match state.failed(&here, error, None).await {
            Err(response) => response,
            Ok(error) => state.step_up_page(&here, Told::of(&error)).await,
        },
    }
}

async fn send_code(State(state): State<AccountPages>, headers: HeaderMap, body: Bytes) -> Response {
    let here = match state.posted(PATH, &body, &headers).await {
        Ok(here) => here,
        Err(response) => return response,
    };
    let channel = match here.field("channel") {
        "sms" => Channel::Sms,
        "email" => Channel::Email,
        // No button of the page says anything else: ask again.
        _ => return state.to(&here, PATH),
    };
    let experience = state.experience.clone();
    let (cookie, language) = (here.session_cookie.clone(), here.language());
    let sent = forms::to_its_end(async move {
        experience
            .step_up_send_code(&cookie, channel, &language)
            .await
    })
    .await;
    let Err(error) = sent else {
        return state.to(&here, code::PATH);
    };
    match state.failed(&here, error, None).await {
        Err(response) => response,
        // The page of the code says so, from what is stored.
        Ok(FlowError::Send(SendError::Failed | SendError::NoConnector)) => {
            state.to(&here, code::PATH)
        }
        Ok(error) => state.step_up_page(&here, Told::of(&error)).await,
    }
}

impl AccountPages {
    /// On with what was wanted, in the session under its new identifier.
    pub(super) async fn stepped_up(&self, here: Here, stepped_up: SteppedUp) -> Response {
        let session_cookie = stepped_up.session_cookie.clone();
        let here = Here {
            session_cookie,
            ..here
        };
        let mut response = match stepped_up.wanted {
            None => self.to(&here, super::PATH),
            Some(WantedChange::Identifier(kind)) => self.to(&here, path_of(kind)),
            Some(WantedChange::Password) => self.to(&here, password::PATH),
            Some(WantedChange::Remove(kind)) => {
                let removed = self
                    .experience
                    .remove_identifier(&here.session_cookie, kind)
                    .await;
                match removed {
                    Ok(()) => self.saved(&here, Saved::Removed),
                    Err(error) => match self.failed(&here, error, None).await {
                        Err(response) => response,
                        Ok(error) => self.overview(&here, Some(problem(&error))).await,
                    },
                }
            }
        };
        let cookie = self.site.cookies().set_session(&stepped_up.session_cookie);
        cookie.add_to(response.headers_mut());
        response
    }

    async fn step_up_page(&self, here: &Here, told: Told) -> Response {
        let user = &here.account.user;
        let mut codes = Vec::new();
        let email = user.primary_email.clone().map(EmailAddress::from_stored);
        let own = [
            email.map(|it| (ShownChannel::Email, Recipient::Email(it))),
            user.primary_phone
                .clone()
                .map(|it| (ShownChannel::Sms, Recipient::Phone(it))),
        ];
        for (shown, recipient) in own.into_iter().flatten() {
            match self.sends(recipient.channel()).await {
                Ok(true) => codes.push((shown, recipient.masked())),
                Ok(false) => {}
                Err(error) => return errors::store(&self.site, &here.visitor, &error),
            }
        }
        let codes: Vec<_> = codes
            .iter()
            .map(|(channel, masked)| (*channel, masked.as_str()))
            .collect();
        let view = StepUp {
            identifier: &account_name(Some(user), &ProfileDraft::default()),
            asks_password: user.password_hash.is_some(),
            codes: &codes,
            error: told.error,
            alert: told.alert,
        };
        let mut response = self.site.page(&here.visitor, told.status, &view, None);
        add_retry_after(&mut response, told.alert);
        response
    }
}
