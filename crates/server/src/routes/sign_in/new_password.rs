//! `/register/password`, `/continue/password` and `/reset-password`: a new password is chosen.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use moongate_core::Secret;
use moongate_experience::{InteractionEvent, Missing, Step, Whereabouts};
use moongate_web::pages::{NewPassword, NewPasswordPurpose};
use moongate_web::{PasswordProblem, Problem};

use super::words::{account_name, password_hints, password_problems};
use super::{Asked, SignIn, errors, event, path_of, problem};

pub(super) const REGISTER: &str = "/register/password";
pub(super) const CONTINUE: &str = "/continue/password";
pub(super) const RESET: &str = "/reset-password";

pub(super) fn routes() -> Router<SignIn> {
    let mut router = Router::new();
    for path in [REGISTER, CONTINUE, RESET] {
        router = router.route(
            path,
            get(move |state, query, headers| show(path, state, query, headers))
                .post(move |state, headers, body| submit(path, state, headers, body)),
        );
    }
    router
}

/// What is wrong with the password, or beside it.
#[derive(Default)]
struct Told {
    issues: Vec<PasswordProblem>,
    alert: Option<Problem>,
    status: StatusCode,
}

async fn show(
    path: &'static str,
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = state.asked(path, &query.unwrap_or_default(), &headers);
    match state.open(asked).await {
        Err(response) => response,
        Ok((asked, at)) => state.new_password_page(&asked, &at, &Told::default()),
    }
}

async fn submit(
    path: &'static str,
    State(state): State<SignIn>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (asked, at) = match state.posted(path, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    if !is_asked_for(&at) {
        return state.to(&asked, path_of(&at.step, event(&at)));
    }
    let password = Secret::new(asked.field("password"));
    let given = state
        .experience
        .give_password(asked.reference.clone(), password, asked.browser())
        .await;
    let error = match given {
        Ok(progress) => return state.progressed(&asked, event(&at), progress),
        Err(error) => match state.elsewhere(&asked, error) {
            Ok(response) => return response,
            Err(error) => error,
        },
    };
    let issues = password_problems(&error);
    let told = Told {
        alert: issues.is_none().then(|| problem(&error)),
        issues: issues.unwrap_or_default(),
        status: errors::page_status(problem(&error)),
    };
    state.new_password_page(&asked, &at, &told)
}

fn is_asked_for(at: &Whereabouts) -> bool {
    matches!(
        at.step,
        Step::ChooseNewPassword | Step::Complete(Missing::Password)
    )
}

impl SignIn {
    fn new_password_page(&self, asked: &Asked, at: &Whereabouts, told: &Told) -> Response {
        if !is_asked_for(at) {
            return self.to(asked, path_of(&at.step, event(at)));
        }
        let id = at.interaction.id.as_str();
        let draft = at.flow.as_ref().map(|flow| &flow.profile);
        let draft = draft.cloned().unwrap_or_default();
        let view = NewPassword {
            purpose: match event(at) {
                InteractionEvent::SignIn => NewPasswordPurpose::Continue(id),
                InteractionEvent::Register => NewPasswordPurpose::Register(id),
                InteractionEvent::ForgotPassword => NewPasswordPurpose::Reset(id),
            },
            identifier: &account_name(at.user.as_ref(), &draft),
            hints: &password_hints(&at.settings.password_policy),
            issues: &told.issues,
            alert: told.alert,
        };
        let redirect_uri = &at.interaction.request.redirect_uri;
        self.site
            .page(&asked.visitor, told.status, &view, Some(redirect_uri))
    }
}
