//! The roles of a user.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use moongate_core::{RoleId, UserId};
use moongate_management::{Assign, RoleAssignment, RoleAssignmentView, RoleFilter, RoleView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query, SearchQuery};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_roles, assign_roles, replace_roles))
        .routes(routes!(delete_role))
}

/// Lists the roles that a user holds.
#[utoipa::path(
    get, path = "/api/users/{userId}/roles",
    operation_id = "ListUserRoles", tag = "Users",
    params(("userId" = String, Path), PagingQuery, SearchQuery),
    responses((status = 200, body = [RoleView])),
)]
async fn list_roles(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Paging(page): Paging,
    Query(query): Query<SearchQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let filter = RoleFilter {
        search: query.search,
        ..RoleFilter::default()
    };
    let listed = api.management.user_roles(&id, &filter, page).await?;
    Ok(list(&url, listed, page))
}

/// Gives a user roles, by identifiers or names.
#[utoipa::path(
    post, path = "/api/users/{userId}/roles",
    operation_id = "AssignUserRoles", tag = "Users",
    params(("userId" = String, Path)),
    request_body = RoleAssignment,
    responses((status = 201, body = RoleAssignmentView)),
)]
async fn assign_roles(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(roles): Json<RoleAssignment>,
) -> Result<(StatusCode, Answer<RoleAssignmentView>), ApiError> {
    let made = api
        .management
        .assign_user_roles(id, roles, Assign::Add)
        .await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Gives a user roles in place of those held.
#[utoipa::path(
    put, path = "/api/users/{userId}/roles",
    operation_id = "ReplaceUserRoles", tag = "Users",
    params(("userId" = String, Path)),
    request_body = RoleAssignment,
    responses((status = 200, body = RoleAssignmentView)),
)]
async fn replace_roles(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(roles): Json<RoleAssignment>,
) -> Result<Answer<RoleAssignmentView>, ApiError> {
    Ok(Answer(
        api.management
            .assign_user_roles(id, roles, Assign::Replace)
            .await?,
    ))
}

/// Takes a role from a user.
#[utoipa::path(
    delete, path = "/api/users/{userId}/roles/{roleId}",
    operation_id = "DeleteUserRole", tag = "Users",
    params(("userId" = String, Path), ("roleId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_role(
    State(api): State<Api>,
    Ids((id, role)): Ids<(UserId, RoleId)>,
) -> Result<StatusCode, ApiError> {
    api.management.remove_user_role(id, role).await?;
    Ok(StatusCode::NO_CONTENT)
}
