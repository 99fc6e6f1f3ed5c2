//! The interaction itself: begun, looked at, identified, submitted.

use axum::Json as Answer;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use http::{StatusCode, Uri};
use moongate_core::{ErrorCode, Phone};
use moongate_experience::{
    Flow, Identified, Identifier, InteractionEvent, Progress, Proof, SignInIdentifier,
    VerificationRecord,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::ExperienceApi;
use super::call::Call;
use super::error::of_identification;
use crate::routes::api::error::ApiError;
use crate::routes::api::extract::Json;

pub(super) fn routes() -> Router<ExperienceApi> {
    Router::new()
        .route("/api/experience", put(begin))
        .route("/api/experience/", put(begin))
        .route("/api/experience/interaction-event", put(set_event))
        .route("/api/experience/interaction", get(show))
        .route("/api/experience/identification", post(identify))
        .route("/api/experience/submit", post(submit))
        .route("/api/experience/sso-connectors", get(sso_connectors))
}

/// What a person wants to do. A captcha's token is not looked at: there is no captcha.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventBody {
    interaction_event: InteractionEvent,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdentificationBody {
    verification_id: Option<String>,
}

/// An interaction without codes and hashes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InteractionView {
    interaction_event: InteractionEvent,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    profile: ProfileView,
    verification_records: Vec<RecordView>,
    /// Always empty: there are no further factors.
    mfa: Map<String, Value>,
    sign_in_context: SignInContext,
    captcha: Captcha,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileView {
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_phone: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordView {
    id: String,
    r#type: &'static str,
    /// What a code was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    template_type: Option<&'static str>,
    verified: bool,
    identifier: IdentifierView,
}

#[derive(Debug, Serialize)]
struct IdentifierView {
    r#type: SignInIdentifier,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignInContext {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

#[derive(Debug, Serialize)]
struct Captcha {
    verified: bool,
    skipped: bool,
}

async fn begin(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<EventBody>,
) -> Result<StatusCode, ApiError> {
    let event = body.interaction_event;
    api.experience.begin(call.reference, event).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_event(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<EventBody>,
) -> Result<StatusCode, ApiError> {
    let event = body.interaction_event;
    api.experience.set_event(call.reference, event).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show(
    State(api): State<ExperienceApi>,
    call: Call,
) -> Result<Answer<InteractionView>, ApiError> {
    let (event, flow) = api.begun(&call).await?;
    let profile = flow.profile;
    Ok(Answer(InteractionView {
        interaction_event: event,
        user_id: flow.user_id.map(|id| id.to_string()),
        profile: ProfileView {
            username: profile.username,
            primary_email: profile.email.map(|email| email.as_str().to_owned()),
            primary_phone: profile.phone.as_ref().map(Phone::digits).map(str::to_owned),
        },
        verification_records: flow.records.iter().map(RecordView::new).collect(),
        mfa: Map::new(),
        sign_in_context: SignInContext {
            user_agent: call.browser.user_agent,
        },
        captcha: Captcha {
            verified: false,
            skipped: false,
        },
    }))
}

impl RecordView {
    fn new(record: &VerificationRecord) -> Self {
        let identifier: Identifier = record.identifier();
        Self {
            id: record.id.clone(),
            r#type: record.type_name(),
            template_type: match &record.proof {
                Proof::Code(code) => Some(code.event.as_str()),
                _ => None,
            },
            verified: record.is_verified(),
            identifier: IdentifierView {
                r#type: identifier.kind(),
                value: identifier.as_str().to_owned(),
            },
        }
    }
}

async fn identify(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<IdentificationBody>,
) -> Result<Response, ApiError> {
    let identified = api
        .experience
        .identify(call.reference, body.verification_id)
        .await
        .map_err(of_identification)?;
    Ok(match identified {
        Identified::Known => StatusCode::NO_CONTENT.into_response(),
        Identified::New => (StatusCode::CREATED, "Created").into_response(),
    })
}

async fn submit(State(api): State<ExperienceApi>, call: Call) -> Result<Response, ApiError> {
    let redirect_to = api.resume_url(&call.reference.id);
    let progress = api.experience.submit(call.reference, call.browser).await?;
    match progress {
        Progress::SignedIn(signed_in) => {
            // That of whoever was signed in here before.
            api.session_ended.notify_one();
            let mut response = Answer(json!({ "redirectTo": redirect_to })).into_response();
            if let Some(cookie) = signed_in.session_cookie {
                let cookie = api.site.cookies().set_session(&cookie);
                cookie.add_to(response.headers_mut());
            }
            Ok(response)
        }
        Progress::PasswordReset => {
            api.session_ended.notify_one();
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        // Submitting asks for nothing more; it refuses.
        Progress::Next(_) => Err(ApiError::new(ErrorCode::SessionIdentifierNotFound)),
    }
}

/// There is no enterprise sign-in, so no address belongs to a connector of it.
async fn sso_connectors(
    State(api): State<ExperienceApi>,
    call: Call,
    uri: Uri,
) -> Result<Answer<Value>, ApiError> {
    api.begun(&call).await?;
    let query = uri.query().unwrap_or_default().as_bytes();
    let email = form_urlencoded::parse(query).find(|(name, _)| name == "email");
    let is_address = email.is_some_and(|(_, text)| {
        moongate_core::EmailAddress::parse(&text).is_ok() && !text.contains(char::is_whitespace)
    });
    if !is_address {
        return Err(ApiError::field("email", "must be an e-mail address"));
    }
    Ok(Answer(json!({ "connectorIds": [] })))
}

impl ExperienceApi {
    /// What the person wants to do and how far they have come, once they have said the first.
    pub(super) async fn begun(&self, call: &Call) -> Result<(InteractionEvent, Flow), ApiError> {
        let at = self.experience.whereabouts(&call.reference).await?;
        // Somebody signed in already, and the interaction is over for this API.
        let flow = at.flow.ok_or(ApiError::new(ErrorCode::SessionNotFound))?;
        let event = flow.event;
        let event = event.ok_or(ApiError::new(ErrorCode::SessionInteractionNotFound))?;
        Ok((event, flow))
    }
}
