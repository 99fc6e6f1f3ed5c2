//! The rules between the fields of the settings, Logto's and our own.
//!
//! Each finding names the field, the rule and what to do, in one sentence that is the same in an
//! API's answer, about a file, and on the command line. Who saves decides by its [`Severity`].
//! Nothing here looks at the store: which connectors there are is told.

mod css;
mod findings;
mod look;
mod policies;
mod sign_in;
mod sign_up;
mod url;

use std::fmt;

use moongate_core::{Channel, ErrorCode};

use self::findings::Findings;
use crate::SignInExperience;

/// Which kinds of message can be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AvailableConnectors {
    /// Text messages.
    pub sms: bool,
    /// E-mail.
    pub email: bool,
}

impl AvailableConnectors {
    /// Whether messages can travel so.
    pub fn has(self, channel: Channel) -> bool {
        match channel {
            Channel::Sms => self.sms,
            Channel::Email => self.email,
        }
    }
}

/// Who refuses settings that break a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nobody; whoever looks for it is told.
    Advice,
    /// Files and commands. Logto checks it in its console alone, so programs that use its API may
    /// save such settings.
    RefusedInFiles,
    /// Everybody.
    Refused,
}

/// A rule that settings can break; the names of those that Logto has are Logto's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A sign-in method has neither password nor verification code.
    AtLeastOneAuthenticationFactor,
    /// Accounts are made without a password, and a method has no verification code.
    CodeSignInMustBeEnabled,
    /// A logo is there for light pages alone, and pages are dark for some.
    DarkLogoMissing,
    /// Two sign-in methods have one identifier.
    DuplicatedSignInMethods,
    /// An identifier stands twice at sign-up.
    DuplicatedSignUpIdentifiers,
    /// A connector that the settings need is not configured.
    EnabledConnectorNotFound(Channel),
    /// A way to recover a password has no connector.
    ForgotPasswordMethodRequiresConnector(Channel),
    /// A colour is none.
    InvalidColor,
    /// An item of the e-mail block list is malformed.
    InvalidCustomEmailBlocklistFormat,
    /// An e-mail address is none.
    InvalidEmailAddress,
    /// The password policy makes no sense.
    InvalidPasswordPolicy,
    /// A URL is none, or of a kind that pages don't link to.
    InvalidUrl,
    /// A sign-up identifier can't sign in again.
    MissSignUpIdentifierInSignIn,
    /// There are secondary sign-up identifiers and no primary one.
    MissingSignUpIdentifiers,
    /// Registration is on, and there is nothing to register with.
    NobodyCanRegister,
    /// Sign-in is on, and there is no way to.
    NobodyCanSignIn,
    /// Passwords are in use, and one that is forgotten can't be replaced.
    NoPasswordRecovery,
    /// A number lies outside its range.
    OutOfRange,
    /// A phone or e-mail identifier is not verified at sign-up.
    PasswordlessRequiresVerify,
    /// New accounts set a password that no sign-in method takes.
    PasswordSignInMustBeEnabled,
    /// A sign-in method takes a password that new accounts don't have.
    PasswordSignInWithoutPassword,
    /// Passwords may be short although they are all that protects an account.
    ShortPasswords,
    /// People are asked to agree to terms that have no address.
    TermsWithoutUrl,
    /// The style reaches out of the pages, or is none.
    UnsafeCustomCss,
    /// The language is not one that the pages have.
    UnsupportedDefaultLanguage,
    /// A verification code would be sent to a user name.
    UsernameHasNoVerificationCode,
    /// A user name is what new accounts sign in by, and they have no password.
    UsernameRequiresPassword,
}

impl Rule {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeastOneAuthenticationFactor => "at_least_one_authentication_factor",
            Self::CodeSignInMustBeEnabled => "code_sign_in_must_be_enabled",
            Self::DarkLogoMissing => "dark_logo_missing",
            Self::DuplicatedSignInMethods => "duplicated_sign_in_methods",
            Self::DuplicatedSignUpIdentifiers => "duplicated_sign_up_identifiers",
            Self::EnabledConnectorNotFound(_) => "enabled_connector_not_found",
            Self::ForgotPasswordMethodRequiresConnector(_) => {
                "forgot_password_method_requires_connector"
            }
            Self::InvalidColor => "invalid_color",
            Self::InvalidCustomEmailBlocklistFormat => "invalid_custom_email_blocklist_format",
            Self::InvalidEmailAddress => "invalid_email_address",
            Self::InvalidPasswordPolicy => "invalid_password_policy",
            Self::InvalidUrl => "invalid_url",
            Self::MissSignUpIdentifierInSignIn => "miss_sign_up_identifier_in_sign_in",
            Self::MissingSignUpIdentifiers => "missing_sign_up_identifiers",
            Self::NobodyCanRegister => "nobody_can_register",
            Self::NobodyCanSignIn => "nobody_can_sign_in",
            Self::NoPasswordRecovery => "no_password_recovery",
            Self::OutOfRange => "out_of_range",
            Self::PasswordlessRequiresVerify => "passwordless_requires_verify",
            Self::PasswordSignInMustBeEnabled => "password_sign_in_must_be_enabled",
            Self::PasswordSignInWithoutPassword => "password_sign_in_without_password",
            Self::ShortPasswords => "short_passwords",
            Self::TermsWithoutUrl => "terms_without_url",
            Self::UnsafeCustomCss => "unsafe_custom_css",
            Self::UnsupportedDefaultLanguage => "unsupported_default_language",
            Self::UsernameHasNoVerificationCode => "username_has_no_verification_code",
            Self::UsernameRequiresPassword => "username_requires_password",
        }
    }

    /// Who refuses settings that break it.
    pub fn severity(self) -> Severity {
        match self {
            Self::AtLeastOneAuthenticationFactor
            | Self::CodeSignInMustBeEnabled
            | Self::DuplicatedSignUpIdentifiers
            | Self::EnabledConnectorNotFound(_)
            | Self::ForgotPasswordMethodRequiresConnector(_)
            | Self::InvalidColor
            | Self::InvalidCustomEmailBlocklistFormat
            | Self::InvalidEmailAddress
            | Self::InvalidPasswordPolicy
            | Self::InvalidUrl
            | Self::MissingSignUpIdentifiers
            | Self::OutOfRange
            | Self::PasswordlessRequiresVerify
            | Self::UnsafeCustomCss
            | Self::UnsupportedDefaultLanguage => Severity::Refused,
            Self::DuplicatedSignInMethods
            | Self::MissSignUpIdentifierInSignIn
            | Self::NobodyCanRegister
            | Self::NobodyCanSignIn
            | Self::PasswordSignInMustBeEnabled
            | Self::UsernameHasNoVerificationCode
            | Self::UsernameRequiresPassword => Severity::RefusedInFiles,
            Self::DarkLogoMissing
            | Self::NoPasswordRecovery
            | Self::PasswordSignInWithoutPassword
            | Self::ShortPasswords
            | Self::TermsWithoutUrl => Severity::Advice,
        }
    }

    /// What an API answers. Where Logto has no code of its own for a refusal, the field is
    /// malformed.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::AtLeastOneAuthenticationFactor => {
                ErrorCode::SignInExperienceAtLeastOneAuthenticationFactor
            }
            Self::CodeSignInMustBeEnabled => ErrorCode::SignInExperienceCodeSignInMustBeEnabled,
            Self::DuplicatedSignUpIdentifiers => {
                ErrorCode::SignInExperienceDuplicatedSignUpIdentifiers
            }
            Self::EnabledConnectorNotFound(_) => {
                ErrorCode::SignInExperienceEnabledConnectorNotFound
            }
            Self::ForgotPasswordMethodRequiresConnector(_) => {
                ErrorCode::SignInExperienceForgotPasswordMethodRequiresConnector
            }
            Self::InvalidCustomEmailBlocklistFormat => {
                ErrorCode::SignInExperienceInvalidCustomEmailBlocklistFormat
            }
            Self::MissingSignUpIdentifiers => ErrorCode::SignInExperienceMissingSignUpIdentifiers,
            Self::PasswordlessRequiresVerify => {
                ErrorCode::SignInExperiencePasswordlessRequiresVerify
            }
            Self::UnsupportedDefaultLanguage => {
                ErrorCode::SignInExperienceUnsupportedDefaultLanguage
            }
            _ => ErrorCode::GuardInvalidInput,
        }
    }

    /// The kind of message that is missing, where one is.
    pub fn channel(self) -> Option<Channel> {
        match self {
            Self::EnabledConnectorNotFound(channel)
            | Self::ForgotPasswordMethodRequiresConnector(channel) => Some(channel),
            _ => None,
        }
    }
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, such as `signIn.methods[0]`.
    pub field: String,
    /// What is broken.
    pub rule: Rule,
    /// What to do about it.
    pub mend: String,
    /// Who refuses it.
    pub severity: Severity,
}

impl Finding {
    /// What to do and the rule, without the field: `say what … (sign_in_experiences.invalid_url)`.
    pub fn message(&self) -> String {
        format!("{} (sign_in_experiences.{})", self.mend, self.rule.as_str())
    }

    /// The field of the whole that it is about, such as `signIn`.
    pub fn section(&self) -> &str {
        let end = self.field.find(['.', '[']);
        end.map_or(self.field.as_str(), |end| &self.field[..end])
    }
}

/// The one sentence for it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message())
    }
}

impl SignInExperience {
    /// Every rule that these settings break, advice included, in the order of the fields.
    pub fn findings(&self, connectors: AvailableConnectors) -> Vec<Finding> {
        let mut findings = Findings::default();
        look::check(self, &mut findings);
        sign_in::check(self, connectors, &mut findings);
        sign_up::check(self, connectors, &mut findings);
        policies::check(self, connectors, &mut findings);
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests;
