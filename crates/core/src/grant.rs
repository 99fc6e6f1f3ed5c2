//! What a user allowed an application, and the credentials issued from it.
//!
//! Credentials are random 256-bit values; the store keeps their SHA-256 alone. Each authorization
//! makes a grant of its own, so that revoking one (a replayed code, a reused refresh token) ends
//! all that was issued from it and nothing else.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::{ApplicationId, GrantId, RequestedClaims, Scopes, SessionId, UnixMillis, UserId};

/// Scopes by the indicator of the API resource that they belong to.
pub type ResourceScopes = BTreeMap<String, Scopes>;

/// SHA-256 of a bearer value, as the store keeps it.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// One authorization of one user for one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The row's identifier.
    pub id: GrantId,
    /// Who allowed it.
    pub user_id: UserId,
    /// Whom.
    pub application_id: ApplicationId,
    /// The browser session it came from, if it came from one.
    pub session_id: Option<SessionId>,
    /// The claim `sid`: that session as this application knows it.
    pub sid: Option<String>,
    /// What was allowed: scopes about the user, and the names of those of `resources`.
    pub scopes: Scopes,
    /// The API resources that were asked for, with those of their scopes that were allowed. A
    /// token gets those of them that the user's roles have at that moment.
    pub resources: ResourceScopes,
    /// Single claims that were asked for (OpenID Connect Core §5.5).
    pub claims: RequestedClaims,
    /// The request's nonce, repeated in each ID token of the code exchange.
    pub nonce: Option<String>,
    /// The claim `auth_time`.
    pub auth_time: UnixMillis,
    /// The claim `amr`.
    pub amr: Vec<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends: 180 days later.
    pub expires_at: UnixMillis,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}

impl Grant {
    /// Whether credentials of this grant work at `now`.
    pub fn is_alive(&self, now: UnixMillis) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// An authorization code (RFC 6749 §4.1.2): 60 seconds, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// SHA-256 of the code.
    pub hash: [u8; 32],
    /// What it stands for.
    pub grant_id: GrantId,
    /// The redirect URI it was sent to; the exchange must name the same.
    pub redirect_uri: String,
    /// The PKCE challenge, if the request had one.
    pub code_challenge: Option<String>,
    /// The thumbprint of the key that must prove possession (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: UnixMillis,
    /// When it was presented, rightly or wrongly.
    pub used_at: Option<UnixMillis>,
}

/// An opaque access token, good for userinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// What it was issued from.
    pub grant_id: GrantId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The thumbprint of the key that it is bound to (RFC 9449 §6), base64url without padding.
    pub dpop_jkt: Option<String>,
    /// When it was issued.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: UnixMillis,
}

/// A refresh token (RFC 6749 §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// What it was issued from.
    pub grant_id: GrantId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The thumbprint of the key that a public client's token is bound to (RFC 9449 §5).
    pub dpop_jkt: Option<String>,
    /// When this token was issued.
    pub created_at: UnixMillis,
    /// From when on it is refused.
    pub expires_at: UnixMillis,
    /// When it was exchanged for its successor.
    pub consumed_at: Option<UnixMillis>,
}
