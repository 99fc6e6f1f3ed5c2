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
    /// The role is built in and stays as it is.
    RoleInternalRoleViolation,
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
    /// A sign-in method has neither password nor verification code.
    SignInExperienceAtLeastOneAuthenticationFactor,
    /// Accounts are made without a password, and a sign-in method has no verification code.
    SignInExperienceCodeSignInMustBeEnabled,
    /// A sign-up identifier stands twice.
    SignInExperienceDuplicatedSignUpIdentifiers,
    /// The settings need a connector that is not there.
    SignInExperienceEnabledConnectorNotFound,
    /// A way to recover a password needs a connector that is not there.
    SignInExperienceForgotPasswordMethodRequiresConnector,
    /// An item of the e-mail block list is malformed.
    SignInExperienceInvalidCustomEmailBlocklistFormat,
    /// There are secondary sign-up identifiers and no primary one.
    SignInExperienceMissingSignUpIdentifiers,
    /// A phone or e-mail identifier is not verified at sign-up.
    SignInExperiencePasswordlessRequiresVerify,
    /// The fallback language has no phrases.
    SignInExperienceUnsupportedDefaultLanguage,
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
    /// A connector has no template for the message.
    ConnectorTemplateNotFound,
    /// The password breaks the tenant's policy.
    PasswordRejected,
    /// A password's hash is of a kind that can't be checked.
    PasswordUnsupportedEncryptionMethod,
    /// The address is on the tenant's list of those that can't register.
    SessionEmailNotAllowed,
    /// Addresses with a part behind a `+` can't register.
    SessionEmailSubaddressingNotAllowed,
    /// Nobody has been identified in this interaction.
    SessionIdentifierNotFound,
    /// Somebody else has been identified in this interaction.
    SessionIdentityConflict,
    /// The interaction has not been begun.
    SessionInteractionNotFound,
    /// The account or the password is wrong; which, is not told.
    SessionInvalidCredentials,
    /// The second factor is not enabled.
    SessionMfaFactorNotEnabled,
    /// Second factors are not the user's choice.
    SessionMfaPolicyNotUserControlled,
    /// The step is not for recovering a password.
    SessionNotSupportedForForgotPassword,
    /// What should prove the identity has not been verified.
    SessionVerificationFailed,
    /// There is no such verification in this interaction, or a newer one took its place.
    SessionVerificationSessionNotFound,
    /// The user has an e-mail address already.
    UserEmailExistsInProfile,
    /// The account lacks something that the settings require.
    UserMissingProfile,
    /// The new password is still to be given.
    UserNewPasswordRequired,
    /// A password's hash came without the name of its algorithm.
    UserPasswordAlgorithmRequired,
    /// Both a password and a password's hash were given.
    UserPasswordAndDigest,
    /// The user has a password already.
    UserPasswordExistsInProfile,
    /// The user has a phone number already.
    UserPhoneExistsInProfile,
    /// The new password is the present one.
    UserSamePassword,
    /// The user has a user name already.
    UserUsernameExistsInProfile,
    /// Without it nobody could sign in to the account any more.
    UserLastSignInMethodRequired,
    /// The code was sent to another address.
    VerificationCodeEmailMismatch,
    /// The code was sent to another number.
    VerificationCodePhoneMismatch,
    /// The user has not proved lately who they are.
    VerificationRecordPermissionDenied,
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
        Self::RoleInternalRoleViolation,
        Self::RoleManagementApiScopesNotAssignable,
        Self::RoleNameInUse,
        Self::RoleScopeExists,
        Self::RoleUserExists,
        Self::ScopeNameExists,
        Self::ScopeNameWithSpace,
        Self::SignInExperienceAtLeastOneAuthenticationFactor,
        Self::SignInExperienceCodeSignInMustBeEnabled,
        Self::SignInExperienceDuplicatedSignUpIdentifiers,
        Self::SignInExperienceEnabledConnectorNotFound,
        Self::SignInExperienceForgotPasswordMethodRequiresConnector,
        Self::SignInExperienceInvalidCustomEmailBlocklistFormat,
        Self::SignInExperienceMissingSignUpIdentifiers,
        Self::SignInExperiencePasswordlessRequiresVerify,
        Self::SignInExperienceUnsupportedDefaultLanguage,
        Self::UserCannotDeleteSelf,
        Self::UserEmailAlreadyInUse,
        Self::UserInvalidRoleType,
        Self::UserPersonalAccessTokenNameExists,
        Self::UserUsernameAlreadyInUse,
        Self::ConnectorGeneral,
        Self::ConnectorInvalidConfig,
        Self::ConnectorNotFound,
        Self::ConnectorTemplateNotFound,
        Self::PasswordRejected,
        Self::PasswordUnsupportedEncryptionMethod,
        Self::SessionEmailNotAllowed,
        Self::SessionEmailSubaddressingNotAllowed,
        Self::SessionIdentifierNotFound,
        Self::SessionIdentityConflict,
        Self::SessionInteractionNotFound,
        Self::SessionInvalidCredentials,
        Self::SessionMfaFactorNotEnabled,
        Self::SessionMfaPolicyNotUserControlled,
        Self::SessionNotSupportedForForgotPassword,
        Self::SessionVerificationFailed,
        Self::SessionVerificationSessionNotFound,
        Self::UserEmailExistsInProfile,
        Self::UserMissingProfile,
        Self::UserNewPasswordRequired,
        Self::UserPasswordAlgorithmRequired,
        Self::UserPasswordAndDigest,
        Self::UserPasswordExistsInProfile,
        Self::UserPhoneExistsInProfile,
        Self::UserSamePassword,
        Self::UserUsernameExistsInProfile,
        Self::UserLastSignInMethodRequired,
        Self::VerificationCodeEmailMismatch,
        Self::VerificationCodePhoneMismatch,
        Self::VerificationRecordPermissionDenied,
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
            Self::RoleInternalRoleViolation => "role.internal_role_violation",
            Self::RoleManagementApiScopesNotAssignable => {
                "role.management_api_scopes_not_assignable_to_user_role"
            }
            Self::RoleNameInUse => "role.name_in_use",
            Self::RoleScopeExists => "role.scope_exists",
            Self::RoleUserExists => "role.user_exists",
            Self::ScopeNameExists => "scope.name_exists",
            Self::ScopeNameWithSpace => "scope.name_with_space",
            Self::SignInExperienceAtLeastOneAuthenticationFactor => {
                "sign_in_experiences.at_least_one_authentication_factor"
            }
            Self::SignInExperienceCodeSignInMustBeEnabled => {
                "sign_in_experiences.code_sign_in_must_be_enabled"
            }
            Self::SignInExperienceDuplicatedSignUpIdentifiers => {
                "sign_in_experiences.duplicated_sign_up_identifiers"
            }
            Self::SignInExperienceEnabledConnectorNotFound => {
                "sign_in_experiences.enabled_connector_not_found"
            }
            Self::SignInExperienceForgotPasswordMethodRequiresConnector => {
                "sign_in_experiences.forgot_password_method_requires_connector"
            }
            Self::SignInExperienceInvalidCustomEmailBlocklistFormat => {
                "sign_in_experiences.invalid_custom_email_blocklist_format"
            }
            Self::SignInExperienceMissingSignUpIdentifiers => {
                "sign_in_experiences.missing_sign_up_identifiers"
            }
            Self::SignInExperiencePasswordlessRequiresVerify => {
                "sign_in_experiences.passwordless_requires_verify"
            }
            Self::SignInExperienceUnsupportedDefaultLanguage => {
                "sign_in_experiences.unsupported_default_language"
            }
            Self::UserCannotDeleteSelf => "user.cannot_delete_self",
            Self::UserEmailAlreadyInUse => "user.email_already_in_use",
            Self::UserInvalidRoleType => "user.invalid_role_type",
            Self::UserPersonalAccessTokenNameExists => "user.personal_access_token_name_exists",
            Self::UserUsernameAlreadyInUse => "user.username_already_in_use",
            Self::ConnectorGeneral => "connector.general",
            Self::ConnectorInvalidConfig => "connector.invalid_config",
            Self::ConnectorNotFound => "connector.not_found",
            Self::ConnectorTemplateNotFound => "connector.template_not_found",
            Self::PasswordRejected => "password.rejected",
            Self::PasswordUnsupportedEncryptionMethod => "password.unsupported_encryption_method",
            Self::SessionEmailNotAllowed => "session.email_blocklist.email_not_allowed",
            Self::SessionEmailSubaddressingNotAllowed => {
                "session.email_blocklist.email_subaddressing_not_allowed"
            }
            Self::SessionIdentifierNotFound => "session.identifier_not_found",
            Self::SessionIdentityConflict => "session.identity_conflict",
            Self::SessionInteractionNotFound => "session.interaction_not_found",
            Self::SessionInvalidCredentials => "session.invalid_credentials",
            Self::SessionMfaFactorNotEnabled => "session.mfa.mfa_factor_not_enabled",
            Self::SessionMfaPolicyNotUserControlled => "session.mfa.mfa_policy_not_user_controlled",
            Self::SessionNotSupportedForForgotPassword => {
                "session.not_supported_for_forgot_password"
            }
            Self::SessionVerificationFailed => "session.verification_failed",
            Self::SessionVerificationSessionNotFound => "session.verification_session_not_found",
            Self::UserEmailExistsInProfile => "user.email_exists_in_profile",
            Self::UserMissingProfile => "user.missing_profile",
            Self::UserNewPasswordRequired => "user.new_password_required_in_profile",
            Self::UserPasswordAlgorithmRequired => "user.password_algorithm_required",
            Self::UserPasswordAndDigest => "user.password_and_digest",
            Self::UserPasswordExistsInProfile => "user.password_exists_in_profile",
            Self::UserPhoneExistsInProfile => "user.phone_exists_in_profile",
            Self::UserSamePassword => "user.same_password",
            Self::UserUsernameExistsInProfile => "user.username_exists_in_profile",
            Self::UserLastSignInMethodRequired => "user.last_sign_in_method_required",
            Self::VerificationCodeEmailMismatch => "verification_code.email_mismatch",
            Self::VerificationCodePhoneMismatch => "verification_code.phone_mismatch",
            Self::VerificationRecordPermissionDenied => "verification_record.permission_denied",
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
