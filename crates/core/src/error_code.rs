//! The closed list of error codes: stable dotted names that clients and phrases rely on.

macro_rules! error_codes {
    ($($(#[$doc:meta])+ $code:ident => $name:literal,)+) => {
        /// An error as the outside sees it. The server maps each to an HTTP status, the phrases to
        /// words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])+ $code,)+ }

        impl ErrorCode {
            /// Every code; the phrases and the HTTP mapping are tested against it.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            /// The stable name, in Logto's style where Logto has one.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }
        }
    };
}

error_codes! {
    /// Users can't be asked for permissions of the Management API.
    ApplicationConsentManagementApiScopesNotAllowed => "application.consent_management_api_scopes_not_allowed",
    /// The device flow is for native applications.
    ApplicationDeviceFlowNativeOnly => "application.device_flow_native_only",
    /// Whether an application uses the device flow stays as it was made.
    ApplicationDeviceFlowNotChangeable => "application.device_flow_not_changeable",
    /// The role is not for machine-to-machine applications, or the application is none.
    ApplicationInvalidRoleType => "application.invalid_role_type",
    /// An application of this type can't be a third party's.
    ApplicationInvalidThirdPartyType => "application.invalid_third_party_application_type",
    /// An application of this type can't do this.
    ApplicationInvalidType => "application.invalid_type",
    /// There is no secret of Logto's older kind.
    ApplicationNoLegacySecretFound => "application.no_legacy_secret_found",
    /// The application has a secret of that name.
    ApplicationSecretNameExists => "application.secret_name_exists",
    /// A third-party application can't exchange tokens.
    ApplicationThirdPartyCannotExchangeTokens => "application.third_party_application_cannot_enable_token_exchange",
    /// The application is not a third party's.
    ApplicationThirdPartyOnly => "application.third_party_application_only",
    /// A scope that users would be asked for does not exist.
    ApplicationUserConsentScopesNotFound => "application.user_consent_scopes_not_found",
    /// The request has no credentials.
    AuthorizationHeaderMissing => "auth.authorization_header_missing",
    /// The credentials are not a bearer token.
    AuthorizationTokenTypeNotSupported => "auth.authorization_token_type_not_supported",
    /// The caller may not do this.
    AuthForbidden => "auth.forbidden",
    /// The token is not one of ours, not for this API, or no longer good.
    AuthUnauthorized => "auth.unauthorized",
    /// A connector answered that the message could not be sent.
    ConnectorGeneral => "connector.general",
    /// A connector's settings are not right.
    ConnectorInvalidConfig => "connector.invalid_config",
    /// No connector is configured.
    ConnectorNotFound => "connector.not_found",
    /// A connector has no template for the message.
    ConnectorTemplateNotFound => "connector.template_not_found",
    /// The code that a device shows is over.
    DeviceCodeExpired => "device.code_expired",
    /// No device shows that code.
    DeviceCodeNotFound => "device.code_not_found",
    /// The device that shows that code has its answer.
    DeviceCodeUsed => "device.code_used",
    /// A row that was asked for is not there.
    EntityNotFound => "entity.not_found",
    /// Something that the request refers to does not exist.
    EntityRelationForeignKeyNotFound => "entity.relation_foreign_key_not_found",
    /// The same exists already.
    EntityUniqueIntegrityViolation => "entity.unique_integrity_violation",
    /// A field is missing or malformed.
    GuardInvalidInput => "guard.invalid_input",
    /// The page number or size is malformed or out of range.
    GuardInvalidPagination => "guard.invalid_pagination",
    /// The next signing key is waiting already.
    OidcInvalidRequest => "oidc.invalid_request",
    /// There is no such signing key.
    OidcKeyNotFound => "oidc.key_not_found",
    /// The signing key is still in use.
    OidcOnlyPreviousKeyCanBeDeleted => "oidc.only_previous_key_can_be_deleted",
    /// The user has no such session.
    OidcSessionNotFound => "oidc.session_not_found",
    /// The password breaks the tenant's policy.
    PasswordRejected => "password.rejected",
    /// A password's hash is of a kind that can't be checked.
    PasswordUnsupportedEncryptionMethod => "password.unsupported_encryption_method",
    /// This version does not do that.
    RequestFeatureNotSupported => "request.feature_not_supported",
    /// A value can't be taken, such as an expiry in the past.
    RequestInvalidInput => "request.invalid_input",
    /// Too many messages to one address.
    MessageRateLimited => "request.message_rate_limited",
    /// The Management API can't be deleted.
    ResourceCannotDeleteManagementApi => "resource.cannot_delete_management_api",
    /// The Management API can't be changed.
    ResourceCannotModifyManagementApi => "resource.cannot_modify_management_api",
    /// Another API resource has the indicator.
    ResourceIdentifierInUse => "resource.resource_identifier_in_use",
    /// The application holds the role already.
    RoleApplicationExists => "role.application_exists",
    /// The role is built in and stays as it is.
    RoleInternalRoleViolation => "role.internal_role_violation",
    /// Users can't hold permissions of the Management API.
    RoleManagementApiScopesNotAssignable => "role.management_api_scopes_not_assignable_to_user_role",
    /// Another role has the name.
    RoleNameInUse => "role.name_in_use",
    /// The role holds the scope already.
    RoleScopeExists => "role.scope_exists",
    /// The user holds the role already.
    RoleUserExists => "role.user_exists",
    /// The resource has a scope of that name.
    ScopeNameExists => "scope.name_exists",
    /// A scope's name has a space.
    ScopeNameWithSpace => "scope.name_with_space",
    /// Nobody knows why.
    ServerError => "server.error",
    /// The server is busy or its store is out of reach.
    Unavailable => "server.unavailable",
    /// The address is on the tenant's list of those that can't register.
    SessionEmailNotAllowed => "session.email_blocklist.email_not_allowed",
    /// Addresses with a part behind a `+` can't register.
    SessionEmailSubaddressingNotAllowed => "session.email_blocklist.email_subaddressing_not_allowed",
    /// Nobody has been identified in this interaction.
    SessionIdentifierNotFound => "session.identifier_not_found",
    /// Somebody else has been identified in this interaction.
    SessionIdentityConflict => "session.identity_conflict",
    /// The interaction has not been begun.
    SessionInteractionNotFound => "session.interaction_not_found",
    /// The account or the password is wrong; which, is not told.
    SessionInvalidCredentials => "session.invalid_credentials",
    /// The second factor is not enabled.
    SessionMfaFactorNotEnabled => "session.mfa.mfa_factor_not_enabled",
    /// Second factors are not the user's choice.
    SessionMfaPolicyNotUserControlled => "session.mfa.mfa_policy_not_user_controlled",
    /// There is no sign-in going on in this browser.
    SessionNotFound => "session.not_found",
    /// The step is not for recovering a password.
    SessionNotSupportedForForgotPassword => "session.not_supported_for_forgot_password",
    /// Too many wrong codes.
    SessionTooManyAttempts => "session.verification_blocked_too_many_attempts",
    /// What should prove the identity has not been verified.
    SessionVerificationFailed => "session.verification_failed",
    /// There is no such verification in this interaction, or a newer one took its place.
    SessionVerificationSessionNotFound => "session.verification_session_not_found",
    /// A sign-in method has neither password nor verification code.
    SignInExperienceAtLeastOneAuthenticationFactor => "sign_in_experiences.at_least_one_authentication_factor",
    /// Accounts are made without a password, and a sign-in method has no verification code.
    SignInExperienceCodeSignInMustBeEnabled => "sign_in_experiences.code_sign_in_must_be_enabled",
    /// A sign-up identifier stands twice.
    SignInExperienceDuplicatedSignUpIdentifiers => "sign_in_experiences.duplicated_sign_up_identifiers",
    /// The settings need a connector that is not there.
    SignInExperienceEnabledConnectorNotFound => "sign_in_experiences.enabled_connector_not_found",
    /// A way to recover a password needs a connector that is not there.
    SignInExperienceForgotPasswordMethodRequiresConnector => "sign_in_experiences.forgot_password_method_requires_connector",
    /// An item of the e-mail block list is malformed.
    SignInExperienceInvalidCustomEmailBlocklistFormat => "sign_in_experiences.invalid_custom_email_blocklist_format",
    /// There are secondary sign-up identifiers and no primary one.
    SignInExperienceMissingSignUpIdentifiers => "sign_in_experiences.missing_sign_up_identifiers",
    /// A phone or e-mail identifier is not verified at sign-up.
    SignInExperiencePasswordlessRequiresVerify => "sign_in_experiences.passwordless_requires_verify",
    /// The fallback language has no phrases.
    SignInExperienceUnsupportedDefaultLanguage => "sign_in_experiences.unsupported_default_language",
    /// A caller wants to delete themselves.
    UserCannotDeleteSelf => "user.cannot_delete_self",
    /// The e-mail address has an account.
    UserEmailAlreadyInUse => "user.email_already_in_use",
    /// The user has an e-mail address already.
    UserEmailExistsInProfile => "user.email_exists_in_profile",
    /// The text is no mobile number.
    UserInvalidPhone => "user.invalid_phone",
    /// The role is not for users.
    UserInvalidRoleType => "user.invalid_role_type",
    /// Without it nobody could sign in to the account any more.
    UserLastSignInMethodRequired => "user.last_sign_in_method_required",
    /// The account lacks something that the settings require.
    UserMissingProfile => "user.missing_profile",
    /// The new password is still to be given.
    UserNewPasswordRequired => "user.new_password_required_in_profile",
    /// A password's hash came without the name of its algorithm.
    UserPasswordAlgorithmRequired => "user.password_algorithm_required",
    /// Both a password and a password's hash were given.
    UserPasswordAndDigest => "user.password_and_digest",
    /// The user has a password already.
    UserPasswordExistsInProfile => "user.password_exists_in_profile",
    /// The user has a personal access token of that name.
    UserPersonalAccessTokenNameExists => "user.personal_access_token_name_exists",
    /// The number has an account, and signing in is switched off.
    UserPhoneAlreadyInUse => "user.phone_already_in_use",
    /// The user has a phone number already.
    UserPhoneExistsInProfile => "user.phone_exists_in_profile",
    /// The new password is the present one.
    UserSamePassword => "user.same_password",
    /// The way of signing in is switched off.
    UserSignInMethodNotEnabled => "user.sign_in_method_not_enabled",
    /// An administrator has barred the account.
    UserSuspended => "user.suspended",
    /// The number has no account, and registering is switched off.
    UserNotExist => "user.user_not_exist",
    /// The user name has an account.
    UserUsernameAlreadyInUse => "user.username_already_in_use",
    /// The user has a user name already.
    UserUsernameExistsInProfile => "user.username_exists_in_profile",
    /// The wrong code.
    VerificationCodeMismatch => "verification_code.code_mismatch",
    /// The code was sent to another address.
    VerificationCodeEmailMismatch => "verification_code.email_mismatch",
    /// The ten tries are spent.
    VerificationCodeExceedMaxTry => "verification_code.exceed_max_try",
    /// The ten minutes are over.
    VerificationCodeExpired => "verification_code.expired",
    /// No code was sent, or the one that was has been used.
    VerificationCodeNotFound => "verification_code.not_found",
    /// The code was sent to another number.
    VerificationCodePhoneMismatch => "verification_code.phone_mismatch",
    /// The user has not proved lately who they are.
    VerificationRecordPermissionDenied => "verification_record.permission_denied",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_has_a_name_of_its_own() {
        let names: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
    }
}
