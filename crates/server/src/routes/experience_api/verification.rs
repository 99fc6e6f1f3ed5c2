//! What a person proves: a password, a code; or a user name and password for an account to be made.

use axum::Json as Answer;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use moongate_core::Secret;
use moongate_experience::{CodeRequest, InteractionEvent};
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;

use super::call::Call;
use super::identifier::IdentifierBody;
use super::{ExperienceApi, forms};
use crate::routes::api::error::ApiError;
use crate::routes::api::extract::Json;

pub(super) fn routes() -> Router<ExperienceApi> {
    let path = |name: &str| format!("/api/experience/verification/{name}");
    Router::new()
        .route(&path("password"), post(password))
        .route(&path("verification-code"), post(send_code))
        .route(&path("verification-code/verify"), post(verify_code))
        .route(&path("new-password-identity"), post(new_password_identity))
}

#[derive(Debug, Deserialize)]
struct PasswordBody {
    identifier: IdentifierBody,
    password: Secret,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendBody {
    identifier: IdentifierBody,
    interaction_event: InteractionEvent,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeBody {
    identifier: IdentifierBody,
    verification_id: String,
    code: Secret,
}

/// The record of what was proved, or is to be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Verification {
    verification_id: String,
}

type Verified = Result<Answer<Verification>, ApiError>;

fn verified(verification_id: String) -> Answer<Verification> {
    Answer(Verification { verification_id })
}

async fn password(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<PasswordBody>,
) -> Verified {
    let identifier = body.identifier.identifier()?;
    let password = given(body.password)?;
    let (experience, reference) = (api.experience.clone(), call.reference);
    let checked = forms::to_its_end(async move {
        experience
            .verify_password(reference, identifier, password)
            .await
    });
    Ok(verified(checked.await?))
}

async fn send_code(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<SendBody>,
) -> Verified {
    let recipient = body.identifier.recipient()?;
    api.begun(&call).await?;
    let request = CodeRequest {
        recipient: Some(recipient),
        event: body.interaction_event,
        begins: false,
        language: call.language,
    };
    let (experience, reference) = (api.experience.clone(), call.reference);
    let sent = forms::to_its_end(async move { experience.send_code(reference, request).await });
    let sent = sent.await?;
    if let Some(background) = sent.background {
        tokio::spawn(background.in_current_span());
    }
    Ok(verified(sent.verification_id))
}

async fn verify_code(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<CodeBody>,
) -> Verified {
    let recipient = body.identifier.recipient()?;
    let (id, code) = (body.verification_id, body.code);
    let experience = &api.experience;
    let id = experience
        .verify_code(call.reference, id, recipient, code.expose())
        .await?;
    Ok(verified(id))
}

async fn new_password_identity(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<PasswordBody>,
) -> Verified {
    let username = body.identifier.username()?;
    let password = given(body.password)?;
    let experience = &api.experience;
    let id = experience
        .new_password_identity(call.reference, username, password)
        .await?;
    Ok(verified(id))
}

/// A password that is not empty.
pub(super) fn given(password: Secret) -> Result<Secret, ApiError> {
    if password.expose().is_empty() {
        return Err(ApiError::field("password", "must not be empty"));
    }
    Ok(password)
}
