//! Errors as responses: the one place where they are logged and turned into pages or JSON.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use moongate_core::{ErrorCode, StoreError};
use moongate_oidc::{OidcError, PageError};
use moongate_web::Problem;
use moongate_web::pages::{Detail, ErrorPage, Fault};
use serde_json::json;
use tower_http::csrf::ProtectionError;

use crate::site::{Site, Visitor};

/// The HTTP status of each error code.
pub(super) fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::ConnectorGeneral
        | ErrorCode::ApplicationInvalidThirdPartyType
        | ErrorCode::ApplicationNoLegacySecretFound
        | ErrorCode::GuardInvalidPagination
        | ErrorCode::RequestInvalidInput
        | ErrorCode::ResourceCannotDeleteManagementApi
        | ErrorCode::ResourceCannotModifyManagementApi
        | ErrorCode::RoleManagementApiScopesNotAssignable
        | ErrorCode::ScopeNameWithSpace
        | ErrorCode::SignInExperienceAtLeastOneAuthenticationFactor
        | ErrorCode::SignInExperienceCodeSignInMustBeEnabled
        | ErrorCode::SignInExperienceDuplicatedSignUpIdentifiers
        | ErrorCode::SignInExperienceEnabledConnectorNotFound
        | ErrorCode::SignInExperienceForgotPasswordMethodRequiresConnector
        | ErrorCode::SignInExperienceInvalidCustomEmailBlocklistFormat
        | ErrorCode::SignInExperienceMissingSignUpIdentifiers
        | ErrorCode::SignInExperiencePasswordlessRequiresVerify
        | ErrorCode::SignInExperienceUnsupportedDefaultLanguage
        | ErrorCode::UserCannotDeleteSelf
        | ErrorCode::ConnectorInvalidConfig
        | ErrorCode::DeviceCodeExpired
        | ErrorCode::DeviceCodeNotFound
        | ErrorCode::DeviceCodeUsed
        | ErrorCode::GuardInvalidInput
        | ErrorCode::SessionNotFound
        | ErrorCode::VerificationCodeExceedMaxTry
        | ErrorCode::VerificationCodeExpired
        | ErrorCode::VerificationCodeMismatch
        | ErrorCode::ConnectorTemplateNotFound
        | ErrorCode::PasswordUnsupportedEncryptionMethod
        | ErrorCode::SessionMfaFactorNotEnabled
        | ErrorCode::SessionNotSupportedForForgotPassword
        | ErrorCode::SessionVerificationFailed
        | ErrorCode::UserPasswordAlgorithmRequired
        | ErrorCode::UserPasswordAndDigest
        | ErrorCode::VerificationCodeEmailMismatch
        | ErrorCode::VerificationCodePhoneMismatch
        | ErrorCode::SessionTooManyAttempts
        | ErrorCode::VerificationCodeNotFound => StatusCode::BAD_REQUEST,
        ErrorCode::UserSuspended
        | ErrorCode::AuthorizationHeaderMissing
        | ErrorCode::AuthorizationTokenTypeNotSupported
        | ErrorCode::VerificationRecordPermissionDenied
        | ErrorCode::AuthUnauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::EntityNotFound
        | ErrorCode::EntityRelationForeignKeyNotFound
        | ErrorCode::OidcKeyNotFound
        | ErrorCode::OidcSessionNotFound
        | ErrorCode::SessionIdentifierNotFound
        | ErrorCode::SessionInteractionNotFound
        | ErrorCode::SessionVerificationSessionNotFound
        | ErrorCode::UserNotExist => StatusCode::NOT_FOUND,
        ErrorCode::UserInvalidPhone
        | ErrorCode::ApplicationConsentManagementApiScopesNotAllowed
        | ErrorCode::ApplicationDeviceFlowNativeOnly
        | ErrorCode::ApplicationDeviceFlowNotChangeable
        | ErrorCode::ApplicationInvalidRoleType
        | ErrorCode::ApplicationInvalidType
        | ErrorCode::ApplicationSecretNameExists
        | ErrorCode::ApplicationThirdPartyCannotExchangeTokens
        | ErrorCode::ApplicationThirdPartyOnly
        | ErrorCode::ApplicationUserConsentScopesNotFound
        | ErrorCode::EntityUniqueIntegrityViolation
        | ErrorCode::OidcInvalidRequest
        | ErrorCode::OidcOnlyPreviousKeyCanBeDeleted
        | ErrorCode::RequestFeatureNotSupported
        | ErrorCode::ResourceIdentifierInUse
        | ErrorCode::RoleApplicationExists
        | ErrorCode::RoleNameInUse
        | ErrorCode::RoleScopeExists
        | ErrorCode::RoleUserExists
        | ErrorCode::ScopeNameExists
        | ErrorCode::UserEmailAlreadyInUse
        | ErrorCode::UserInvalidRoleType
        | ErrorCode::UserPersonalAccessTokenNameExists
        | ErrorCode::UserUsernameAlreadyInUse
        | ErrorCode::UserPhoneAlreadyInUse
        | ErrorCode::PasswordRejected
        | ErrorCode::SessionEmailNotAllowed
        | ErrorCode::SessionEmailSubaddressingNotAllowed
        | ErrorCode::SessionInvalidCredentials
        | ErrorCode::SessionMfaPolicyNotUserControlled
        | ErrorCode::UserEmailExistsInProfile
        | ErrorCode::UserMissingProfile
        | ErrorCode::UserNewPasswordRequired
        | ErrorCode::UserPasswordExistsInProfile
        | ErrorCode::UserPhoneExistsInProfile
        | ErrorCode::UserSamePassword
        | ErrorCode::UserUsernameExistsInProfile
        | ErrorCode::UserLastSignInMethodRequired
        | ErrorCode::UserSignInMethodNotEnabled => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::AuthForbidden | ErrorCode::RoleInternalRoleViolation => StatusCode::FORBIDDEN,
        ErrorCode::SessionIdentityConflict => StatusCode::CONFLICT,
        ErrorCode::MessageRateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::ConnectorNotFound => StatusCode::NOT_IMPLEMENTED,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The status of a page that tells a problem. A wait that is told is a 429 for browsers, whatever
/// Logto's APIs say.
pub(super) fn page_status(problem: Problem) -> StatusCode {
    match problem.retry_after {
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => status(problem.code),
    }
}

/// A wait in whole seconds, rounded up, for `Retry-After` and the like.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
}

/// The store failed: a page that names the request, and one line in the log.
pub(super) fn store(site: &Site, visitor: &Visitor, error: &StoreError) -> Response {
    let (status, fault) = match store_status(error) {
        StatusCode::SERVICE_UNAVAILABLE => (StatusCode::SERVICE_UNAVAILABLE, Fault::Busy),
        status => (status, Fault::Internal),
    };
    page(site, visitor, status, fault, Vec::new())
}

/// The store failed: the same as JSON.
pub(super) fn store_json(error: &StoreError) -> Response {
    let status = store_status(error);
    let name = match status {
        StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
        _ => "server_error",
    };
    oidc_json(
        status,
        &OidcError::new(name, "the request could not be completed"),
    )
}

/// The store failed: the code that an API answers.
pub(super) fn store_code(error: &StoreError) -> ErrorCode {
    match store_status(error) {
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
        _ => ErrorCode::ServerError,
    }
}

fn store_status(error: &StoreError) -> StatusCode {
    tracing::error!(%error, "the store failed");
    match error {
        StoreError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        StoreError::Corrupt(_) | StoreError::Duplicate(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A form that another site sent: a page in place of the bare refusal.
pub(super) async fn cross_site(State(site): State<Site>, request: Request, next: Next) -> Response {
    let visitor = site.visitor(request.headers(), None, "/");
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    tracing::info!("a form from another site was refused");
    page(
        &site,
        &visitor,
        StatusCode::FORBIDDEN,
        Fault::Blocked,
        Vec::new(),
    )
}

/// A form that is longer than any of ours: a page in place of bare words.
pub(super) async fn too_long(State(site): State<Site>, request: Request, next: Next) -> Response {
    let visitor = site.visitor(request.headers(), None, "/");
    let response = next.run(request).await;
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return response;
    }
    let details = vec![
        Detail::Error("invalid_request".into()),
        Detail::Description("the request is too long".into()),
    ];
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    page(&site, &visitor, status, Fault::AppRequest, details)
}

/// An authorization request that may not be answered by redirect.
pub(super) fn authorization(site: &Site, visitor: &Visitor, error: &PageError) -> Response {
    let invalid_request = |description: &str| {
        vec![
            Detail::Error("invalid_request".into()),
            Detail::Description(description.into()),
        ]
    };
    let (fault, details) = match error {
        PageError::MissingClient => (
            Fault::AppRequest,
            invalid_request("exactly one client_id is required"),
        ),
        PageError::UnknownClient { client_id } => (
            Fault::AppRequest,
            vec![
                Detail::Error("invalid_client".into()),
                Detail::Application(client_id.clone()),
            ],
        ),
        PageError::MissingRedirectUri { .. } => (
            Fault::AppRequest,
            invalid_request("exactly one redirect_uri is required"),
        ),
        PageError::UnregisteredRedirectUri {
            application,
            redirect_uri,
        } => (
            Fault::RedirectUri {
                app_name: application.clone(),
            },
            vec![
                Detail::RedirectUri(redirect_uri.clone()),
                Detail::Error("invalid_redirect_uri".into()),
            ],
        ),
        PageError::NotPushed { .. } => (
            Fault::AppRequest,
            invalid_request("Pushed Authorization Request must be used by this client"),
        ),
        PageError::UnknownRequestUri { .. } => (
            Fault::AppRequest,
            vec![
                Detail::Error("invalid_request_uri".into()),
                Detail::Description("request_uri is invalid, expired, or was already used".into()),
            ],
        ),
        PageError::Malformed => (
            Fault::AppRequest,
            invalid_request("a parameter holds a null byte"),
        ),
    };
    // What was sent may hold anything; the page shows it to whoever sent it, the log does not.
    let (reason, application) = match error {
        PageError::MissingClient => ("no client_id", ""),
        PageError::UnknownClient { .. } => ("unknown client", ""),
        PageError::MissingRedirectUri { application } => ("no redirect_uri", application.as_str()),
        PageError::UnregisteredRedirectUri { application, .. } => {
            ("redirect_uri is not registered", application.as_str())
        }
        PageError::NotPushed { application } => ("not pushed", application.as_str()),
        PageError::UnknownRequestUri { application } => {
            ("unknown request_uri", application.as_str())
        }
        PageError::Malformed => ("a null byte", ""),
    };
    tracing::info!(
        reason,
        application,
        "an authorization request was refused with a page"
    );
    page(site, visitor, StatusCode::BAD_REQUEST, fault, details)
}

/// An error page.
pub(super) fn page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    fault: Fault,
    details: Vec<Detail>,
) -> Response {
    let view = ErrorPage {
        fault,
        details,
        way_back: None,
    };
    site.page(visitor, status, &view, None)
}

/// A protocol error as JSON, with Logto's `code` beside the RFC's members.
pub(super) fn oidc_json(status: StatusCode, error: &OidcError) -> Response {
    let body = json!({
        "error": error.error,
        "error_description": error.description,
        "code": format!("oidc.{}", error.error),
        "message": error.description,
    });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_of_failure() {
        for code in ErrorCode::ALL {
            let status = status(*code);
            assert!(status.is_client_error() || status.is_server_error());
        }
    }
}
