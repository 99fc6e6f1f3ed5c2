//! The roles of a machine-to-machine application.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use moongate_core::{ApplicationId, RoleId};
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

/// Lists the roles that an application holds.
#[utoipa::path(
    get, path = "/api/applications/{applicationId}/roles",
    operation_id = "ListApplicationRoles", tag = "Applications",
    params(("applicationId" = String, Path), PagingQuery, SearchQuery),
    responses((status = 200, body = [RoleView])),
)]
async fn list_roles(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Paging(page): Paging,
    Query(query): Query<SearchQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let filter = RoleFilter {
        search: query.search,
        ..RoleFilter::default()
    };
    let listed = api.management.application_roles(&id, &filter, page).await?;
    Ok(list(&url, listed, page))
}

/// Gives an application roles, by identifiers or names.
#[utoipa::path(
    post, path = "/api/applications/{applicationId}/roles",
    operation_id = "AssignApplicationRoles", tag = "Applications",
    params(("applicationId" = String, Path)),
    request_body = RoleAssignment,
    responses((status = 201, body = RoleAssignmentView)),
)]
async fn assign_roles(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Json(roles): Json<RoleAssignment>,
) -> Result<(StatusCode, Answer<RoleAssignmentView>), ApiError> {
    let made = api
        .management
        .assign_application_roles(id, roles, Assign::Add)
        .await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Gives an application roles in place of those held.
#[utoipa::path(
    put, path = "/api/applications/{applicationId}/roles",
    operation_id = "ReplaceApplicationRoles", tag = "Applications",
    params(("applicationId" = String, Path)),
    request_body = RoleAssignment,
    responses((status = 200, body = RoleAssignmentView)),
)]
async fn replace_roles(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Json(roles): Json<RoleAssignment>,
) -> Result<Answer<RoleAssignmentView>, ApiError> {
    Ok(Answer(
        api.management
            .assign_application_roles(id, roles, Assign::Replace)
            .await?,
    ))
}

/// Takes a role from an application.
#[utoipa::path(
    delete, path = "/api/applications/{applicationId}/roles/{roleId}",
    operation_id = "DeleteApplicationRole", tag = "Applications",
    params(("applicationId" = String, Path), ("roleId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_role(
    State(api): State<Api>,
    Ids((id, role)): Ids<(ApplicationId, RoleId)>,
) -> Result<StatusCode, ApiError> {
    api.management.remove_application_role(id, role).await?;
    Ok(StatusCode::NO_CONTENT)
}
