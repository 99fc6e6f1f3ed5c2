//! `/device`: a person types the code of a device, compares it, and decides (RFC 8628 §3.3).

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use moongate_core::{ErrorCode, Interaction, UserCode};
use moongate_experience::{Experience, InteractionRef};
use moongate_oidc::{
    DeviceBegun, DeviceQuestion, DeviceRefusal, DeviceStanding, Parameters, Provider,
};
use moongate_web::Problem;
use moongate_web::pages::{Device, DeviceConfirm, DeviceDone};

use super::consent::{AccessWords, contact, person};
use super::sign_in::add_retry_after;
use super::{Parts, errors, forms};
use crate::site::{Site, Visitor};

const PATH: &str = "/device";
const CONFIRM: &str = "/device/confirm";

/// Texts past this are nobody's code, and not shown again.
const LONGEST_SHOWN: usize = 32;

#[derive(Clone)]
struct Connecting {
    site: Site,
    experience: Experience,
    provider: Provider,
}

pub(super) fn routes(site: &Site, parts: &Parts) -> Router {
    let state = Connecting {
        site: site.clone(),
        experience: parts.experience.clone(),
        provider: parts.provider.clone(),
    };
    Router::new()
        .route(PATH, get(show).post(submit))
        .route(CONFIRM, get(confirm).post(decide))
        .with_state(state)
}

async fn show(
    State(state): State<Connecting>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let typed = fields.get("user_code").unwrap_or_default();
    let visitor = state.visitor(&headers, typed);
    state.code_page(&visitor, typed, None)
}

async fn submit(State(state): State<Connecting>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let typed = fields.get("user_code").unwrap_or_default();
    let visitor = state.visitor(&headers, typed);
    match state.provider.begin_device(typed, &visitor.browser).await {
        Err(error) => errors::store(&state.site, &visitor, &error),
        Ok(DeviceBegun::SignIn(begun)) => forms::begin(&state.site, &visitor, "/sign-in", &begun),
        Ok(DeviceBegun::Decide(begun)) => forms::begin(&state.site, &visitor, CONFIRM, &begun),
        Ok(DeviceBegun::Refused(refusal)) => state.code_page(&visitor, typed, Some(refusal)),
    }
}

async fn confirm(
    State(state): State<Connecting>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let fields = Parameters::parse(&query.unwrap_or_default());
    let mut visitor = forms::visitor(&state.site, &headers, &fields, CONFIRM);
    let reference = forms::reference(fields.get("interaction"), &visitor);
    let interaction = match state.interaction(&mut visitor, &reference).await {
        Ok(interaction) => interaction,
        Err(response) => return response,
    };
    let standing = state
        .provider
        .device_standing(&interaction, &visitor.browser)
        .await;
    match standing {
        Err(error) => errors::store(&state.site, &visitor, &error),
        Ok(standing) => state.page(&visitor, &interaction, standing),
    }
}

async fn decide(State(state): State<Connecting>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = Parameters::parse(&String::from_utf8_lossy(&body));
    let mut visitor = forms::visitor(&state.site, &headers, &fields, CONFIRM);
    let posted = forms::Posted::new(fields, &visitor);
    let interaction = match state.interaction(&mut visitor, &posted.reference).await {
        Ok(interaction) => interaction,
        Err(response) => return response,
    };
    let location = format!("{CONFIRM}?interaction={}", interaction.id);
    let again = state.site.path(&location);
    let is_allowed = match posted.field("decision") {
        "allow" => true,
        "deny" => false,
        // No button of the page says anything else: ask again.
        _ => return state.site.go(&visitor, &again),
    };
    let decided = state
        .provider
        .decide_device(interaction.clone(), &visitor.browser, is_allowed)
        .await;
    match decided {
        Err(error) => errors::store(&state.site, &visitor, &error),
        // By its own address, so that a reload decides nothing again.
        Ok(DeviceStanding::Done { .. }) => state.site.go(&visitor, &again),
        Ok(standing) => state.page(&visitor, &interaction, standing),
    }
}

impl Connecting {
    /// The visitor of the page that asks for the code. The language switch keeps what may be one.
    fn visitor(&self, headers: &HeaderMap, typed: &str) -> Visitor {
        let current_path = match UserCode::parse(typed) {
            Some(code) => format!("{PATH}?user_code={code}"),
            None => PATH.to_owned(),
        };
        self.site.visitor(headers, None, current_path)
    }

    /// The interaction of a page, in the language that the tenant wants.
    async fn interaction(
        &self,
        visitor: &mut Visitor,
        reference: &InteractionRef,
    ) -> Result<Interaction, Response> {
        match self.experience.interaction(reference).await {
            Ok((interaction, settings)) => {
                forms::speak(&self.site, visitor, &interaction, &settings);
                Ok(interaction)
            }
            Err(error) => Err(forms::not_open(&self.site, visitor, &reference.id, &error)),
        }
    }

    fn page(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        standing: DeviceStanding,
    ) -> Response {
        let id = &interaction.id;
        match standing {
            DeviceStanding::Question(question) => self.question(visitor, interaction, &question),
            DeviceStanding::Done {
                application,
                is_allowed,
            } => {
                let view = DeviceDone {
                    app_name: &application,
                    is_allowed,
                };
                self.site.page(visitor, StatusCode::OK, &view, None)
            }
            DeviceStanding::Refused(refusal) => {
                let typed = interaction.request.device_user_code.as_deref();
                self.code_page(visitor, typed.unwrap_or_default(), Some(refusal))
            }
            DeviceStanding::SignIn => {
                let location = self.site.path(&format!("/sign-in?interaction={id}"));
                self.site.go(visitor, &location)
            }
            DeviceStanding::UnknownSession => forms::unknown_session(&self.site, visitor, id),
        }
    }

    fn question(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        question: &DeviceQuestion,
    ) -> Response {
        let words = AccessWords::of(&question.access);
        let contact = contact(&question.user);
        let view = DeviceConfirm {
            interaction: interaction.id.as_str(),
            app_name: &question.application.name,
            user_code: &question.user_code.to_string(),
            user: person(&question.user, contact.as_deref()),
            access: words.access(),
        };
        self.site.page(visitor, StatusCode::OK, &view, None)
    }

    fn code_page(
        &self,
        visitor: &Visitor,
        typed: &str,
        refusal: Option<DeviceRefusal>,
    ) -> Response {
        let shown = UserCode::parse(typed).map(|code| code.to_string());
        let is_text = typed.len() <= LONGEST_SHOWN && !typed.chars().any(char::is_control);
        let problem = refusal.map(problem);
        let view = Device {
            user_code: match &shown {
                Some(code) => code,
                None if is_text => typed,
                None => "",
            },
            error: problem,
        };
        let status = problem.map_or(StatusCode::OK, errors::page_status);
        let mut response = self.site.page(visitor, status, &view, None);
        add_retry_after(&mut response, problem);
        response
    }
}

fn problem(refusal: DeviceRefusal) -> Problem {
    match refusal {
        DeviceRefusal::NotFound => ErrorCode::DeviceCodeNotFound.into(),
        DeviceRefusal::Expired => ErrorCode::DeviceCodeExpired.into(),
        DeviceRefusal::Used => ErrorCode::DeviceCodeUsed.into(),
        DeviceRefusal::TooManyTries { retry_after } => Problem {
            code: ErrorCode::SessionTooManyAttempts,
            retry_after: Some(retry_after),
        },
    }
}
