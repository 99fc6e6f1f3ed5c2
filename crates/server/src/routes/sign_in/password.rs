//! `/sign-in/password`: the password of an account that was named before.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use moongate_core::{ErrorCode, Secret};
use moongate_experience::{FlowError, Identifier, InteractionEvent, Whereabouts};
use moongate_web::pages::Password;
use moongate_web::{FieldProblem, Problem};

use super::words::{recovery_kinds, shown};
use super::{Asked, SignIn, UNFIT, add_retry_after, errors, path_of, problem};

pub(super) const PATH: &str = "/sign-in/password";

pub(super) fn routes() -> Router<SignIn> {
    Router::new()
        .route(PATH, get(show).post(submit))
        .route("/sign-in/password/code", post(by_code))
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
        let is_wrong = matches!(
            error,
            FlowError::Refused(ErrorCode::SessionInvalidCredentials)
        );
        let problem = problem(error);
        Self {
            error: is_wrong.then_some(problem.into()),
            alert: (!is_wrong).then_some(problem),
            status: errors::page_status(problem),
        }
    }
}

async fn show(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = state.asked(PATH, &query.unwrap_or_default(), &headers);
    match state.open(asked).await {
        Err(response) => response,
        Ok((asked, at)) => match claimed(&at) {
            Some(identifier) => {
                let told = Told::default();
                state.password_page(&asked, &at, &identifier, told).await
            }
            None => state.to(&asked, path_of(&at.step, InteractionEvent::SignIn)),
        },
    }
}

async fn submit(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let (asked, at) = match state.posted(PATH, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let Some(identifier) = claimed(&at) else {
        return state.to(&asked, path_of(&at.step, InteractionEvent::SignIn));
    };
    let password = asked.field("password");
    if password.is_empty() {
        let told = Told {
            error: Some(FieldProblem::Missing),
            status: UNFIT,
            ..Told::default()
        };
        return state.password_page(&asked, &at, &identifier, told).await;
    }
    let password = Secret::new(password);
    let progress = state
        .check_password(&asked, identifier.clone(), password)
        .await;
    match progress {
        Ok(progress) => state.progressed(&asked, InteractionEvent::SignIn, progress),
        Err(error) => match state.elsewhere(&asked, error) {
            Ok(response) => response,
            Err(error) => {
                let told = Told::of(&error);
                state.password_page(&asked, &at, &identifier, told).await
            }
        },
    }
}

/// A code in place of the password.
async fn by_code(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let (asked, at) = match state.posted(PATH, &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let Some(identifier) = claimed(&at).filter(|it| offers_code(&at, it)) else {
        return state.to(&asked, path_of(&at.step, InteractionEvent::SignIn));
    };
    let event = InteractionEvent::SignIn;
    match state.begin_code(&asked, &identifier, event).await {
        Ok(response) => response,
        Err(error) => match state.elsewhere(&asked, error) {
            Ok(response) => response,
            Err(error) => {
                let told = Told::of(&error);
                state.password_page(&asked, &at, &identifier, told).await
            }
        },
    }
}

/// Who somebody says they are.
fn claimed(at: &Whereabouts) -> Option<Identifier> {
    at.flow.as_ref()?.claimed.clone()
}

/// Whether a code can stand in for the password.
fn offers_code(at: &Whereabouts, identifier: &Identifier) -> bool {
    let method = at.settings.method(identifier.kind());
    identifier.recipient().is_some() && method.is_some_and(|it| it.verification_code)
}

impl SignIn {
    async fn password_page(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        identifier: &Identifier,
        told: Told,
    ) -> Response {
        let app_name = match self.app_name(&at.interaction).await {
            Ok(name) => name,
            Err(error) => return errors::store(&self.site, &asked.visitor, &error),
        };
        let view = Password {
            interaction: at.interaction.id.as_str(),
            app_name: &app_name,
            identifier: &shown(identifier),
            error: told.error,
            alert: told.alert,
            offers_code: offers_code(at, identifier),
            offers_recovery: !recovery_kinds(&at.settings).is_empty(),
        };
        let redirect_uri = &at.interaction.request.redirect_uri;
        let visitor = &asked.visitor;
        let mut response = self
            .site
            .page(visitor, told.status, &view, Some(redirect_uri));
        add_retry_after(&mut response, told.alert);
        response
    }
}
