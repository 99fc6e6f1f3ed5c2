//! Users.

use axum::Json as Answer;
use axum::extract::{Extension, State};
use axum::response::Response;
use http::StatusCode;
use moongate_core::{Profile, RoleId, UserFilter, UserId};
use moongate_management::{NewUser, UserChange, UserPassword, UserView};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query, flag};
use super::guard::Caller;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(get_user, update_user, delete_user))
        .routes(routes!(get_custom_data, update_custom_data))
        .routes(routes!(update_profile))
        .routes(routes!(update_password))
        .routes(routes!(verify_password))
        .routes(routes!(has_password))
        .routes(routes!(update_is_suspended))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UserQuery {
    /// A pattern of SQL's `LIKE`, such as `%1380%`, for identifier, phone number, e-mail address,
    /// user name and name, in any case.
    search: Option<String>,
    /// Who do not hold this role.
    exclude_role_id: Option<String>,
    /// Without effect: there are no organizations.
    #[serde(rename = "excludeOrganizationId")]
    _exclude_organization_id: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OneUserQuery {
    /// Without effect: there is no enterprise sign-in.
    #[serde(rename = "includeSsoIdentities", default, deserialize_with = "flag")]
    #[param(value_type = Option<bool>)]
    _include_sso_identities: Option<bool>,
    /// Without effect: hashes of passwords are never told.
    #[serde(rename = "includePasswordHash", default, deserialize_with = "flag")]
    #[param(value_type = Option<bool>)]
    _include_password_hash: Option<bool>,
}

/// Whether a user is barred.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IsSuspended {
    is_suspended: bool,
}

/// Whether a user has a password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HasPassword {
    has_password: bool,
}

/// A change of custom data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CustomData {
    /// Laid over what is there, one level deep.
    #[schema(value_type = Object)]
    custom_data: Map<String, Value>,
}

/// A change of the profile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProfileChange {
    /// Laid over what is there, one level deep; `null` clears a claim.
    #[schema(value_type = Profile)]
    profile: Map<String, Value>,
}

/// Lists users, newest first; always a page.
#[utoipa::path(
    get, path = "/api/users",
    operation_id = "ListUsers", tag = "Users",
    params(PagingQuery, UserQuery),
    responses((status = 200, body = [UserView])),
)]
async fn list_users(
    State(api): State<Api>,
    Paging(page): Paging,
    Query(query): Query<UserQuery>,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let filter = UserFilter {
        search: query.search,
        without_role: query.exclude_role_id.map(RoleId::from),
        ..UserFilter::default()
    };
    let page = page.unwrap_or_default();
    let listed = api.management.users(&filter, page).await?;
    Ok(list(&url, listed, Some(page)))
}

/// Makes a user, who gets the default roles. Nothing is required. A password is not held against
/// the policy; its hash may be brought along from elsewhere instead.
#[utoipa::path(
    post, path = "/api/users",
    operation_id = "CreateUser", tag = "Users",
    request_body = NewUser,
    responses((status = 200, body = UserView)),
)]
async fn create_user(
    State(api): State<Api>,
    Json(body): Json<NewUser>,
) -> Result<Answer<UserView>, ApiError> {
    Ok(Answer(api.management.create_user(body).await?))
}

/// Tells of a user.
#[utoipa::path(
    get, path = "/api/users/{userId}",
    operation_id = "GetUser", tag = "Users",
    params(("userId" = String, Path), OneUserQuery),
    responses((status = 200, body = UserView)),
)]
async fn get_user(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Query(_): Query<OneUserQuery>,
) -> Result<Answer<UserView>, ApiError> {
    Ok(Answer(api.management.user(&id).await?))
}

/// Changes a user. Objects are replaced whole, `null` clears.
#[utoipa::path(
    patch, path = "/api/users/{userId}",
    operation_id = "UpdateUser", tag = "Users",
    params(("userId" = String, Path)),
    request_body = UserChange,
    responses((status = 200, body = UserView)),
)]
async fn update_user(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(change): Json<UserChange>,
) -> Result<Answer<UserView>, ApiError> {
    Ok(Answer(api.management.update_user(id, change).await?))
}

/// Removes a user with sessions, grants and tokens. Nobody can remove themselves.
#[utoipa::path(
    delete, path = "/api/users/{userId}",
    operation_id = "DeleteUser", tag = "Users",
    params(("userId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_user(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Ids(id): Ids<UserId>,
) -> Result<StatusCode, ApiError> {
    api.management.delete_user(id, &caller.sub).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the custom data of a user.
#[utoipa::path(
    get, path = "/api/users/{userId}/custom-data",
    operation_id = "ListUserCustomData", tag = "Users",
    params(("userId" = String, Path)),
    responses((status = 200, body = Object)),
)]
async fn get_custom_data(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    Ok(Answer(api.management.user_custom_data(&id).await?))
}

/// Lays fields over the custom data of a user, one level deep.
#[utoipa::path(
    patch, path = "/api/users/{userId}/custom-data",
    operation_id = "UpdateUserCustomData", tag = "Users",
    params(("userId" = String, Path)),
    request_body = CustomData,
    responses((status = 200, body = Object)),
)]
async fn update_custom_data(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<CustomData>,
) -> Result<Answer<Map<String, Value>>, ApiError> {
    Ok(Answer(
        api.management
            .merge_user_custom_data(id, body.custom_data)
            .await?,
    ))
}

/// Lays claims over the profile of a user, one level deep.
#[utoipa::path(
    patch, path = "/api/users/{userId}/profile",
    operation_id = "UpdateUserProfile", tag = "Users",
    params(("userId" = String, Path)),
    request_body = ProfileChange,
    responses((status = 200, body = Profile)),
)]
async fn update_profile(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<ProfileChange>,
) -> Result<Answer<Profile>, ApiError> {
    Ok(Answer(
        api.management.merge_user_profile(id, body.profile).await?,
    ))
}

/// Sets the password of a user, which is not held against the policy. Sessions stay.
#[utoipa::path(
    patch, path = "/api/users/{userId}/password",
    operation_id = "UpdateUserPassword", tag = "Users",
    params(("userId" = String, Path)),
    request_body = UserPassword,
    responses((status = 200, body = UserView)),
)]
async fn update_password(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<UserPassword>,
) -> Result<Answer<UserView>, ApiError> {
    Ok(Answer(api.management.set_user_password(id, &body).await?))
}

/// Checks a password of a user: 422 `session.invalid_credentials` if it is not theirs.
#[utoipa::path(
    post, path = "/api/users/{userId}/password/verify",
    operation_id = "VerifyUserPassword", tag = "Users",
    params(("userId" = String, Path)),
    request_body = UserPassword,
    responses((status = 204), (status = 422)),
)]
async fn verify_password(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Json(body): Json<UserPassword>,
) -> Result<StatusCode, ApiError> {
    api.management.verify_user_password(&id, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells whether a user has a password.
#[utoipa::path(
    get, path = "/api/users/{userId}/has-password",
    operation_id = "GetUserHasPassword", tag = "Users",
    params(("userId" = String, Path)),
    responses((status = 200, body = HasPassword)),
)]
async fn has_password(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
) -> Result<Answer<HasPassword>, ApiError> {
    let has_password = api.management.user(&id).await?.has_password;
    Ok(Answer(HasPassword { has_password }))
}

/// Bars a user, whose sessions and grants end at once, or lets them in again.
#[utoipa::path(
    patch, path = "/api/users/{userId}/is-suspended",
    operation_id = "UpdateUserIsSuspended", tag = "Users",
    params(("userId" = String, Path)),
    request_body = IsSuspended,
    responses((status = 200, body = UserView)),
)]
async fn update_is_suspended(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Ids(id): Ids<UserId>,
    Json(body): Json<IsSuspended>,
) -> Result<Answer<UserView>, ApiError> {
    let management = &api.management;
    let user = management
        .suspend_user(id, body.is_suspended, &caller.sub)
        .await?;
    Ok(Answer(user))
}
