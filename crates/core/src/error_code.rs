//! The closed list of error codes: stable dotted names that clients and phrases rely on.

/// An error as the outside sees it. The server maps each to an HTTP status, the phrases to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
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
