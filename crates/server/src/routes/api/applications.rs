//! Applications.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use moongate_core::{ApplicationId, ApplicationType, RoleId};
use moongate_management::{ApplicationChange, ApplicationFilter, ApplicationView, NewApplication};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query, flag, several};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_applications, create_application))
        .routes(routes!(
            get_application,
            update_application,
            delete_application
        ))
        .routes(routes!(update_custom_data))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ApplicationQuery {
    /// Of these types; may stand several times.
    #[serde(default, deserialize_with = "several")]
    #[param(required = false)]
    types: Vec<ApplicationType>,
    /// That do not hold this role.
    exclude_role_id: Option<String>,
    /// Without effect: there are no organizations.
    #[serde(rename = "excludeOrganizationId")]
    _exclude_organization_id: Option<String>,
    /// That are somebody else's, or are not.
    #[serde(default, deserialize_with = "flag")]
    #[param(value_type = Option<bool>)]
    is_third_party: Option<bool>,
    /// A pattern of SQL's `LIKE`, such as `%book%`, for identifier, name and description.
    search: Option<String>,
}

/// Lists applications, newest first; all of them, or a page.
#[utoipa::path(
    get, path = "/api/applications",
    operation_id = "ListApplications", tag = "Applications",
    params(PagingQuery, ApplicationQuery),
    responses((status = 200, body = [ApplicationView])),
)]
async fn list_applications(
    State(api): State<Api>,
    Paging(page): Paging,
    Query(query): Query<ApplicationQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let filter = ApplicationFilter {
        types: query.types,
        exclude_role: query.exclude_role_id.map(RoleId::from),
        is_third_party: query.is_third_party,
        search: query.search,
    };
    let listed = api.management.applications(&filter, page).await?;
    Ok(list(&url, listed, page))
}

/// Makes an application. One that can keep a secret gets the secret `Default secret`.
#[utoipa::path(
    post, path = "/api/applications",
    operation_id = "CreateApplication", tag = "Applications",
    request_body = NewApplication,
    responses((status = 200, body = ApplicationView)),
)]
async fn create_application(
    State(api): State<Api>,
    Json(body): Json<NewApplication>,
) -> Result<Answer<ApplicationView>, ApiError> {
    Ok(Answer(api.management.create_application(body).await?))
}

/// Tells of an application.
#[utoipa::path(
    get, path = "/api/applications/{id}",
    operation_id = "GetApplication", tag = "Applications",
    params(("id" = String, Path)),
    responses((status = 200, body = ApplicationView)),
)]
async fn get_application(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
) -> Result<Answer<ApplicationView>, ApiError> {
    Ok(Answer(api.management.application(&id).await?))
}

/// Changes an application. Objects are replaced whole.
#[utoipa::path(
    patch, path = "/api/applications/{id}",
    operation_id = "UpdateApplication", tag = "Applications",
    params(("id" = String, Path)),
    request_body = ApplicationChange,
    responses((status = 200, body = ApplicationView)),
)]
async fn update_application(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Json(change): Json<ApplicationChange>,
) -> Result<Answer<ApplicationView>, ApiError> {
    Ok(Answer(api.management.update_application(id, change).await?))
}

/// Removes an application with all that was issued to it.
#[utoipa::path(
    delete, path = "/api/applications/{id}",
    operation_id = "DeleteApplication", tag = "Applications",
    params(("id" = String, Path)),
    responses((status = 204)),
)]
async fn delete_application(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
) -> Result<StatusCode, ApiError> {
    api.management.delete_application(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lays fields over the custom data of an application, one level deep.
#[utoipa::path(
    patch, path = "/api/applications/{applicationId}/custom-data",
    operation_id = "UpdateApplicationCustomData", tag = "Applications",
    params(("applicationId" = String, Path)),
    request_body = Object,
    responses((status = 200, body = Object)),
)]
async fn update_custom_data(
    State(api): State<Api>,
    Ids(id): Ids<ApplicationId>,
    Json(more): Json<Map<String, Value>>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    Ok(Answer(
        api.management
            .merge_application_custom_data(id, more)
            .await?,
    ))
}
