//! Who holds a role.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use moongate_core::{ApplicationId, RoleId, UserId};
use moongate_management::{ApplicationView, UserView};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query, SearchQuery};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_users, add_users))
        .routes(routes!(delete_user))
        .routes(routes!(list_applications, add_applications))
        .routes(routes!(delete_application))
}

/// Users to be given a role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserIds {
    /// Identifiers.
    user_ids: Vec<String>,
}

/// Applications to be given a role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApplicationIds {
    /// Identifiers.
    application_ids: Vec<String>,
}

/// Lists the users who hold a role, newest first; always a page.
#[utoipa::path(
    get, path = "/api/roles/{id}/users",
    operation_id = "ListRoleUsers", tag = "Roles",
    params(("id" = String, Path), PagingQuery, SearchQuery),
    responses((status = 200, body = [UserView])),
)]
async fn list_users(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Paging(page): Paging,
    Query(query): Query<SearchQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let page = Some(page.unwrap_or_default());
    let listed = api.management.role_users(&id, query.search, page).await?;
    Ok(list(&url, listed, page))
}

/// Gives users a role; all of them or none.
#[utoipa::path(
    post, path = "/api/roles/{id}/users",
    operation_id = "CreateRoleUser", tag = "Roles",
    params(("id" = String, Path)),
    request_body = UserIds,
    responses((status = 201)),
)]
async fn add_users(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Json(body): Json<UserIds>,
) -> Result<StatusCode, ApiError> {
    api.management.add_role_users(id, body.user_ids).await?;
    Ok(StatusCode::CREATED)
}

/// Takes a role from a user.
#[utoipa::path(
    delete, path = "/api/roles/{id}/users/{userId}",
    operation_id = "DeleteRoleUser", tag = "Roles",
    params(("id" = String, Path), ("userId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_user(
    State(api): State<Api>,
    Ids((id, user)): Ids<(RoleId, UserId)>,
) -> Result<StatusCode, ApiError> {
    api.management.remove_user_role(user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the machine-to-machine applications that hold a role; all of them, or a page.
#[utoipa::path(
    get, path = "/api/roles/{id}/applications",
    operation_id = "ListRoleApplications", tag = "Roles",
    params(("id" = String, Path), PagingQuery, SearchQuery),
    responses((status = 200, body = [ApplicationView])),
)]
async fn list_applications(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Paging(page): Paging,
    Query(query): Query<SearchQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let listed = api
        .management
        .role_applications(&id, query.search.as_deref(), page)
        .await?;
    Ok(list(&url, listed, page))
}

/// Gives machine-to-machine applications a role; all of them or none.
#[utoipa::path(
    post, path = "/api/roles/{id}/applications",
    operation_id = "CreateRoleApplication", tag = "Roles",
    params(("id" = String, Path)),
    request_body = ApplicationIds,
    responses((status = 201)),
)]
async fn add_applications(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Json(body): Json<ApplicationIds>,
) -> Result<StatusCode, ApiError> {
    api.management
        .add_role_applications(id, body.application_ids)
        .await?;
    Ok(StatusCode::CREATED)
}

/// Takes a role from an application.
#[utoipa::path(
    delete, path = "/api/roles/{id}/applications/{applicationId}",
    operation_id = "DeleteRoleApplication", tag = "Roles",
    params(("id" = String, Path), ("applicationId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_application(
    State(api): State<Api>,
    Ids((id, application)): Ids<(RoleId, ApplicationId)>,
) -> Result<StatusCode, ApiError> {
    api.management
        .remove_application_role(application, id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
