//! `/sign-in/verification-code`: the code, and asking for another.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use moongate_core::{Clock, ErrorCode, InteractionState, SendError};
use moongate_experience::{Experience, InteractionRef, SendCodeError, VerifyCodeError};
use moongate_oidc::Parameters;
use moongate_web::Problem;
use moongate_web::pages::{Code, CodeState};

use tokio::sync::Notify;
use tracing::Instrument as _;

use super::phone::add_retry_after;
use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

const PATH: &str = "/sign-in/verification-code";

#[derive(Clone)]
struct Verification {
    site: Site,
    experience: Experience,
    clock: Arc<dyn Clock>,
    session_ended: Arc<Notify>,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = Verification {
        site: site.clone(),
        experience: parts.experience.clone(),
        clock: Arc::clone(&parts.clock),
        session_ended: Arc::clone(&parts.session_ended),
    };
    Router::new()
        .route(PATH, get(show).post(submit))
        .route("/sign-in/verification-code/resend", post(resend))
        .with_state(state)
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
    State(state): State<Verification>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let mut visitor = forms::visitor(&state.site, &headers, &fields, PATH);
    let reference = forms::reference(fields.get("interaction"), &visitor);
    let outcome = Outcome {
        resent: fields.get("resent") == Some("true"),
        ..Outcome::default()
    };
    state.page(&mut visitor, &reference, outcome).await
}

async fn submit(State(state): State<Verification>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let mut visitor = forms::visitor(&state.site, &headers, &fields, PATH);
    let posted = forms::Posted::new(fields, &visitor);
    let session = visitor.browser.session.as_deref();
    let verified = state
        .experience
        .verify_code(posted.reference.clone(), posted.field("code"), session)
        .await;
    let wrong = |code: ErrorCode| Outcome {
        error: Some(code.into()),
        ..Outcome::default()
    };
    let spent = |code: ErrorCode| Outcome {
        spent: Some(code.into()),
        ..Outcome::default()
    };
    let outcome = match verified {
        Ok(signed_in) => {
            // That of whoever was signed in here before.
            state.session_ended.notify_one();
            let mut response = forms::resume(&state.site, &visitor, &posted.reference.id);
            if let Some(cookie) = signed_in.session_cookie {
                let cookie = state.site.cookies().set_session(&cookie);
                cookie.add_to(response.headers_mut());
            }
            return response;
        }
        Err(VerifyCodeError::InteractionNotFound) => {
            return forms::unknown_session(&state.site, &visitor, &posted.reference.id);
        }
        Err(VerifyCodeError::Store(error)) => {
            return errors::store(&state.site, &visitor, &error);
        }
        Err(VerifyCodeError::NoNumber) => return state.to_phone(&visitor, &posted.reference),
        Err(VerifyCodeError::Malformed) => wrong(ErrorCode::GuardInvalidInput),
        Err(VerifyCodeError::Mismatch) => wrong(ErrorCode::VerificationCodeMismatch),
        Err(VerifyCodeError::Expired) => spent(ErrorCode::VerificationCodeExpired),
        Err(VerifyCodeError::ExceedMaxTry) => spent(ErrorCode::VerificationCodeExceedMaxTry),
        Err(VerifyCodeError::NotFound) => spent(ErrorCode::VerificationCodeNotFound),
        Err(VerifyCodeError::PhoneInUse) => spent(ErrorCode::UserPhoneAlreadyInUse),
        Err(VerifyCodeError::Suspended) => spent(ErrorCode::UserSuspended),
    };
    state.page(&mut visitor, &posted.reference, outcome).await
}

async fn resend(State(state): State<Verification>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let mut visitor = forms::visitor(&state.site, &headers, &fields, PATH);
    let posted = forms::Posted::new(fields, &visitor);
    let experience = state.experience.clone();
    let reference = posted.reference.clone();
    let sent = forms::to_its_end(async move { experience.resend_code(reference).await }).await;
    let alert = |problem: Problem| Outcome {
        alert: Some(problem),
        ..Outcome::default()
    };
    let outcome = match sent {
        Ok(sent) => {
            if let Some(background) = sent.background {
                tokio::spawn(background.in_current_span());
            }
            let more = if sent.replaces { "&resent=true" } else { "" };
            return state.to_page(&visitor, &posted.reference, more);
        }
        Err(SendCodeError::AlreadySignedIn) => {
            return forms::resume(&state.site, &visitor, &posted.reference.id);
        }
        Err(SendCodeError::InteractionNotFound) => {
            return forms::unknown_session(&state.site, &visitor, &posted.reference.id);
        }
        Err(SendCodeError::Store(error)) => return errors::store(&state.site, &visitor, &error),
        Err(SendCodeError::NoNumber | SendCodeError::Phone(_)) => {
            return state.to_phone(&visitor, &posted.reference);
        }
        Err(SendCodeError::MethodOff) => alert(ErrorCode::UserSignInMethodNotEnabled.into()),
        Err(SendCodeError::RateLimited { retry_after }) => alert(Problem {
            code: ErrorCode::MessageRateLimited,
            retry_after: Some(retry_after),
        }),
        Err(SendCodeError::Send(SendError::RateLimited)) => {
            alert(ErrorCode::MessageRateLimited.into())
        }
        Err(SendCodeError::Send(SendError::BadAddress)) => {
            alert(ErrorCode::UserInvalidPhone.into())
        }
        // The page itself says so, from what is stored.
        Err(SendCodeError::Send(SendError::Failed | SendError::NoConnector)) => {
            return state.to_page(&visitor, &posted.reference, "");
        }
    };
    state.page(&mut visitor, &posted.reference, outcome).await
}

impl Verification {
    /// The page by its own address, so that a reload sends nothing again.
    fn to_page(&self, visitor: &Visitor, reference: &InteractionRef, more: &str) -> Response {
        let path = format!("{PATH}?interaction={}{more}", reference.id);
        self.site.go(visitor, &self.site.path(&path))
    }

    fn to_phone(&self, visitor: &Visitor, reference: &InteractionRef) -> Response {
        let path = format!("/sign-in?interaction={}", reference.id);
        self.site.go(visitor, &self.site.path(&path))
    }

    async fn page(
        &self,
        visitor: &mut Visitor,
        reference: &InteractionRef,
        outcome: Outcome,
    ) -> Response {
        let interaction = match self.experience.interaction(reference).await {
            Err(error) => return forms::not_open(&self.site, visitor, &reference.id, &error),
            Ok((interaction, settings)) => {
                forms::speak(visitor, &interaction, &settings);
                interaction
            }
        };
        let target = match &interaction.state {
            InteractionState::Started {
                target: Some(target),
            } => target,
            InteractionState::Started { target: None } => {
                return self.to_phone(visitor, reference);
            }
            _ => return forms::resume(&self.site, visitor, &interaction.id),
        };
        let state = if target.send_failed {
            CodeState::SendFailed
        } else if let Some(problem) = outcome.spent {
            CodeState::Spent(problem)
        } else {
            CodeState::Open {
                error: outcome.error,
                resent: outcome.resent,
            }
        };
        let wait = target.resend_at.since(self.clock.now());
        let asked_too_soon = outcome.alert.and_then(|alert| alert.retry_after);
        let view = Code {
            interaction: interaction.id.as_str(),
            masked_phone: &target.phone.masked(),
            state,
            resend_after: wait.max(asked_too_soon.unwrap_or(Duration::ZERO)),
            alert: outcome.alert,
        };
        let problem = outcome.error.or(outcome.spent).or(outcome.alert);
        let status = problem.map_or(StatusCode::OK, |problem| errors::status(problem.code));
        let redirect_uri = &interaction.request.redirect_uri;
        let mut response = self.site.page(visitor, status, &view, Some(redirect_uri));
        add_retry_after(&mut response, outcome.alert);
        response
    }
}
