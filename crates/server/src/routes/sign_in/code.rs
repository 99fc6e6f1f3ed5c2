//! `…/verification-code`: the code of a sign-in, a registration, a recovery, or of what an account
//! lacks; asking for another; and going on with the password instead.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use moongate_core::{ErrorCode, Recipient, SendError};
use moongate_experience::{
    CodeProof, CodeRequest, Delivery, FlowError, Identifier, InteractionEvent, Progress, Proof,
    Whereabouts,
};
use moongate_web::Problem;
use moongate_web::pages::{Channel, Code, CodePurpose, CodeState, Screen};

use super::identify::Told;
use super::words::{Typed, shown};
use super::{Asked, SignIn, add_retry_after, continuation, errors, event, forms, path_of, problem};

pub(super) const SIGN_IN: &str = "/sign-in/verification-code";
pub(super) const RECOVERY: &str = "/forgot-password/verification-code";
pub(super) const CONTINUE: &str = "/continue/verification-code";

pub(super) fn routes() -> Router<SignIn> {
    let mut router = Router::new();
    for path in [SIGN_IN, RECOVERY, CONTINUE] {
        router = router
            .route(
                path,
                get(move |state, query, headers| show(path, state, query, headers))
                    .post(move |state, headers, body| submit(path, state, headers, body)),
            )
            .route(
                &format!("{path}/resend"),
                post(move |state, headers, body| resend(path, state, headers, body)),
            );
    }
    router
        .route(&format!("{SIGN_IN}/password"), post(by_password))
        .route("/continue/change", post(change))
}

/// What became of the last step, as the page tells it.
#[derive(Default)]
struct Outcome {
    error: Option<Problem>,
    spent: Option<Problem>,
    alert: Option<Problem>,
    resent: bool,
}

async fn show(
    path: &'static str,
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = state.asked(path, &query.unwrap_or_default(), &headers);
    let (asked, at) = match state.open(asked).await {
        Ok(open) => open,
        Err(response) => return response,
    };
    let outcome = Outcome {
        resent: asked.field("resent") == "true",
        ..Outcome::default()
    };
    match pending(&at) {
        Some(code) => state.code_page(&asked, &at, &code, &outcome),
        None => state.to(&asked, path_of(&at.step, event(&at))),
    }
}

async fn submit(
    path: &'static str,
    State(state): State<SignIn>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = state.asked(path, &String::from_utf8_lossy(&body), &headers);
    let typed = asked.field("code").to_owned();
    let entered = state
        .experience
        .enter_code(asked.reference.clone(), &typed, asked.browser())
        .await;
    match entered {
        Ok(Progress::SignedIn(signed_in)) => {
            let progress = Progress::SignedIn(signed_in);
            state.progressed(&asked, InteractionEvent::SignIn, progress)
        }
        Ok(progress) => match state.open(asked).await {
            // What the person does may have changed from signing in to registering.
            Ok((asked, at)) => state.progressed(&asked, event(&at), progress),
            Err(response) => response,
        },
        Err(error) => match state.elsewhere(&asked, error) {
            Ok(response) => response,
            Err(error) => state.refused(asked, &error).await,
        },
    }
}

async fn resend(
    path: &'static str,
    State(state): State<SignIn>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (asked, at) = match state.posted(path, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let Some(code) = last_code(&at) else {
        return state.to(&asked, path_of(&at.step, event(&at)));
    };
    let request = CodeRequest {
        recipient: None,
        event: code.event,
        begins: false,
        language: asked.language(),
    };
    let experience = state.experience.clone();
    let reference = asked.reference.clone();
    let sent =
        forms::to_its_end(async move { experience.send_code(reference, request).await }).await;
    match sent {
        Ok(mut sent) => {
            SignIn::in_background(&mut sent);
            let more = if sent.replaces { "&resent=true" } else { "" };
            let target = format!("{path}?interaction={}{more}", asked.reference.id);
            state.site.go(&asked.visitor, &state.site.path(&target))
        }
        // The page itself says so, from what is stored.
        Err(FlowError::Send(SendError::Failed | SendError::NoConnector)) => state.to(&asked, path),
        Err(error) => match state.elsewhere(&asked, error) {
            Ok(response) => response,
            Err(error) => {
                let outcome = Outcome {
                    alert: Some(problem(&error)),
                    ..Outcome::default()
                };
                state.code_page(&asked, &at, &code, &outcome)
            }
        },
    }
}

/// The password in place of the code.
async fn by_password(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let (asked, at) = match state.posted(SIGN_IN, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let Some(code) = pending(&at).filter(|code| offers_password(&at, code)) else {
        return state.to(&asked, path_of(&at.step, event(&at)));
    };
    let identifier = Identifier::from(code.recipient);
    let claimed = state
        .experience
        .claim(asked.reference.clone(), identifier)
        .await;
    match claimed {
        Ok(()) => state.to(&asked, super::password::PATH),
        Err(error) => state
            .elsewhere(&asked, error)
            .unwrap_or_else(|_| state.to(&asked, "/sign-in")),
    }
}

/// Another address or number for what the account lacks.
async fn change(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let (asked, at) = match state.posted(CONTINUE, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let lacking = at.missing.iter().copied();
    let path = lacking.map(continuation::path).next().unwrap_or("/sign-in");
    state.to(&asked, path)
}

fn pending(at: &Whereabouts) -> Option<CodeProof> {
    at.flow.as_ref()?.pending_code().cloned()
}

/// The code that was asked for last, entered or not.
fn last_code(at: &Whereabouts) -> Option<CodeProof> {
    match &at.flow.as_ref()?.records.last()?.proof {
        Proof::Code(code) => Some(code.clone()),
        _ => None,
    }
}

/// Whether a password can stand in for the code.
fn offers_password(at: &Whereabouts, code: &CodeProof) -> bool {
    let kind = Identifier::from(code.recipient.clone()).kind();
    let method = at.settings.method(kind);
    code.event == InteractionEvent::SignIn
        && !code.fulfils
        && at.settings.sign_in_mode.allows_sign_in()
        && method.is_some_and(|it| it.password)
}

impl SignIn {
    /// What the page says of a code that led nowhere.
    async fn refused(&self, asked: Asked, error: &FlowError) -> Response {
        let (asked, at) = match self.open(asked).await {
            Ok(open) => open,
            Err(response) => return response,
        };
        let Some(code) = last_code(&at) else {
            return self.to(&asked, path_of(&at.step, event(&at)));
        };
        let is_for_first_page = matches!(
            error,
            FlowError::UserNotExist(_)
                | FlowError::Refused(
                    ErrorCode::UserEmailAlreadyInUse
                        | ErrorCode::UserPhoneAlreadyInUse
                        | ErrorCode::SessionEmailNotAllowed
                        | ErrorCode::SessionEmailSubaddressingNotAllowed
                )
        );
        if is_for_first_page && code.fulfils {
            return self.lacking_page(&asked, &at, &code, error).await;
        }
        if is_for_first_page {
            let identifier = Identifier::from(code.recipient.clone());
            let text = shown(&identifier);
            let typed = Typed::new(&text, "", &asked.visitor);
            let screen = match event(&at) {
                InteractionEvent::SignIn => Screen::SignIn,
                InteractionEvent::Register => Screen::Register,
                InteractionEvent::ForgotPassword => Screen::ForgotPassword,
            };
            let told = Told::of(error, identifier.kind());
            return self.first_page(screen, &asked, &at, &typed, told).await;
        }
        let problem = problem(error);
        let outcome = match error {
            FlowError::MalformedCode => Outcome {
                error: Some(ErrorCode::GuardInvalidInput.into()),
                ..Outcome::default()
            },
            FlowError::Refused(ErrorCode::VerificationCodeMismatch) => Outcome {
                error: Some(problem),
                ..Outcome::default()
            },
            _ => Outcome {
                spent: Some(problem),
                ..Outcome::default()
            },
        };
        self.code_page(&asked, &at, &code, &outcome)
    }

    fn code_page(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        code: &CodeProof,
        outcome: &Outcome,
    ) -> Response {
        let state = if code.delivery == Delivery::Failed {
            CodeState::SendFailed
        } else if let Some(problem) = outcome.spent {
            CodeState::Spent(problem)
        } else {
            CodeState::Open {
                error: outcome.error,
                resent: outcome.resent,
            }
        };
        let id = at.interaction.id.as_str();
        let wait = code.resend_at.since(self.clock.now());
        let asked_too_soon = outcome.alert.and_then(|alert| alert.retry_after);
        let view = Code {
            purpose: if code.event == InteractionEvent::ForgotPassword {
                CodePurpose::Recovery(id)
            } else if code.fulfils {
                CodePurpose::Continue(id)
            } else {
                CodePurpose::SignIn(id)
            },
            channel: channel(&code.recipient),
            masked: &code.recipient.masked(),
            state,
            resend_after: wait.max(asked_too_soon.unwrap_or(Duration::ZERO)),
            alert: outcome.alert,
            offers_password: offers_password(at, code),
        };
        let told = outcome.error.or(outcome.spent).or(outcome.alert);
        let status = told.map_or(StatusCode::OK, errors::page_status);
        let redirect_uri = &at.interaction.request.redirect_uri;
        let visitor = &asked.visitor;
        let mut response = self.site.page(visitor, status, &view, Some(redirect_uri));
        add_retry_after(&mut response, outcome.alert.or(outcome.spent));
        response
    }
}

pub(crate) fn channel(recipient: &Recipient) -> Channel {
    match recipient {
        Recipient::Phone(_) => Channel::Sms,
        Recipient::Email(_) => Channel::Email,
    }
}
