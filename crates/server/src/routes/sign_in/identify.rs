//! `/sign-in`, `/register` and `/forgot-password`: who it is about; and turning back.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use moongate_core::{Secret, SendError};
use moongate_experience::{
    Cancelled, CodeRequest, FlowError, Identifier, InteractionEvent, SignInIdentifier,
    SignInMethod, Whereabouts,
};
use moongate_oidc::Parameters;
use moongate_web::pages::{Identify, IdentifyNotice, Screen, UnknownSession, WayBack};
use moongate_web::{FieldProblem, Problem, Tick};
use url::Url;

use super::first_page::{agreement, asks_to_agree, kinds_by, next_step, other, password_is_here};
use super::words::{Typed, identifier_problem, kinds_of_page, recovery_kinds, terms};
use super::{Asked, SignIn, UNFIT, add_retry_after, code, errors, first_page, forms, problem};

pub(super) fn routes() -> Router<SignIn> {
    Router::new()
        .route("/sign-in", get(sign_in).post(submit_sign_in))
        .route("/register", get(register).post(submit_register))
        .route("/forgot-password", get(forgot).post(submit_forgot))
        .route("/sign-in/change", post(change))
        .route("/forgot-password/change", post(change_recovery))
        .route("/sign-in/cancel", post(cancel))
        .route("/unknown-session", get(unknown_session))
}

async fn sign_in(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    state.show(Screen::SignIn, query, &headers).await
}

async fn register(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    state.show(Screen::Register, query, &headers).await
}

async fn forgot(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    state.show(Screen::ForgotPassword, query, &headers).await
}

async fn submit_sign_in(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    state.submit(Screen::SignIn, &headers, &body).await
}

async fn submit_register(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    state.submit(Screen::Register, &headers, &body).await
}

async fn submit_forgot(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    state.submit(Screen::ForgotPassword, &headers, &body).await
}

/// What went wrong, and where the page says so.
#[derive(Default)]
pub(super) struct Told {
    pub(super) error: Option<FieldProblem>,
    pub(super) password_error: Option<FieldProblem>,
    pub(super) alert: Option<Problem>,
    pub(super) agree_is_missing: bool,
    pub(super) status: StatusCode,
}

impl Told {
    /// What the page says of an error with the identifier that was typed.
    pub(super) fn of(error: &FlowError, kind: SignInIdentifier) -> Self {
        let field = identifier_problem(error, kind);
        Self {
            error: field,
            alert: field.is_none().then(|| problem(error)),
            status: match field {
                Some(FieldProblem::Refused(problem)) => errors::page_status(problem),
                Some(_) => UNFIT,
                None => errors::page_status(problem(error)),
            },
            ..Self::default()
        }
    }

    fn field(error: FieldProblem) -> Self {
        Self {
            error: Some(error),
            status: match error {
                FieldProblem::Refused(problem) => errors::page_status(problem),
                _ => UNFIT,
            },
            ..Self::default()
        }
    }
}

fn event_of(screen: Screen) -> InteractionEvent {
    match screen {
        Screen::SignIn => InteractionEvent::SignIn,
        Screen::Register => InteractionEvent::Register,
        Screen::ForgotPassword => InteractionEvent::ForgotPassword,
    }
}

fn kinds(screen: Screen, at: &Whereabouts) -> Vec<SignInIdentifier> {
    kinds_by(screen, &at.settings, &at.interaction.request.identifiers)
}

/// A first page that the settings leave, where this one is off.
fn other_screen(screen: Screen, at: &Whereabouts) -> Option<Screen> {
    let others = [Screen::SignIn, Screen::Register];
    others
        .into_iter()
        .find(|other| *other != screen && !kinds(*other, at).is_empty())
}

impl SignIn {
    async fn show(&self, screen: Screen, query: Option<String>, headers: &HeaderMap) -> Response {
        let path = first_page(event_of(screen));
        let asked = self.asked(path, &query.unwrap_or_default(), headers);
        if asked.fields.get("interaction").is_none() {
            return self
                .site
                .go(&asked.visitor, &self.site.path("/unknown-session"));
        }
        let (asked, at) = match self.open(asked).await {
            Ok(open) => open,
            Err(response) => return response,
        };
        if kinds(screen, &at).is_empty()
            && let Some(other) = other_screen(screen, &at)
        {
            return self.to(&asked, first_page(event_of(other)));
        }
        let hint = at.interaction.request.login_hint.clone();
        let typed = Typed::new(hint.as_deref().unwrap_or_default(), "", &asked.visitor);
        self.first_page(screen, &asked, &at, &typed, Told::default())
            .await
    }

    async fn submit(&self, screen: Screen, headers: &HeaderMap, body: &[u8]) -> Response {
        let path = first_page(event_of(screen));
        let (asked, at) = match self.posted(path, body, headers).await {
            Ok(posted) => posted,
            Err(response) => return response,
        };
        let kinds = kinds(screen, &at);
        let typed = Typed::new(
            asked.field("identifier"),
            asked.field("region"),
            &asked.visitor,
        );
        let tell = |told| self.first_page(screen, &asked, &at, &typed, told);
        let identifier = match typed.read(&kinds) {
            Ok(identifier) => identifier,
            Err(error) => return tell(Told::field(error)).await,
        };
        let agrees = asked.field("agree") == "yes";
        let asks = asks_to_agree(screen, at.settings.agree_to_terms_policy)
            && terms(&at.settings).is_some();
        let agreed = at.flow.as_ref().is_some_and(|flow| flow.agreed_to_terms);
        if asks && !agrees && !agreed {
            let told = Told {
                agree_is_missing: true,
                status: UNFIT,
                ..Told::default()
            };
            return tell(told).await;
        }
        if agrees
            && !agreed
            && let Err(error) = self
                .experience
                .note_agreement(asked.reference.clone())
                .await
        {
            return match self.elsewhere(&asked, error) {
                Ok(response) => response,
                Err(error) => tell(Told::of(&error, identifier.kind())).await,
            };
        }
        let kind = identifier.kind();
        let outcome = match screen {
            Screen::SignIn if password_is_here(&at.settings, &kinds) => {
                return self.with_password(&asked, &at, &typed, identifier).await;
            }
            Screen::SignIn => self.begin_sign_in(&asked, &at, identifier).await,
            Screen::Register => self.begin_registration(&asked, identifier).await,
            Screen::ForgotPassword => {
                self.begin_code(&asked, &identifier, InteractionEvent::ForgotPassword)
                    .await
            }
        };
        match outcome.or_else(|error| self.elsewhere(&asked, error)) {
            Ok(response) => response,
            Err(error) => tell(Told::of(&error, kind)).await,
        }
    }

    /// Identifier and password from one page.
    async fn with_password(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        typed: &Typed<'_>,
        identifier: Identifier,
    ) -> Response {
        let password = asked.field("password");
        if password.is_empty() {
            let told = Told {
                password_error: Some(FieldProblem::Missing),
                status: UNFIT,
                ..Told::default()
            };
            return self
                .first_page(Screen::SignIn, asked, at, typed, told)
                .await;
        }
        let kind = identifier.kind();
        let password = Secret::new(password);
        let progress = self.check_password(asked, identifier, password).await;
        match progress {
            Ok(progress) => self.progressed(asked, InteractionEvent::SignIn, progress),
            Err(error) => match self.elsewhere(asked, error) {
                Ok(response) => response,
                Err(error) => {
                    let told = Told::of(&error, kind);
                    self.first_page(Screen::SignIn, asked, at, typed, told)
                        .await
                }
            },
        }
    }

    async fn begin_sign_in(
        &self,
        asked: &Asked,
        at: &Whereabouts,
        identifier: Identifier,
    ) -> Result<Response, FlowError> {
        let method = at.settings.method(identifier.kind());
        let by_password = method.is_some_and(SignInMethod::begins_with_password);
        if by_password {
            self.experience
                .claim(asked.reference.clone(), identifier)
                .await?;
            return Ok(self.to(asked, super::password::PATH));
        }
        self.begin_code(asked, &identifier, InteractionEvent::SignIn)
            .await
    }

    async fn begin_registration(
        &self,
        asked: &Asked,
        identifier: Identifier,
    ) -> Result<Response, FlowError> {
        let event = InteractionEvent::Register;
        let Identifier::Username(name) = identifier else {
            return self.begin_code(asked, &identifier, event).await;
        };
        let progress = self
            .experience
            .give_username(asked.reference.clone(), name, true, asked.browser())
            .await?;
        Ok(self.progressed(asked, event, progress))
    }

    /// Sends a code; the next page asks for it, also where it could not be sent.
    pub(super) async fn begin_code(
        &self,
        asked: &Asked,
        identifier: &Identifier,
        event: InteractionEvent,
    ) -> Result<Response, FlowError> {
        let request = CodeRequest {
            recipient: identifier.recipient(),
            event,
            begins: true,
            language: asked.language(),
        };
        let experience = self.experience.clone();
        let reference = asked.reference.clone();
        let sent =
            forms::to_its_end(async move { experience.send_code(reference, request).await }).await;
        let path = match event {
            InteractionEvent::ForgotPassword => code::RECOVERY,
            _ => code::SIGN_IN,
        };
        match sent {
            Ok(mut sent) => {
                Self::in_background(&mut sent);
                Ok(self.to(asked, path))
            }
            // The code page says so, keeps the recipient, and offers to try again.
            Err(FlowError::Send(SendError::Failed | SendError::NoConnector)) => {
                Ok(self.to(asked, path))
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn first_page(
        &self,
        screen: Screen,
        asked: &Asked,
        at: &Whereabouts,
        typed: &Typed<'_>,
        told: Told,
    ) -> Response {
        let app_name = match self.app_name(&at.interaction).await {
            Ok(name) => name,
            Err(error) => return errors::store(&self.site, &asked.visitor, &error),
        };
        let settings = &at.settings;
        let own_kinds = kinds(screen, at);
        let page_kinds = kinds_of_page(&own_kinds);
        let region = typed.region.code();
        let texts = terms(settings);
        let agreed = at.flow.as_ref().is_some_and(|flow| flow.agreed_to_terms);
        let tick = if agreed || asked.field("agree") == "yes" {
            Tick::Ticked
        } else if told.agree_is_missing {
            Tick::Missing
        } else {
            Tick::Open
        };
        let policy = settings.agree_to_terms_policy;
        let agreement = agreement(screen, policy, texts.as_ref(), tick);
        let is_reset = asked.field("password") == "reset" && screen == Screen::SignIn;
        let status = told.status;
        let alert = told.alert;
        let view = Identify {
            screen,
            interaction: at.interaction.id.as_str(),
            app_name: &app_name,
            identifier: typed.field(&page_kinds, &region, &asked.visitor, told.error),
            next: next_step(screen, settings, &own_kinds),
            notice: is_reset.then_some(IdentifyNotice::PasswordReset),
            alert,
            password_error: told.password_error,
            agreement,
            offers_other: !kinds(other(screen), at).is_empty(),
            offers_recovery: screen == Screen::SignIn && !recovery_kinds(settings).is_empty(),
        };
        let redirect_uri = &at.interaction.request.redirect_uri;
        let mut response = self
            .site
            .page(&asked.visitor, status, &view, Some(redirect_uri));
        add_retry_after(&mut response, alert);
        response
    }
}

/// Asks for another identifier. The earlier one and its code stay good until another is given, so
/// that whoever comes back to it need not wait.
async fn change(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let (asked, at) = match state.posted("/sign-in", &body, &headers).await {
        Ok(posted) => posted,
        Err(response) => return response,
    };
    let event = at.flow.and_then(|flow| flow.event);
    let event = event.filter(|event| *event == InteractionEvent::Register);
    state.to(
        &asked,
        first_page(event.unwrap_or(InteractionEvent::SignIn)),
    )
}

async fn change_recovery(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = state.asked(
        "/forgot-password",
        &String::from_utf8_lossy(&body),
        &headers,
    );
    state.to(&asked, "/forgot-password")
}

/// Back to the application, which is told so.
async fn cancel(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = state.asked("/sign-in", &String::from_utf8_lossy(&body), &headers);
    let (visitor, reference) = (&asked.visitor, asked.reference);
    let id = reference.id.clone();
    let interaction = match state.experience.cancel(reference).await {
        Err(error) => return forms::not_open(&state.site, visitor, &id, &error),
        Ok(Cancelled::TooLate) => return forms::resume(&state.site, visitor, &id),
        Ok(Cancelled::Tell(interaction)) => *interaction,
    };
    if interaction.request.device_user_code.is_some() {
        // No application waits in this browser.
        return state.site.go(visitor, &state.site.path("/device"));
    }
    if moongate_oidc::leads_to_account(&interaction) {
        return state.site.go(visitor, &state.site.path("/"));
    }
    match state.provider.cancelled(interaction).await {
        Err(error) => errors::store(&state.site, visitor, &error),
        Ok(None) => forms::unknown_session(&state.site, visitor, &id),
        Ok(Some(answer)) => state.site.answer(visitor, &answer),
    }
}

async fn unknown_session(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let visitor = forms::visitor(&state.site, &headers, &fields, "/unknown-session");
    let reference = forms::reference(fields.get("interaction"), &visitor);
    match state.experience.unknown_session_redirect_url().await {
        Err(error) => return errors::store(&state.site, &visitor, &error),
        Ok(Some(url)) => {
            // Stored settings were checked; a header is not the place to rely on it.
            let url = Url::parse(&url).ok();
            if let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) {
                return state.site.go(&visitor, url.as_str());
            }
        }
        Ok(None) => {}
    }
    match state.experience.way_back(&reference).await {
        Err(error) => errors::store(&state.site, &visitor, &error),
        Ok(way_back) => {
            let view = UnknownSession {
                way_back: way_back.and_then(|(application, redirect_uri)| {
                    let origin = Url::parse(&redirect_uri).ok()?.origin();
                    Some(WayBack {
                        app_name: application.name,
                        url: origin.is_tuple().then(|| origin.ascii_serialization())?,
                    })
                }),
            };
            let status = StatusCode::BAD_REQUEST;
            state.site.page(&visitor, status, &view, None)
        }
    }
}
