//! `/sign-in` and `/register`: the phone number; and turning back.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use moongate_core::{
    ErrorCode, Interaction, InteractionState, PhoneError, Region, SendError, Store, StoreError,
};
use moongate_experience::{Cancelled, Experience, SendCodeError, SignInExperience};
use moongate_oidc::{Parameters, Provider};
use moongate_web::pages::{Phone, Screen, Terms, UnknownSession, WayBack};
use moongate_web::{BRAND, Country, Problem};

use tracing::Instrument as _;
use url::Url;

use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

/// Values of a parameter past this are nobody's phone number, and not shown again.
const LONGEST_SHOWN: usize = 64;

#[derive(Clone)]
struct SignIn {
    site: Site,
    experience: Experience,
    provider: Provider,
    store: Arc<dyn Store>,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = SignIn {
        site: site.clone(),
        experience: parts.experience.clone(),
        provider: parts.provider.clone(),
        store: Arc::clone(&parts.store),
    };
    Router::new()
        .route("/sign-in", get(sign_in).post(submit_sign_in))
        .route("/register", get(register).post(submit_register))
        .route("/sign-in/change", post(change))
        .route("/sign-in/cancel", post(cancel))
        .route("/unknown-session", get(unknown_session))
        .with_state(state)
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

async fn submit_sign_in(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    state.submit(Screen::SignIn, &headers, &body).await
}

async fn submit_register(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    state.submit(Screen::Register, &headers, &body).await
}

async fn unknown_session(
    State(state): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let visitor = forms::visitor(&state.site, &headers, &fields, "/unknown-session");
    let reference = forms::reference(fields.get("interaction"), &visitor);
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

/// What was typed, to be shown again.
#[derive(Default)]
struct Typed<'a> {
    phone: &'a str,
    region: &'a str,
}

impl SignIn {
    async fn show(&self, screen: Screen, query: Option<String>, headers: &HeaderMap) -> Response {
        let fields = Parameters::parse(&query.unwrap_or_default());
        let mut visitor = forms::visitor(&self.site, headers, &fields, path(screen));
        if fields.get("interaction").is_none() {
            return self.site.go(&visitor, &self.site.path("/unknown-session"));
        }
        let reference = forms::reference(fields.get("interaction"), &visitor);
        match self.experience.interaction(&reference).await {
            Err(error) => forms::not_open(&self.site, &visitor, &reference.id, &error),
            Ok((interaction, settings)) => match interaction.state {
                InteractionState::Started { .. } => {
                    let typed = Typed::default();
                    self.page(screen, &mut visitor, &interaction, &settings, typed, None)
                        .await
                }
                _ => forms::resume(&self.site, &visitor, &interaction.id),
            },
        }
    }

    async fn submit(&self, screen: Screen, headers: &HeaderMap, body: &[u8]) -> Response {
        let fields = Parameters::parse(&String::from_utf8_lossy(body));
        let mut visitor = forms::visitor(&self.site, headers, &fields, path(screen));
        let posted = forms::Posted::new(fields, &visitor);
        let typed = Typed {
            phone: posted.field("phone"),
            region: posted.field("region"),
        };
        let region = Region::parse(typed.region).unwrap_or(visitor.region);
        let experience = self.experience.clone();
        let (reference, number) = (posted.reference.clone(), typed.phone.to_owned());
        let sent =
            forms::to_its_end(
                async move { experience.send_code(reference, &number, region).await },
            )
            .await;
        let id = &posted.reference.id;
        let code_page = self
            .site
            .path(&format!("/sign-in/verification-code?interaction={id}"));
        let problem = match sent {
            Ok(sent) => {
                if let Some(background) = sent.background {
                    tokio::spawn(background.in_current_span());
                }
                return self.site.go(&visitor, &code_page);
            }
            Err(SendCodeError::AlreadySignedIn) => {
                return forms::resume(&self.site, &visitor, id);
            }
            Err(SendCodeError::InteractionNotFound) => {
                return forms::unknown_session(&self.site, &visitor, id);
            }
            Err(SendCodeError::Store(error)) => {
                return errors::store(&self.site, &visitor, &error);
            }
            // The code page says so, keeps the number, and offers to try again.
            Err(SendCodeError::Send(SendError::Failed | SendError::NoConnector)) => {
                return self.site.go(&visitor, &code_page);
            }
            Err(SendCodeError::Send(SendError::RateLimited)) => {
                Problem::from(ErrorCode::MessageRateLimited)
            }
            Err(SendCodeError::RateLimited { retry_after }) => Problem {
                code: ErrorCode::MessageRateLimited,
                retry_after: Some(retry_after),
            },
            Err(SendCodeError::MethodOff) => ErrorCode::UserSignInMethodNotEnabled.into(),
            Err(
                SendCodeError::Phone(
                    PhoneError::Empty | PhoneError::Invalid | PhoneError::NotMobile,
                )
                | SendCodeError::NoNumber
                | SendCodeError::Send(SendError::BadAddress),
            ) => ErrorCode::UserInvalidPhone.into(),
        };
        match self.experience.interaction(&posted.reference).await {
            Err(error) => forms::not_open(&self.site, &visitor, id, &error),
            Ok((interaction, settings)) => {
                self.page(
                    screen,
                    &mut visitor,
                    &interaction,
                    &settings,
                    typed,
                    Some(problem),
                )
                .await
            }
        }
    }

    /// What one signs in to. For a device that is this service: whether a code exists, and whose it
    /// is, must not show before somebody has signed in.
    async fn app_name(&self, interaction: &Interaction) -> Result<String, StoreError> {
        if interaction.request.device_user_code.is_some() {
            return Ok(BRAND.to_owned());
        }
        forms::application_name(self.store.as_ref(), &interaction.application_id).await
    }

    async fn page(
        &self,
        screen: Screen,
        visitor: &mut Visitor,
        interaction: &Interaction,
        settings: &SignInExperience,
        typed: Typed<'_>,
        problem: Option<Problem>,
    ) -> Response {
        forms::speak(visitor, interaction, settings);
        let app_name = match self.app_name(interaction).await {
            Ok(name) => name,
            Err(error) => return errors::store(&self.site, visitor, &error),
        };
        let region = Region::parse(typed.region).unwrap_or(visitor.region);
        let is_about_number =
            problem.is_some_and(|problem| problem.code == ErrorCode::UserInvalidPhone);
        let terms = terms(settings);
        let view = Phone {
            screen,
            interaction: interaction.id.as_str(),
            app_name: &app_name,
            countries: Country::all(visitor.language),
            region: &region.code(),
            phone: if typed.phone.len() <= LONGEST_SHOWN {
                typed.phone
            } else {
                ""
            },
            error: problem.filter(|_| is_about_number),
            alert: problem.filter(|_| !is_about_number),
            terms: terms.as_ref(),
        };
        let status = problem.map_or(StatusCode::OK, |problem| errors::status(problem.code));
        let redirect_uri = &interaction.request.redirect_uri;
        let mut response = self.site.page(visitor, status, &view, Some(redirect_uri));
        add_retry_after(&mut response, problem);
        response
    }
}

/// Asks for another number. The earlier one and its code stay good until another is given, so
/// that whoever comes back to it need not wait.
async fn change(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let visitor = forms::visitor(&state.site, &headers, &fields, "/sign-in");
    let reference = forms::reference(fields.get("interaction"), &visitor);
    let location = format!("/sign-in?interaction={}", reference.id);
    state.site.go(&visitor, &state.site.path(&location))
}

/// Back to the application, which is told so.
async fn cancel(State(state): State<SignIn>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let visitor = forms::visitor(&state.site, &headers, &fields, "/sign-in");
    let reference = forms::reference(fields.get("interaction"), &visitor);
    let id = reference.id.clone();
    let interaction = match state.experience.cancel(reference).await {
        Err(error) => return forms::not_open(&state.site, &visitor, &id, &error),
        Ok(Cancelled::TooLate) => return forms::resume(&state.site, &visitor, &id),
        Ok(Cancelled::Tell(interaction)) => *interaction,
    };
    if interaction.request.device_user_code.is_some() {
        // No application waits in this browser.
        return state.site.go(&visitor, &state.site.path("/device"));
    }
    match state.provider.cancelled(interaction).await {
        Err(error) => errors::store(&state.site, &visitor, &error),
        Ok(None) => forms::unknown_session(&state.site, &visitor, &id),
        Ok(Some(answer)) => state.site.answer(&visitor, &answer),
    }
}

fn path(screen: Screen) -> &'static str {
    match screen {
        Screen::SignIn => "/sign-in",
        Screen::Register => "/register",
    }
}

fn terms(settings: &SignInExperience) -> Option<Terms> {
    let terms = settings.terms_of_use_url.clone();
    let privacy = settings.privacy_policy_url.clone();
    match (terms, privacy) {
        (Some(terms), Some(privacy)) => Some(Terms::Both { terms, privacy }),
        (Some(terms), None) => Some(Terms::TermsOnly(terms)),
        (None, Some(privacy)) => Some(Terms::PrivacyOnly(privacy)),
        (None, None) => None,
    }
}

/// How long to wait, for programs (RFC 9110 §10.2.3).
pub(super) fn add_retry_after(response: &mut Response, problem: Option<Problem>) {
    let wait = problem.and_then(|problem| problem.retry_after);
    if let Some(wait) = wait {
        let seconds = wait.as_millis().div_ceil(1000);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
}
