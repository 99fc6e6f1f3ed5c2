//! `/api/interaction/consent`: the question that a third-party application raises, as JSON.
//! Refusing is for the page: Logto's API has no way to say no.
//!
//! What is allowed is what was shown: while the question was read, another tab may have begun
//! another one. So whoever allows names the interaction, or the application at least.

use axum::Json as Answer;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use moongate_core::ErrorCode;
use moongate_experience::{ConsentError, ConsentQuestion};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ExperienceApi;
use super::call::Call;
use crate::routes::api::error::ApiError;
use crate::routes::api::extract::Json;
use crate::routes::errors;

pub(super) fn routes() -> Router<ExperienceApi> {
    Router::new().route("/api/interaction/consent", get(show).post(allow))
}

/// What is allowed: all that is asked for. There are no organizations to choose from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsentBody {
    #[serde(default)]
    organization_ids: Vec<String>,
    /// The interaction whose question was shown.
    interaction_id: Option<String>,
}

async fn show(State(api): State<ExperienceApi>, call: Call) -> Result<Answer<Value>, ApiError> {
    let session = call.browser.session_cookie.as_deref();
    let question = api
        .experience
        .consent_question(&call.reference, session)
        .await?;
    Ok(Answer(view(&question)))
}

async fn allow(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<ConsentBody>,
) -> Result<Answer<Value>, ApiError> {
    if !body.organization_ids.is_empty() {
        return Err(ApiError::new(ErrorCode::RequestFeatureNotSupported));
    }
    let reference = match &body.interaction_id {
        Some(id) => call.named(id),
        None if call.names_application => call.reference,
        None => return Err(ApiError::new(ErrorCode::SessionNotFound)),
    };
    let redirect_to = api.resume_url(&reference.id);
    let session = call.browser.session_cookie.as_deref();
    api.experience.allow(reference, session).await?;
    Ok(Answer(json!({ "redirectTo": redirect_to })))
}

fn view(question: &ConsentQuestion) -> Value {
    let (application, user) = (&question.application, &question.user);
    // That somebody signs in, and for how long, is no question.
    let is_asked = |scope: &&str| !matches!(*scope, "openid" | "offline_access");
    let scopes: Vec<_> = question.access.scopes.iter().filter(is_asked).collect();
    let apis = question.access.apis.iter();
    let apis: Vec<_> = apis
        .map(|(resource, scopes)| {
            let scopes = scopes.iter().map(|scope| {
                json!({
                    "id": scope.id.as_str(),
                    "name": scope.name,
                    "description": scope.description,
                })
            });
            json!({
                "resource": {
                    "id": resource.id.as_str(),
                    "name": resource.name,
                    "indicator": resource.indicator,
                },
                "scopes": scopes.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "interactionId": question.interaction.id.as_str(),
        "application": { "id": application.id.as_str(), "name": application.name },
        "user": {
            "id": user.id.as_str(),
            "name": user.name,
            "avatar": user.avatar,
            "username": user.username,
            "primaryEmail": user.primary_email,
            "primaryPhone": user.primary_phone.as_ref().map(moongate_core::Phone::digits),
        },
        "missingOIDCScope": scopes,
        "missingResourceScopes": apis,
        "redirectUri": question.interaction.request.redirect_uri,
    })
}

impl From<ConsentError> for ApiError {
    fn from(error: ConsentError) -> Self {
        match error {
            ConsentError::NotFound => Self::new(ErrorCode::SessionNotFound),
            ConsentError::AnotherStep => Self::new(ErrorCode::SessionInteractionNotFound),
            ConsentError::Store(error) => Self::new(errors::store_code(&error)),
        }
    }
}
