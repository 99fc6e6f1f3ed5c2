//! What an account lacks is given, and a forgotten password replaced.

use axum::Router;
use axum::extract::State;
use axum::routing::{post, put};
use http::StatusCode;
use moongate_core::{ErrorCode, Secret};
use moongate_experience::{ProfileAddition, SignInIdentifier};
use serde::Deserialize;

use super::ExperienceApi;
use super::call::Call;
use super::verification::given;
use crate::routes::api::error::ApiError;
use crate::routes::api::extract::Json;

pub(super) fn routes() -> Router<ExperienceApi> {
    Router::new()
        .route("/api/experience/profile", post(add))
        .route("/api/experience/profile/password", put(choose_new_password))
}

#[derive(Debug, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum ProfileBody {
    Username { value: String },
    Password { value: Secret },
    Email { verification_id: String },
    Phone { verification_id: String },
    Social {},
    ExtraProfile {},
}

#[derive(Debug, Deserialize)]
struct PasswordBody {
    password: Secret,
}

async fn add(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<ProfileBody>,
) -> Result<StatusCode, ApiError> {
    let addition = match body {
        ProfileBody::Username { value } => ProfileAddition::Username(value),
        ProfileBody::Password { value } => ProfileAddition::Password(given(value)?),
        ProfileBody::Email { verification_id } => ProfileAddition::Verified {
            kind: SignInIdentifier::Email,
            verification_id,
        },
        ProfileBody::Phone { verification_id } => ProfileAddition::Verified {
            kind: SignInIdentifier::Phone,
            verification_id,
        },
        // There are neither social connectors nor fields of the tenant's own.
        ProfileBody::Social {} | ProfileBody::ExtraProfile {} => {
            api.begun(&call).await?;
            return Err(ApiError::new(ErrorCode::RequestFeatureNotSupported));
        }
    };
    let experience = &api.experience;
    experience.add_to_profile(call.reference, addition).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn choose_new_password(
    State(api): State<ExperienceApi>,
    call: Call,
    Json(body): Json<PasswordBody>,
) -> Result<StatusCode, ApiError> {
    let password = given(body.password)?;
    let experience = &api.experience;
    experience
        .choose_new_password(call.reference, password)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
