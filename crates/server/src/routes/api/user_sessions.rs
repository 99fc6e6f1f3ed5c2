//! Where a user is signed in, and what they allowed applications.

use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use moongate_core::{GrantId, SessionId, UserId};
use moongate_management::{GrantOwner, GrantsView, RevokeGrants, SessionView, SessionsView};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::error::ApiError;
use super::extract::{Ids, Query};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_sessions))
        .routes(routes!(get_session, delete_session))
        .routes(routes!(list_grants))
        .routes(routes!(delete_grant))
}

/// Which grants end with a session.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum RevokeGrantsTarget {
    /// All that it made.
    All,
    /// Those of our own applications, and those without `offline_access`.
    FirstParty,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeleteSessionQuery {
    /// Which grants end with the session; those without `offline_access` if absent.
    #[param(inline)]
    revoke_grants_target: Option<RevokeGrantsTarget>,
}

/// Whose applications are meant.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum AppType {
    /// Our own.
    FirstParty,
    /// Somebody else's.
    ThirdParty,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GrantQuery {
    /// Whose applications are meant; all if absent.
    #[param(inline)]
    app_type: Option<AppType>,
}

/// Lists the browsers in which a user is signed in.
#[utoipa::path(
    get, path = "/api/users/{userId}/sessions",
    operation_id = "ListUserSessions", tag = "Users",
    params(("userId" = String, Path)),
    responses((status = 200, body = SessionsView)),
)]
async fn list_sessions(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
) -> Result<Answer<SessionsView>, ApiError> {
    Ok(Answer(api.management.user_sessions(&id).await?))
}

/// Tells of one session.
#[utoipa::path(
    get, path = "/api/users/{userId}/sessions/{sessionId}",
    operation_id = "GetUserSession", tag = "Users",
    params(("userId" = String, Path), ("sessionId" = String, Path)),
    responses((status = 200, body = SessionView)),
)]
async fn get_session(
    State(api): State<Api>,
    Ids((id, session)): Ids<(UserId, SessionId)>,
) -> Result<Answer<SessionView>, ApiError> {
    Ok(Answer(api.management.user_session(&id, &session).await?))
}

/// Ends a session; applications that registered for it are told.
#[utoipa::path(
    delete, path = "/api/users/{userId}/sessions/{sessionId}",
    operation_id = "DeleteUserSession", tag = "Users",
    params(("userId" = String, Path), ("sessionId" = String, Path), DeleteSessionQuery),
    responses((status = 204)),
)]
async fn delete_session(
    State(api): State<Api>,
    Ids((id, session)): Ids<(UserId, SessionId)>,
    Query(query): Query<DeleteSessionQuery>,
) -> Result<StatusCode, ApiError> {
    let revoke = match query.revoke_grants_target {
        None => RevokeGrants::Online,
        Some(RevokeGrantsTarget::FirstParty) => RevokeGrants::FirstParty,
        Some(RevokeGrantsTarget::All) => RevokeGrants::All,
    };
    api.management.end_user_session(id, session, revoke).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what a user allowed applications.
#[utoipa::path(
    get, path = "/api/users/{userId}/grants",
    operation_id = "ListUserGrants", tag = "Users",
    params(("userId" = String, Path), GrantQuery),
    responses((status = 200, body = GrantsView)),
)]
async fn list_grants(
    State(api): State<Api>,
    Ids(id): Ids<UserId>,
    Query(query): Query<GrantQuery>,
) -> Result<Answer<GrantsView>, ApiError> {
    let owner = query.app_type.map(|it| match it {
        AppType::FirstParty => GrantOwner::FirstParty,
        AppType::ThirdParty => GrantOwner::ThirdParty,
    });
    Ok(Answer(api.management.user_grants(&id, owner).await?))
}

/// Ends a grant and all that was issued from it. A third-party application has to ask again.
#[utoipa::path(
    delete, path = "/api/users/{userId}/grants/{grantId}",
    operation_id = "DeleteUserGrant", tag = "Users",
    params(("userId" = String, Path), ("grantId" = String, Path)),
    responses((status = 204)),
)]
async fn delete_grant(
    State(api): State<Api>,
    Ids((id, grant)): Ids<(UserId, GrantId)>,
) -> Result<StatusCode, ApiError> {
    api.management.revoke_user_grant(id, grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
