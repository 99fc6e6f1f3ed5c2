//! Everything that can go wrong in this crate, as one enum with stable codes. Messages hold no
//! token, code, secret or personal data, so that they may be logged.

/// Why the client could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Variables that `Options::from_env` needs are unset or empty; all of them are named.
    #[error("these variables are not set: {}", names.join(", "))]
    MissingVariables {
        /// The names, in the order in which the documentation lists them.
        names: Vec<&'static str>,
    },
    /// An option has a value that can't work.
    #[error("the option `{option}` {reason}")]
    InvalidOption {
        /// The option's name, as in `Options`.
        option: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The provider did not answer, answered too late, or said that it is in trouble.
    #[error("the identity provider can't be reached")]
    ProviderUnavailable,
    /// The provider answered something that is no usable discovery document or key set.
    #[error("the identity provider's configuration is not usable: {reason}")]
    InvalidProvider {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The callback belongs to no sign-in attempt of this browser: it is foreign, too old, or
    /// was finished before.
    #[error("no sign-in was in progress in this browser")]
    UnknownAttempt,
    /// The callback's parameters are not those of an authorization response
    /// (RFC 6749 §4.1.2).
    #[error("the callback's parameters are not an authorization response")]
    InvalidCallback,
    /// The callback names another issuer than the one that was asked, or none where the
    /// provider promised one (RFC 9207 §2.4).
    #[error("the callback comes from another issuer")]
    WrongIssuer,
    /// The person, or the provider in their name, said no (`access_denied`).
    #[error("the sign-in was cancelled")]
    Cancelled,
    /// The provider refused the authorization request.
    #[error("the identity provider refused the sign-in: {code}")]
    AuthorizationRefused {
        /// The `error` of RFC 6749 §4.1.2.1, at most 64 characters of `[a-z0-9_]`.
        code: String,
    },
    /// The token endpoint answered `invalid_grant`: the code or the refresh token is no longer
    /// good (RFC 6749 §5.2).
    #[error("the identity provider no longer accepts the grant")]
    GrantRefused,
    /// The token endpoint refused for another reason, or its answer can't be read.
    #[error("the token endpoint refused: {code}")]
    TokenRefused {
        /// The `error` of RFC 6749 §5.2, or `unreadable`.
        code: String,
    },
    /// The ID token did not prove who signed in (OpenID Connect Core §3.1.3.7).
    #[error("the ID token is not acceptable: {0}")]
    IdToken(IdTokenFault),
    /// The userinfo endpoint's answer is missing, unreadable or about someone else
    /// (OpenID Connect Core §5.3.4).
    #[error("the userinfo answer is not acceptable")]
    InvalidUserinfo,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The request came from another site.
    #[error("the request came from another site")]
    CrossSite,
    /// The session store failed.
    #[error("the session store failed")]
    SessionStore,
    /// A route or an extractor of this crate ran outside of `Client::layer`.
    #[error("`Client::layer` is missing around this route")]
    LayerMissing,
}

impl Error {
    /// A stable name for programs, dotted and lower case. It never changes once published.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingVariables { .. } => "options.missing_variables",
            Self::InvalidOption { .. } => "options.invalid",
            Self::ProviderUnavailable => "provider.unavailable",
            Self::InvalidProvider { .. } => "provider.invalid",
            Self::UnknownAttempt => "callback.unknown_attempt",
            Self::InvalidCallback => "callback.invalid",
            Self::WrongIssuer => "callback.wrong_issuer",
            Self::Cancelled => "callback.cancelled",
            Self::AuthorizationRefused { .. } => "callback.refused",
            Self::GrantRefused => "token.grant_refused",
            Self::TokenRefused { .. } => "token.refused",
            Self::IdToken(fault) => fault.code(),
            Self::InvalidUserinfo => "userinfo.invalid",
            Self::NotSignedIn => "session.not_signed_in",
            Self::CrossSite => "request.cross_site",
            Self::SessionStore => "session.store_failed",
            Self::LayerMissing => "setup.layer_missing",
        }
    }
}

/// Which check of the ID token failed (OpenID Connect Core §3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenFault {
    /// The token answer has none, or it is not a JWT that this crate reads.
    #[error("missing or malformed")]
    Malformed,
    /// No key of the provider's key set fits, also after the set was fetched anew.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// The signature is wrong, or its algorithm is not accepted.
    #[error("bad signature")]
    Signature,
    /// `iss` is not the provider.
    #[error("wrong issuer")]
    Issuer,
    /// `aud` or `azp` is not this application, or names others besides.
    #[error("wrong audience")]
    Audience,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `iat` lies in the future, or long before the sign-in began.
    #[error("issued at an impossible time")]
    IssuedAt,
    /// `nonce` is missing or is that of another attempt.
    #[error("wrong nonce")]
    Nonce,
    /// `at_hash` belongs to another access token.
    #[error("made for another access token")]
    AccessTokenHash,
    /// `sub` changed at a refresh (OpenID Connect Core §12.2).
    #[error("another subject")]
    Subject,
}

impl IdTokenFault {
    /// The stable name; see [`Error::code`].
    fn code(self) -> &'static str {
        match self {
            Self::Malformed => "id_token.malformed",
            Self::UnknownKey => "id_token.unknown_key",
            Self::Signature => "id_token.signature",
            Self::Issuer => "id_token.issuer",
            Self::Audience => "id_token.audience",
            Self::Expired => "id_token.expired",
            Self::IssuedAt => "id_token.issued_at",
            Self::Nonce => "id_token.nonce",
            Self::AccessTokenHash => "id_token.access_token_hash",
            Self::Subject => "id_token.subject",
        }
    }
}

/// Cuts what a provider sent as `error` down to what may be shown and logged: lower-case
/// letters, digits and underscores, at most 64 of them; `unknown` otherwise.
pub(crate) fn presentable_code(code: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if (1..=64).contains(&code.len()) && code.bytes().all(plain) {
        code.to_owned()
    } else {
        "unknown".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::presentable_code;

    #[test]
    fn only_plain_error_codes_are_shown() {
        assert_eq!(presentable_code("invalid_scope"), "invalid_scope");
        assert_eq!(presentable_code("<b>hello</b>"), "unknown");
        assert_eq!(presentable_code("call +8613800000000"), "unknown");
        assert_eq!(presentable_code(""), "unknown");
        assert_eq!(presentable_code(&"a".repeat(65)), "unknown");
    }
}
