//! The pages of signing in, registering and recovering a password; each page is a file. What they
//! share is here: what a page needs, and where a step leads.

pub(super) mod code;
mod continuation;
mod first_page;
mod identify;
mod new_password;
mod password;
mod sample;
pub(super) mod words;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use moongate_core::{Clock, Interaction, Secret, Store, StoreError};
use moongate_experience::{
    Browser, CodeSent, Experience, FlowError, Identifier, InteractionEvent, InteractionRef,
    Missing, Progress, Step, Whereabouts,
};
use moongate_oidc::{Parameters, Provider};
use moongate_web::pages::Fault;
use moongate_web::{BRAND, Problem};
use tokio::sync::Notify;
use tracing::Instrument as _;

pub(super) use self::sample::{LIVE_PAGES, live_page};
use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

/// The status of a page that shows a form again which was not filled in as it has to be.
const UNFIT: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// What the pages reach the world through.
#[derive(Clone)]
struct SignIn {
    site: Site,
    experience: Experience,
    provider: Provider,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    session_ended: Arc<Notify>,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = SignIn {
        site: site.clone(),
        experience: parts.experience.clone(),
        provider: parts.provider.clone(),
        store: Arc::clone(&parts.store),
        clock: Arc::clone(&parts.clock),
        session_ended: Arc::clone(&parts.session_ended),
    };
    Router::new()
        .merge(identify::routes())
        .merge(password::routes())
        .merge(code::routes())
        .merge(continuation::routes())
        .merge(new_password::routes())
        .with_state(state)
}

/// A request for one of the pages: a form, or a query.
struct Asked {
    visitor: Visitor,
    fields: Parameters,
    reference: InteractionRef,
}

impl Asked {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }

    /// The browser, as a sign-in sees it.
    fn browser(&self) -> Browser {
        Browser {
            session_cookie: self.visitor.browser.session.clone(),
            user_agent: self.visitor.user_agent.clone(),
        }
    }

    fn language(&self) -> String {
        self.visitor.language.tag().to_owned()
    }
}

impl SignIn {
    fn asked(&self, path: &str, text: &str, headers: &HeaderMap) -> Asked {
        let fields = Parameters::parse(text);
        let visitor = forms::visitor(&self.site, headers, &fields, path);
        let reference = forms::reference(fields.get("interaction"), &visitor);
        Asked {
            visitor,
            fields,
            reference,
        }
    }

    /// A form as it was posted. From here on the page speaks as the settings and the application
    /// want it to.
    async fn posted(
        &self,
        path: &str,
        body: &[u8],
        headers: &HeaderMap,
    ) -> Result<(Asked, Whereabouts), Response> {
        let asked = self.asked(path, &String::from_utf8_lossy(body), headers);
        let at = self.experience.whereabouts(&asked.reference).await;
        let password = asked.field("password");
        let is_past = at.as_ref().is_ok_and(|at| at.flow.is_none());
        if !password.is_empty() && is_past {
            // A second click: the browser forgot the answer to the first, cookie included.
            let (reference, password) = (asked.reference.clone(), Secret::new(password));
            let (experience, browser) = (self.experience.clone(), asked.browser());
            let again = forms::to_its_end(async move {
                experience.sign_in_again(reference, password, browser).await
            })
            .await;
            if let Ok(progress) = again {
                return Err(self.progressed(&asked, InteractionEvent::SignIn, progress));
            }
        }
        self.opened(asked, at)
    }

    /// Signs in by password. The try is counted as a failure before it is compared, so that the
    /// check goes on although the browser may go away.
    async fn check_password(
        &self,
        asked: &Asked,
        identifier: Identifier,
        password: Secret,
    ) -> Result<Progress, FlowError> {
        let experience = self.experience.clone();
        let (reference, browser) = (asked.reference.clone(), asked.browser());
        forms::to_its_end(async move {
            experience
                .sign_in_with_password(reference, identifier, password, browser)
                .await
        })
        .await
    }

    async fn open(&self, asked: Asked) -> Result<(Asked, Whereabouts), Response> {
        let at = self.experience.whereabouts(&asked.reference).await;
        self.opened(asked, at)
    }

    #[expect(
        clippy::result_large_err,
        reason = "the response is the answer, given at once"
    )]
    fn opened(
        &self,
        mut asked: Asked,
        at: Result<Whereabouts, FlowError>,
    ) -> Result<(Asked, Whereabouts), Response> {
        match at {
            Ok(at) => {
                forms::speak(
                    &self.site,
                    &mut asked.visitor,
                    &at.interaction,
                    &at.settings,
                );
                if at.flow.is_none() {
                    return Err(forms::resume(
                        &self.site,
                        &asked.visitor,
                        &at.interaction.id,
                    ));
                }
                Ok((asked, at))
            }
            Err(error) => Err(self.elsewhere(&asked, error).unwrap_or_else(|_| {
                forms::unknown_session(&self.site, &asked.visitor, &asked.reference.id)
            })),
        }
    }

    /// The answer to what no page of its own can tell.
    ///
    /// # Errors
    /// Anything else, for the page to tell.
    fn elsewhere(&self, asked: &Asked, error: FlowError) -> Result<Response, FlowError> {
        let (visitor, id) = (&asked.visitor, &asked.reference.id);
        Ok(match error {
            FlowError::InteractionNotFound => forms::unknown_session(&self.site, visitor, id),
            FlowError::AlreadySignedIn => forms::resume(&self.site, visitor, id),
            FlowError::Store(error) => errors::store(&self.site, visitor, &error),
            FlowError::Busy { .. } => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let fault = Fault::Busy;
                let mut response = errors::page(&self.site, visitor, status, fault, Vec::new());
                add_retry_after(&mut response, Some(problem(&error)));
                response
            }
            error => return Err(error),
        })
    }

    /// Where a step led: on to the application, or to the page that asks for what is next.
    fn progressed(&self, asked: &Asked, event: InteractionEvent, progress: Progress) -> Response {
        let id = &asked.reference.id;
        match progress {
            Progress::SignedIn(signed_in) => {
                // That of whoever was signed in here before.
                self.session_ended.notify_one();
                let mut response = forms::resume(&self.site, &asked.visitor, id);
                if let Some(cookie) = signed_in.session_cookie {
                    let cookie = self.site.cookies().set_session(&cookie);
                    cookie.add_to(response.headers_mut());
                }
                response
            }
            Progress::PasswordReset => {
                self.session_ended.notify_one();
                let path = format!("/sign-in?interaction={id}&password=reset");
                self.site.go(&asked.visitor, &self.site.path(&path))
            }
            Progress::Next(step) => self.to(asked, path_of(&step, event)),
        }
    }

    /// To one of the pages by its own address, so that a reload sends nothing again.
    fn to(&self, asked: &Asked, path: &str) -> Response {
        let path = format!("{path}?interaction={}", asked.reference.id);
        self.site.go(&asked.visitor, &self.site.path(&path))
    }

    /// Starts what is still to be done of a message that waits for nobody.
    fn in_background(sent: &mut CodeSent) {
        if let Some(background) = sent.background.take() {
            tokio::spawn(background.in_current_span());
        }
    }

    /// What one signs in to. For a device that is this service: whether a code exists, and whose
    /// it is, must not show before somebody has signed in.
    async fn app_name(&self, interaction: &Interaction) -> Result<String, StoreError> {
        if interaction.request.device_user_code.is_some() {
            return Ok(BRAND.to_owned());
        }
        forms::application_name(self.store.as_ref(), &interaction.application_id).await
    }
}

/// The page that asks for what is next.
fn path_of(step: &Step, event: InteractionEvent) -> &'static str {
    match step {
        Step::Begin | Step::Finish => first_page(event),
        Step::EnterPassword(_) => password::PATH,
        Step::EnterCode(code) if code.event == InteractionEvent::ForgotPassword => code::RECOVERY,
        Step::EnterCode(code) if code.fulfils => code::CONTINUE,
        Step::EnterCode(_) => code::SIGN_IN,
        Step::Complete(Missing::Password) if event == InteractionEvent::Register => {
            new_password::REGISTER
        }
        Step::Complete(Missing::Password) => new_password::CONTINUE,
        Step::Complete(missing) => continuation::path(*missing),
        Step::AgreeToTerms => continuation::TERMS,
        Step::ChooseNewPassword => new_password::RESET,
    }
}

/// What a person wants to do; to sign in, as long as they did nothing.
fn event(at: &Whereabouts) -> InteractionEvent {
    let event = at.flow.as_ref().and_then(|flow| flow.event);
    event.unwrap_or(InteractionEvent::SignIn)
}

/// The first page of what a person wants to do.
fn first_page(event: InteractionEvent) -> &'static str {
    match event {
        InteractionEvent::SignIn => "/sign-in",
        InteractionEvent::Register => "/register",
        InteractionEvent::ForgotPassword => "/forgot-password",
    }
}

/// What a page tells of an error.
pub(super) fn problem(error: &FlowError) -> Problem {
    Problem {
        code: error.code(),
        retry_after: error.retry_after(),
    }
}

/// How long to wait, for programs (RFC 9110 §10.2.3).
pub(super) fn add_retry_after(response: &mut Response, problem: Option<Problem>) {
    let wait = problem.and_then(|problem| problem.retry_after);
    if let Some(wait) = wait {
        let seconds = errors::whole_seconds(wait);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
}
