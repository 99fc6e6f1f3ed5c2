//! The settings of the sign-in experience: read, changed, checked, looked back at, rolled back;
//! and what of them anybody may read.

use axum::Extension;
use axum::Json as Answer;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use moongate_core::ErrorCode;
use moongate_management::{PasswordToCheck, RevisionNote, RevisionView, SavedSettings, Strictness};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::answer::{ListUrl, list};
use super::error::ApiError;
use super::extract::{Ids, Json, Paging, PagingQuery, Query};
use super::guard::Caller;
use crate::routes::preview;

/// Names a rule that Logto's console checks and its server does not, once for each.
const FINDING: HeaderName = HeaderName::from_static("moongate-finding");

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_settings, update_settings))
        .routes(routes!(check_password))
        .routes(routes!(list_revisions))
        .routes(routes!(get_revision))
        .routes(routes!(roll_back))
        .routes(routes!(create_draft))
        .routes(routes!(get_public))
        .routes(routes!(get_public_alias))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CommentQuery {
    /// Why, for the list of revisions.
    comment: Option<String>,
}

/// For whom settings are asked. Every application has the same ones.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PublicQuery {
    /// The application that people come from.
    #[serde(rename = "appId")]
    _app_id: Option<String>,
    /// The organization that they sign in to.
    #[serde(rename = "organizationId")]
    _organization_id: Option<String>,
}

/// Why an earlier revision is had again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rollback {
    /// For the list of revisions; `roll back to N` if absent.
    comment: Option<String>,
}

/// Gives the settings, with every field that Logto has.
#[utoipa::path(
    get, path = "/api/sign-in-exp",
    operation_id = "GetSignInExp", tag = "Sign-in experience",
    responses((status = 200, body = Object)),
)]
async fn get_settings(State(api): State<Api>) -> Result<Answer<Value>, ApiError> {
    Ok(Answer(api.management.sign_in_experience().await?))
}

/// Changes those settings that the body names, each as a whole; gives all.
///
/// `Moongate-Finding` names rules of Logto's console that are broken and keep nothing from being
/// saved.
#[utoipa::path(
    patch, path = "/api/sign-in-exp",
    operation_id = "UpdateSignInExp", tag = "Sign-in experience",
    params(CommentQuery),
    request_body = Object,
    responses((status = 200, body = Object)),
)]
async fn update_settings(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<CommentQuery>,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let note = RevisionNote {
        author: caller.sub,
        comment: query.comment,
    };
    let saved = api.management.update_sign_in_experience(body, note).await?;
    Ok(answer(saved))
}

/// Holds a password against the policy.
#[utoipa::path(
    post, path = "/api/sign-in-exp/default/check-password",
    operation_id = "CheckPasswordWithDefaultSignInExperience", tag = "Sign-in experience",
    request_body = PasswordToCheck,
    responses(
        (status = 200, description = "It may be chosen: `result` is true.", body = Object),
        (status = 400, description = "`result` is false, and `issues` says why.", body = Object),
    ),
)]
async fn check_password(
    State(api): State<Api>,
    Json(body): Json<PasswordToCheck>,
) -> Result<Response, ApiError> {
    let issues = api.management.check_password(body).await?;
    if issues.is_empty() {
        return Ok(Answer(json!({ "result": true })).into_response());
    }
    let body = json!({ "result": false, "issues": issues });
    Ok((StatusCode::BAD_REQUEST, Answer(body)).into_response())
}

/// Lists the revisions of the settings, newest first, with what each changed; always by page.
#[utoipa::path(
    get, path = "/api/sign-in-exp/revisions",
    operation_id = "ListSignInExpRevisions", tag = "Sign-in experience",
    params(PagingQuery),
    responses((status = 200, body = [RevisionView])),
)]
async fn list_revisions(
    State(api): State<Api>,
    Paging(page): Paging,
    url: ListUrl,
) -> Result<Response, ApiError> {
    let page = page.unwrap_or_default();
    let listed = api.management.sign_in_experience_revisions(page).await?;
    Ok(list(&url, listed, Some(page)))
}

/// Gives one revision, with the settings as they were.
#[utoipa::path(
    get, path = "/api/sign-in-exp/revisions/{revision}",
    operation_id = "GetSignInExpRevision", tag = "Sign-in experience",
    params(("revision" = i64, Path)),
    responses((status = 200, body = RevisionView)),
)]
async fn get_revision(
    State(api): State<Api>,
    Ids(revision): Ids<String>,
) -> Result<Answer<RevisionView>, ApiError> {
    let revision = number(&revision)?;
    let revision = api.management.sign_in_experience_revision(revision).await?;
    Ok(Answer(revision))
}

/// Saves the settings of an earlier revision as a new one; gives them.
#[utoipa::path(
    post, path = "/api/sign-in-exp/revisions/{revision}/rollback",
    operation_id = "RollBackSignInExp", tag = "Sign-in experience",
    params(("revision" = i64, Path)),
    request_body = Rollback,
    responses((status = 200, body = Object)),
)]
async fn roll_back(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Ids(revision): Ids<String>,
    Json(body): Json<Rollback>,
) -> Result<Response, ApiError> {
    let note = RevisionNote {
        author: caller.sub,
        comment: body.comment,
    };
    let saved = api
        .management
        .roll_back_sign_in_experience(number(&revision)?, note, Strictness::Server)
        .await?;
    Ok(answer(saved))
}

/// A draft, and how to look at it.
#[derive(Debug, Serialize, ToSchema)]
struct DraftView {
    /// Its identifier.
    id: String,
    /// Shows it to the first browser that opens it within half an hour, for a day.
    url: String,
}

/// Makes a draft of the settings with those that the body names, each as a whole, to be looked at
/// before it is saved. A draft may break rules; whoever looks at it is told which.
#[utoipa::path(
    post, path = "/api/sign-in-exp/drafts",
    operation_id = "CreateSignInExpDraft", tag = "Sign-in experience",
    request_body = Object,
    responses((status = 201, body = DraftView)),
)]
async fn create_draft(
    State(api): State<Api>,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, ApiError> {
    let draft = api.management.create_draft(body).await?;
    let view = DraftView {
        url: preview::url(&api.endpoint, &draft),
        id: draft.id,
    };
    Ok((StatusCode::CREATED, Answer(view)).into_response())
}

/// Gives what a sign-in page needs to know.
#[utoipa::path(
    get, path = "/api/.well-known/sign-in-exp",
    operation_id = "GetWellKnownSignInExp", tag = "Sign-in experience",
    params(PublicQuery),
    responses((status = 200, body = Object)),
)]
async fn get_public(
    State(api): State<Api>,
    Query(_): Query<PublicQuery>,
) -> Result<Response, ApiError> {
    public(&api).await
}

/// The same as `/api/.well-known/sign-in-exp`.
#[utoipa::path(
    get, path = "/api/.well-known/experience",
    operation_id = "GetWellKnownExperience", tag = "Sign-in experience",
    params(PublicQuery),
    responses((status = 200, body = Object)),
)]
async fn get_public_alias(
    State(api): State<Api>,
    Query(_): Query<PublicQuery>,
) -> Result<Response, ApiError> {
    public(&api).await
}

/// Pages elsewhere may read it; it is asked for anew each time, so that a change shows at once.
async fn public(api: &Api) -> Result<Response, ApiError> {
    let settings = api.management.public_sign_in_experience().await?;
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, Answer(settings)).into_response())
}

fn answer(saved: SavedSettings) -> Response {
    let mut response = Answer(saved.settings).into_response();
    for finding in saved.findings {
        let name = format!("sign_in_experience.{}", finding.rule.as_str());
        if let Ok(name) = HeaderValue::from_str(&name) {
            response.headers_mut().append(FINDING, name);
        }
    }
    response
}

fn number(revision: &str) -> Result<i64, ApiError> {
    let number = revision.parse().ok();
    number.ok_or_else(|| ApiError::new(ErrorCode::EntityNotFound))
}
