//! Userinfo: claims about whoever an access token stands for (OpenID Connect Core §5.3).

use moongate_core::{StoreError, token_hash};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::Provider;
use crate::claims::scope_claims;

/// Why a bearer token gets no answer (RFC 6750 §3.1).
#[derive(Debug, Error)]
pub enum BearerError {
    /// 401, without an error name: nothing was presented.
    #[error("no access token provided")]
    Missing,
    /// 400: more than one way of presenting it, or a malformed one.
    #[error("malformed bearer credentials")]
    Malformed,
    /// 401.
    #[error("invalid token provided")]
    InvalidToken,
    /// 403.
    #[error("access token missing openid scope")]
    InsufficientScope,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Provider {
    /// The claims that an access token gives.
    ///
    /// # Errors
    /// [`BearerError`].
    pub async fn userinfo(&self, access_token: &str) -> Result<Map<String, Value>, BearerError> {
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let token = reader.access_token(&token_hash(access_token)).await?;
        let token = token
            .filter(|token| now < token.expires_at)
            .ok_or(BearerError::InvalidToken)?;
        let grant = reader.grant(&token.grant_id).await?;
        let grant = grant
            .filter(|grant| grant.is_alive(now))
            .ok_or(BearerError::InvalidToken)?;
        if !token.scopes.contains("openid") {
            return Err(BearerError::InsufficientScope);
        }
        let user = reader.user(&grant.user_id).await?;
        let user = user
            .filter(|user| !user.is_suspended)
            .ok_or(BearerError::InvalidToken)?;
        let mut claims = scope_claims(&user, &token.scopes);
        claims.insert("sub".into(), Value::from(user.id.as_str()));
        Ok(claims)
    }
}
