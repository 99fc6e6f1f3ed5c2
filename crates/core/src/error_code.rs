//! The closed list of error codes: stable dotted names that clients and phrases rely on.

/// An error as the outside sees it. The server maps each to an HTTP status, the phrases to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Users can't be asked for permissions of the Management API.
    ApplicationConsentManagementApiScopesNotAllowed,
    /// The device flow is for native applications.
    ApplicationDeviceFlowNativeOnly,
    /// Whether an application uses the device flow stays as it was made.
    ApplicationDeviceFlowNotChangeable,
    /// The role is not for machine-to-machine applications, or the application is none.
    ApplicationInvalidRoleType,
    /// An application of this type can't be a third party's.
    ApplicationInvalidThirdPartyType,
    /// An application of this type can't do this.
    ApplicationInvalidType,
    /// There is no secret of Logto's older kind.
    ApplicationNoLegacySecretFound,
    /// The application has a secret of that name.
    ApplicationSecretNameExists,
    /// A third-party application can't exchange tokens.
    ApplicationThirdPartyCannotExchangeTokens,
    /// The application is not a third party's.
    ApplicationThirdPartyOnly,
    /// A scope that users would be asked for does not exist.
    ApplicationUserConsentScopesNotFound,
    /// The caller may not do this.
    AuthForbidden,
    /// The request has no credentials.
    AuthorizationHeaderMissing,
    /// The credentials are not a bearer token.
    AuthorizationTokenTypeNotSupported,
    /// The token is not one of ours, not for this API, or no longer good.
    AuthUnauthorized,
    /// Something that the request refers to does not exist.
    EntityRelationForeignKeyNotFound,
    /// The same exists already.
    EntityUniqueIntegrityViolation,
    /// The page number or size is malformed or out of range.
    GuardInvalidPagination,
    /// The next signing key is waiting already.
    OidcInvalidRequest,
    /// There is no such signing key.
    OidcKeyNotFound,
    /// The signing key is still in use.
    OidcOnlyPreviousKeyCanBeDeleted,
    /// The user has no such session.
    OidcSessionNotFound,
    /// This version does not do that.
    RequestFeatureNotSupported,
    /// A value can't be taken, such as an expiry in the past.
    RequestInvalidInput,
    /// The Management API can't be deleted.
    ResourceCannotDeleteManagementApi,
    /// The Management API can't be changed.
    ResourceCannotModifyManagementApi,
    /// Another API resource has the indicator.
    ResourceIdentifierInUse,
    /// The application holds the role already.
    RoleApplicationExists,
    /// Users can't hold permissions of the Management API.
    RoleManagementApiScopesNotAssignable,
    /// Another role has the name.
    RoleNameInUse,
    /// The role holds the scope already.
    RoleScopeExists,
    /// The user holds the role already.
    RoleUserExists,
    /// The resource has a scope of that name.
    ScopeNameExists,
    /// A scope's name has a space.
    ScopeNameWithSpace,
    /// A caller wants to delete themselves.
    UserCannotDeleteSelf,
    /// The e-mail address has an account.
    UserEmailAlreadyInUse,
    /// The role is not for users.
    UserInvalidRoleType,
    /// The user has a personal access token of that name.
    UserPersonalAccessTokenNameExists,
    /// The user name has an account.
    UserUsernameAlreadyInUse,
    /// A connector answered that the message could not be sent.
    ConnectorGeneral,
    /// A connector's settings are not right.
    ConnectorInvalidConfig,
    /// No connector is configured.
    ConnectorNotFound,
    /// The code that a device shows is over.
    DeviceCodeExpired,
    /// No device shows that code.
    DeviceCodeNotFound,
    /// The device that shows that code has its answer.
    DeviceCodeUsed,
    /// A row that was asked for is not there.
    EntityNotFound,
    /// A field is missing or malformed.
    GuardInvalidInput,
    /// Too many messages to one address.
    MessageRateLimited,
    /// Nobody knows why.
    ServerError,
    /// Too many wrong codes.
    SessionTooManyAttempts,
    /// There is no sign-in going on in this browser.
    SessionNotFound,
    /// The server is busy or its store is out of reach.
    Unavailable,
    /// The text is no mobile number.
    UserInvalidPhone,
    /// The number has an account, and signing in is switched off.
    UserPhoneAlreadyInUse,
    /// An administrator has barred the account.
    UserSuspended,
    /// The number has no account, and registering is switched off.
    UserNotExist,
    /// The way of signing in is switched off.
    UserSignInMethodNotEnabled,
    /// The wrong code.
    VerificationCodeMismatch,
    /// The ten tries are spent.
    VerificationCodeExceedMaxTry,
    /// The ten minutes are over.
    VerificationCodeExpired,
    /// No code was sent, or the one that was has been used.
    VerificationCodeNotFound,
}

impl ErrorCode {
    /// Every code; the phrases and the HTTP mapping are tested against it.
    pub const ALL: &[Self] = &[
        Self::ApplicationConsentManagementApiScopesNotAllowed,
        Self::ApplicationDeviceFlowNativeOnly,
        Self::ApplicationDeviceFlowNotChangeable,
        Self::ApplicationInvalidRoleType,
        Self::ApplicationInvalidThirdPartyType,
        Self::ApplicationInvalidType,
        Self::ApplicationNoLegacySecretFound,
        Self::ApplicationSecretNameExists,
        Self::ApplicationThirdPartyCannotExchangeTokens,
        Self::ApplicationThirdPartyOnly,
        Self::ApplicationUserConsentScopesNotFound,
        Self::AuthForbidden,
        Self::AuthorizationHeaderMissing,
        Self::AuthorizationTokenTypeNotSupported,
        Self::AuthUnauthorized,
        Self::EntityRelationForeignKeyNotFound,
        Self::EntityUniqueIntegrityViolation,
        Self::GuardInvalidPagination,
        Self::OidcInvalidRequest,
        Self::OidcKeyNotFound,
        Self::OidcOnlyPreviousKeyCanBeDeleted,
        Self::OidcSessionNotFound,
        Self::RequestFeatureNotSupported,
        Self::RequestInvalidInput,
        Self::ResourceCannotDeleteManagementApi,
        Self::ResourceCannotModifyManagementApi,
        Self::ResourceIdentifierInUse,
        Self::RoleApplicationExists,
        Self::RoleManagementApiScopesNotAssignable,
        Self::RoleNameInUse,
        Self::RoleScopeExists,
        Self::RoleUserExists,
        Self::ScopeNameExists,
        Self::ScopeNameWithSpace,
        Self::UserCannotDeleteSelf,
        Self::UserEmailAlreadyInUse,
        Self::UserInvalidRoleType,
        Self::UserPersonalAccessTokenNameExists,
        Self::UserUsernameAlreadyInUse,
        Self::ConnectorGeneral,
        Self::ConnectorInvalidConfig,
        Self::ConnectorNotFound,
        Self::DeviceCodeExpired,
        Self::DeviceCodeNotFound,
        Self::DeviceCodeUsed,
        Self::EntityNotFound,
        Self::GuardInvalidInput,
        Self::MessageRateLimited,
        Self::ServerError,
        Self::SessionTooManyAttempts,
        Self::SessionNotFound,
        Self::Unavailable,
        Self::UserInvalidPhone,
        Self::UserPhoneAlreadyInUse,
        Self::UserSuspended,
        Self::UserNotExist,
        Self::UserSignInMethodNotEnabled,
        Self::VerificationCodeMismatch,
        Self::VerificationCodeExceedMaxTry,
        Self::VerificationCodeExpired,
        Self::VerificationCodeNotFound,
    ];

    /// The stable name, in Logto's style where Logto has one.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationConsentManagementApiScopesNotAllowed => {
                "application.consent_management_api_scopes_not_allowed"
            }
            Self::ApplicationDeviceFlowNativeOnly => "application.device_flow_native_only",
            Self::ApplicationDeviceFlowNotChangeable => "application.device_flow_not_changeable",
            Self::ApplicationInvalidRoleType => "application.invalid_role_type",
            Self::ApplicationInvalidThirdPartyType => {
                "application.invalid_third_party_application_type"
            }
            Self::ApplicationInvalidType => "application.invalid_type",
            Self::ApplicationNoLegacySecretFound => "application.no_legacy_secret_found",
            Self::ApplicationSecretNameExists => "application.secret_name_exists",
            Self::ApplicationThirdPartyCannotExchangeTokens => {
                "application.third_party_application_cannot_enable_token_exchange"
            }
            Self::ApplicationThirdPartyOnly => "application.third_party_application_only",
            Self::ApplicationUserConsentScopesNotFound => {
                "application.user_consent_scopes_not_found"
            }
            Self::AuthForbidden => "auth.forbidden",
            Self::AuthorizationHeaderMissing => "auth.authorization_header_missing",
            Self::AuthorizationTokenTypeNotSupported => {
                "auth.authorization_token_type_not_supported"
            }
            Self::AuthUnauthorized => "auth.unauthorized",
            Self::EntityRelationForeignKeyNotFound => "entity.relation_foreign_key_not_found",
            Self::EntityUniqueIntegrityViolation => "entity.unique_integrity_violation",
            Self::GuardInvalidPagination => "guard.invalid_pagination",
            Self::OidcInvalidRequest => "oidc.invalid_request",
            Self::OidcKeyNotFound => "oidc.key_not_found",
            Self::OidcOnlyPreviousKeyCanBeDeleted => "oidc.only_previous_key_can_be_deleted",
            Self::OidcSessionNotFound => "oidc.session_not_found",
            Self::RequestFeatureNotSupported => "request.feature_not_supported",
            Self::RequestInvalidInput => "request.invalid_input",
            Self::ResourceCannotDeleteManagementApi => "resource.cannot_delete_management_api",
            Self::ResourceCannotModifyManagementApi => "resource.cannot_modify_management_api",
            Self::ResourceIdentifierInUse => "resource.resource_identifier_in_use",
            Self::RoleApplicationExists => "role.application_exists",
            Self::RoleManagementApiScopesNotAssignable => {
                "role.management_api_scopes_not_assignable_to_user_role"
            }
            Self::RoleNameInUse => "role.name_in_use",
            Self::RoleScopeExists => "role.scope_exists",
            Self::RoleUserExists => "role.user_exists",
            Self::ScopeNameExists => "scope.name_exists",
            Self::ScopeNameWithSpace => "scope.name_with_space",
            Self::UserCannotDeleteSelf => "user.cannot_delete_self",
            Self::UserEmailAlreadyInUse => "user.email_already_in_use",
            Self::UserInvalidRoleType => "user.invalid_role_type",
            Self::UserPersonalAccessTokenNameExists => "user.personal_access_token_name_exists",
            Self::UserUsernameAlreadyInUse => "user.username_already_in_use",
            Self::ConnectorGeneral => "connector.general",
            Self::ConnectorInvalidConfig => "connector.invalid_config",
            Self::ConnectorNotFound => "connector.not_found",
            Self::DeviceCodeExpired => "device.code_expired",
            Self::DeviceCodeNotFound => "device.code_not_found",
            Self::DeviceCodeUsed => "device.code_used",
            Self::EntityNotFound => "entity.not_found",
            Self::GuardInvalidInput => "guard.invalid_input",
            Self::MessageRateLimited => "request.message_rate_limited",
            Self::ServerError => "server.error",
            Self::SessionTooManyAttempts => "session.verification_blocked_too_many_attempts",
            Self::SessionNotFound => "session.not_found",
            Self::Unavailable => "server.unavailable",
            Self::UserInvalidPhone => "user.invalid_phone",
            Self::UserPhoneAlreadyInUse => "user.phone_already_in_use",
            Self::UserSuspended => "user.suspended",
            Self::UserNotExist => "user.user_not_exist",
            Self::UserSignInMethodNotEnabled => "user.sign_in_method_not_enabled",
            Self::VerificationCodeMismatch => "verification_code.code_mismatch",
            Self::VerificationCodeExceedMaxTry => "verification_code.exceed_max_try",
            Self::VerificationCodeExpired => "verification_code.expired",
            Self::VerificationCodeNotFound => "verification_code.not_found",
        }
    }
}
