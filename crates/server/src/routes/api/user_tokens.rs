//! Tokens that stand for a user in a token exchange.

use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use moongate_core::UserId;
use moongate_management::{
    NewPersonalAccessToken, NewSubjectToken, PersonalAccessTokenView, SubjectTokenView,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::error::ApiError;
use super::extract::{Ids, Json};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_tokens, create_token, rename_token))
        .routes(routes!(delete_token_by_name))
        .routes(routes!(update_token, delete_token))
        .routes(routes!(create_subject_token))
}

/// A token to be renamed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenRename {
    current_name: String,
    name: String,
}

/// A token's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenName {
    name: String,
}

/// Lists the personal access tokens of a user.
#[utoipa::path(
    get, path = "/api/users/{userId}/personal-access-tokens",
    operation_id = "ListUserPersonalAccessTokens", tag = "Users",
    params(("userId" = String, Path)),
    responses((status = 200, body = [PersonalAccessTokenView])),
)]
async fn list_tokens(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
) -> Result<Answer<Vec<PersonalAccessTokenView>>, ApiError> {
    Ok(Answer(api.management.personal_access_tokens(&id).await?))
}

/// Makes a personal access token.
#[utoipa::path(
    post, path = "/api/users/{userId}/personal-access-tokens",
    operation_id = "CreateUserPersonalAccessToken", tag = "Users",
    params(("userId" = String, Path)),
    request_body = NewPersonalAccessToken,
    responses((status = 201, body = PersonalAccessTokenView)),
)]
async fn create_token(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<NewPersonalAccessToken>,
) -> Result<(StatusCode, Answer<PersonalAccessTokenView>), ApiError> {
    let made = api
        .management
        .create_personal_access_token(id, body)
        .await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Renames a personal access token.
#[utoipa::path(
    patch, path = "/api/users/{userId}/personal-access-tokens",
    operation_id = "RenameUserPersonalAccessToken", tag = "Users",
    params(("userId" = String, Path)),
    request_body = TokenRename,
    responses((status = 200, body = PersonalAccessTokenView)),
)]
async fn rename_token(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<TokenRename>,
) -> Result<Answer<PersonalAccessTokenView>, ApiError> {
    let TokenRename { current_name, name } = body;
    Ok(Answer(
        api.management
            .rename_personal_access_token(id, current_name, name)
            .await?,
    ))
}

/// Removes a personal access token.
#[utoipa::path(
    post, path = "/api/users/{userId}/personal-access-tokens/delete",
    operation_id = "DeleteUserPersonalAccessTokenByName", tag = "Users",
    params(("userId" = String, Path)),
    request_body = TokenName,
    responses((status = 204)),
)]
async fn delete_token_by_name(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<TokenName>,
) -> Result<StatusCode, ApiError> {
    api.management
        .delete_personal_access_token(id, body.name)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Renames a personal access token; the older way, which puts the name into the address.
#[utoipa::path(
    patch, path = "/api/users/{userId}/personal-access-tokens/{name}",
    operation_id = "UpdateUserPersonalAccessToken", tag = "Users",
    params(("userId" = String, Path), ("name" = String, Path)),
    request_body = TokenName,
    responses((status = 200, body = PersonalAccessTokenView)),
)]
async fn update_token(
    State(api): State<Api>,
    Ids((id, name)): Ids<(UserId, String)>,
    Json(body): Json<TokenName>,
) -> Result<Answer<PersonalAccessTokenView>, ApiError> {
    Ok(Answer(
        api.management
            .rename_personal_access_token(id, name, body.name)
            .await?,
    ))
}

/// Removes a personal access token; the older way.
#[utoipa::path(
    delete, path = "/api/users/{userId}/personal-access-tokens/{name}",
    operation_id = "DeleteUserPersonalAccessToken", tag = "Users",
    params(("userId" = String, Path), ("name" = String, Path)),
    responses((status = 204)),
)]
async fn delete_token(
    State(api): State<Api>,
    Ids((id, name)): Ids<(UserId, String)>,
) -> Result<StatusCode, ApiError> {
    api.management
        .delete_personal_access_token(id, name)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a token with which an application may act as a user, once.
#[utoipa::path(
    post, path = "/api/subject-tokens",
    operation_id = "CreateSubjectToken", tag = "Subject tokens",
    request_body = NewSubjectToken,
    responses((status = 201, body = SubjectTokenView)),
)]
async fn create_subject_token(
    State(api): State<Api>,
    Json(body): Json<NewSubjectToken>,
) -> Result<(StatusCode, Answer<SubjectTokenView>), ApiError> {
    let made = api.management.create_subject_token(body).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}
