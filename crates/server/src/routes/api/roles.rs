//! Roles, and the permissions that they hold.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use moongate_core::{ApplicationId, RoleId, RoleType, ScopeId, UserId};
use moongate_management::{
    NewRole, RoleChange, RoleFilter, RoleUsageView, RoleView, ScopeView, ScopeWithResourceView,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query, SearchQuery};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_roles, create_role))
        .routes(routes!(get_role, update_role, delete_role))
        .routes(routes!(list_scopes, add_scopes))
        .routes(routes!(delete_scope))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RoleQuery {
    /// Of this type.
    #[serde(rename = "type")]
    kind: Option<RoleType>,
    /// That this user does not hold.
    exclude_user_id: Option<String>,
    /// That this application does not hold.
    exclude_application_id: Option<String>,
    /// A pattern of SQL's `LIKE`, such as `%admin%`, for identifier, name and description.
    search: Option<String>,
}

/// Permissions to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScopeIds {
    /// Identifiers.
    scope_ids: Vec<String>,
}

/// Lists roles, newest first, with how many hold each; all of them, or a page.
#[utoipa::path(
    get, path = "/api/roles",
    operation_id = "ListRoles", tag = "Roles",
    params(PagingQuery, RoleQuery),
    responses((status = 200, body = [RoleUsageView])),
)]
async fn list_roles(
    State(api): State<Api>,
    Paging(page): Paging,
    Query(query): Query<RoleQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let filter = RoleFilter {
        kind: query.kind,
        search: query.search,
        exclude_user: query.exclude_user_id.map(UserId::from),
        exclude_application: query.exclude_application_id.map(ApplicationId::from),
    };
    let listed = api.management.roles(&filter, page).await?;
    Ok(list(&url, listed, page))
}

/// Makes a role.
#[utoipa::path(
    post, path = "/api/roles",
    operation_id = "CreateRole", tag = "Roles",
    request_body = NewRole,
    responses((status = 200, body = RoleView)),
)]
async fn create_role(
    State(api): State<Api>,
    Json(body): Json<NewRole>,
) -> Result<Answer<RoleView>, ApiError> {
    Ok(Answer(api.management.create_role(body).await?))
}

/// Tells of a role.
#[utoipa::path(
    get, path = "/api/roles/{id}",
    operation_id = "GetRole", tag = "Roles",
    params(("id" = String, Path)),
    responses((status = 200, body = RoleView)),
)]
async fn get_role(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
) -> Result<Answer<RoleView>, ApiError> {
    Ok(Answer(api.management.role(&id).await?))
}

/// Changes a role; who may hold it stays.
#[utoipa::path(
    patch, path = "/api/roles/{id}",
    operation_id = "UpdateRole", tag = "Roles",
    params(("id" = String, Path)),
    request_body = RoleChange,
    responses((status = 200, body = RoleView)),
)]
async fn update_role(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Json(change): Json<RoleChange>,
) -> Result<Answer<RoleView>, ApiError> {
    Ok(Answer(api.management.update_role(id, change).await?))
}

/// Removes a role, from whoever holds it too.
#[utoipa::path(
    delete, path = "/api/roles/{id}",
    operation_id = "DeleteRole", tag = "Roles",
    params(("id" = String, Path)),
    responses((status = 204)),
)]
async fn delete_role(State(api): State<Api>, Ids(id): Ids<RoleId>) -> Result<StatusCode, ApiError> {
    api.management.delete_role(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the permissions that a role holds, each with its API resource.
#[utoipa::path(
    get, path = "/api/roles/{id}/scopes",
    operation_id = "ListRoleScopes", tag = "Roles",
    params(("id" = String, Path), PagingQuery, SearchQuery),
    responses((status = 200, body = [ScopeWithResourceView])),
)]
async fn list_scopes(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Paging(page): Paging,
    Query(query): Query<SearchQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let listed = api
        .management
        .role_scopes(&id, query.search.as_deref(), page)
        .await?;
    Ok(list(&url, listed, page))
}

/// Gives a role permissions; all of them or none.
#[utoipa::path(
    post, path = "/api/roles/{id}/scopes",
    operation_id = "CreateRoleScope", tag = "Roles",
    params(("id" = String, Path)),
    request_body = ScopeIds,
    responses((status = 201, body = [ScopeView])),
)]
async fn add_scopes(
    State(api): State<Api>,
    Ids(id): Ids<RoleId>,
    Json(body): Json<ScopeIds>,
) -> Result<(StatusCode, Answer<Vec<ScopeView>>), ApiError> {
    let made = api.management.add_role_scopes(id, body.scope_ids).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Takes a permission from a role.
#[utoipa::path(
    delete, path = "/api/roles/{id}/scopes/{scopeId}",
    operation_id = "DeleteRoleScope", tag = "Roles",
    params(("id" = String, Path), ("scopeId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_scope(
    State(api): State<Api>,
    Ids((id, scope)): Ids<(RoleId, ScopeId)>,
) -> Result<StatusCode, ApiError> {
    api.management.remove_role_scope(id, scope).await?;
    Ok(StatusCode::NO_CONTENT)
}
