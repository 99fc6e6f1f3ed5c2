//! API resources and their permissions.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use moongate_core::{ResourceId, ScopeId};
use moongate_management::{
    NewResource, NewScope, ResourceChange, ResourceView, ScopeChange, ScopeView,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query, SearchQuery, flag};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_resources, create_resource))
        .routes(routes!(get_resource, update_resource, delete_resource))
        .routes(routes!(update_is_default))
        .routes(routes!(list_scopes, create_scope))
        .routes(routes!(update_scope, delete_scope))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ResourceQuery {
    /// Whether each comes with its permissions.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = Option<bool>)]
    include_scopes: Option<bool>,
}

/// Whether a request that names no API resource means this one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IsDefault {
    is_default: bool,
}

/// Lists API resources, newest first; all of them, or a page.
#[utoipa::path(
    get, path = "/api/resources",
    operation_id = "ListResources", tag = "Resources",
    params(PagingQuery, ResourceQuery),
    responses((status = 200, body = [ResourceView])),
)]
async fn list_resources(
    State(api): State<Api>,
    Paging(page): Paging,
    Query(query): Query<ResourceQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let with_scopes = query.include_scopes.unwrap_or_default();
    let listed = api.management.resources(with_scopes, page).await?;
    Ok(list(&url, listed, page))
}

/// Makes an API resource.
#[utoipa::path(
    post, path = "/api/resources",
    operation_id = "CreateResource", tag = "Resources",
    request_body = NewResource,
    responses((status = 201, body = ResourceView)),
)]
async fn create_resource(
    State(api): State<Api>,
    Json(body): Json<NewResource>,
) -> Result<(StatusCode, Answer<ResourceView>), ApiError> {
    let made = api.management.create_resource(body).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Tells of an API resource.
#[utoipa::path(
    get, path = "/api/resources/{id}",
    operation_id = "GetResource", tag = "Resources",
    params(("id" = String, Path)),
    responses((status = 200, body = ResourceView)),
)]
async fn get_resource(
    State(api): State<Api>,
    Ids(id): Ids<ResourceId>,
) -> Result<Answer<ResourceView>, ApiError> {
    Ok(Answer(api.management.resource(&id).await?))
}

/// Changes an API resource; its indicator stays.
#[utoipa::path(
    patch, path = "/api/resources/{id}",
    operation_id = "UpdateResource", tag = "Resources",
    params(("id" = String, Path)),
    request_body = ResourceChange,
    responses((status = 200, body = ResourceView)),
)]
async fn update_resource(
    State(api): State<Api>,
    Ids(id): Ids<ResourceId>,
    Json(change): Json<ResourceChange>,
) -> Result<Answer<ResourceView>, ApiError> {
    Ok(Answer(api.management.update_resource(id, change).await?))
}

/// Makes an API resource the one that a request means which names none, or no longer.
#[utoipa::path(
    patch, path = "/api/resources/{id}/is-default",
    operation_id = "UpdateResourceIsDefault", tag = "Resources",
    params(("id" = String, Path)),
    request_body = IsDefault,
    responses((status = 200, body = ResourceView)),
)]
async fn update_is_default(
    State(api): State<Api>,
    Ids(id): Ids<ResourceId>,
    Json(body): Json<IsDefault>,
) -> Result<Answer<ResourceView>, ApiError> {
    Ok(Answer(
        api.management
            .set_default_resource(id, body.is_default)
            .await?,
    ))
}

/// Removes an API resource with its permissions.
#[utoipa::path(
    delete, path = "/api/resources/{id}",
    operation_id = "DeleteResource", tag = "Resources",
    params(("id" = String, Path)),
    responses((status = 204)),
)]
async fn delete_resource(
    State(api): State<Api>,
    Ids(id): Ids<ResourceId>,
) -> Result<StatusCode, ApiError> {
    api.management.delete_resource(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the permissions that an API resource defines, by name; all of them, or a page.
#[utoipa::path(
    get, path = "/api/resources/{resourceId}/scopes",
    operation_id = "ListResourceScopes", tag = "Resources",
    params(("resourceId" = String, Path), PagingQuery, SearchQuery),
    responses((status = 200, body = [ScopeView])),
)]
async fn list_scopes(
    State(api): State<Api>,
    Ids(id): Ids<ResourceId>,
    Paging(page): Paging,
    Query(query): Query<SearchQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let listed = api
        .management
        .scopes(&id, query.search.as_deref(), page)
        .await?;
    Ok(list(&url, listed, page))
}

/// Makes a permission.
#[utoipa::path(
    post, path = "/api/resources/{resourceId}/scopes",
    operation_id = "CreateResourceScope", tag = "Resources",
    params(("resourceId" = String, Path)),
    request_body = NewScope,
    responses((status = 201, body = ScopeView)),
)]
async fn create_scope(
    State(api): State<Api>,
    Ids(id): Ids<ResourceId>,
    Json(body): Json<NewScope>,
) -> Result<(StatusCode, Answer<ScopeView>), ApiError> {
    let made = api.management.create_scope(id, body).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Changes a permission.
#[utoipa::path(
    patch, path = "/api/resources/{resourceId}/scopes/{scopeId}",
    operation_id = "UpdateResourceScope", tag = "Resources",
    params(("resourceId" = String, Path), ("scopeId" = String, Path)),
    request_body = ScopeChange,
    responses((status = 200, body = ScopeView)),
)]
async fn update_scope(
    State(api): State<Api>,
    Ids((id, scope)): Ids<(ResourceId, ScopeId)>,
    Json(change): Json<ScopeChange>,
) -> Result<Answer<ScopeView>, ApiError> {
    Ok(Answer(
        api.management.update_scope(id, scope, change).await?,
    ))
}

/// Removes a permission, from roles too.
#[utoipa::path(
    delete, path = "/api/resources/{resourceId}/scopes/{scopeId}",
    operation_id = "DeleteResourceScope", tag = "Resources",
    params(("resourceId" = String, Path), ("scopeId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_scope(
    State(api): State<Api>,
    Ids((id, scope)): Ids<(ResourceId, ScopeId)>,
) -> Result<StatusCode, ApiError> {
    api.management.delete_scope(id, scope).await?;
    Ok(StatusCode::NO_CONTENT)
}
