//! Userinfo: claims about whoever an access token stands for (OpenID Connect Core §5.3).

use moongate_core::{ApplicationId, StoreError, token_hash};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::Provider;
use crate::claims::{Place, user_claims};
use crate::dpop::DpopError;

/// Why an access token gets no answer (RFC 6750 §3.1, RFC 9449 §7.1).
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
    /// 401: the proof of possession is not right.
    #[error("{0}")]
    InvalidProof(&'static str),
    /// 403.
    #[error("access token missing openid scope")]
    InsufficientScope,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DpopError> for BearerError {
    fn from(error: DpopError) -> Self {
        match error {
            DpopError::Invalid(description) => Self::InvalidProof(description),
            DpopError::Store(error) => Self::Store(error),
        }
    }
}

/// How an access token is presented.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The token.
    pub token: &'a str,
    /// The proof of possession that came with `Authorization: DPoP`, and the request's method.
    /// `None` for a bearer token.
    pub dpop: Option<(&'a str, &'a str)>,
}

/// What userinfo answers.
#[derive(Debug, Clone)]
pub struct UserInfo {
    /// The claims.
    pub claims: Map<String, Value>,
    /// Whom they are told.
    pub application_id: ApplicationId,
}

impl Provider {
    /// The claims that an access token gives.
    ///
    /// # Errors
    /// [`BearerError`].
    pub async fn userinfo(&self, presented: Presented<'_>) -> Result<UserInfo, BearerError> {
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let token = reader.access_token(&token_hash(presented.token)).await?;
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
        let roles = if token.scopes.contains("roles") {
            reader.role_names_of_user(&user.id).await?
        } else {
            Vec::new()
        };
        drop(reader);
        self.check_possession(presented, token.dpop_jkt.as_deref())
            .await?;
        let asked = &grant.claims.userinfo;
        let mut claims = user_claims(&user, &roles, &token.scopes, asked, Place::Userinfo);
        claims.insert("sub".into(), Value::from(user.id.as_str()));
        Ok(UserInfo {
            claims,
            application_id: grant.application_id,
        })
    }

    /// A token that is bound to a key is good with a proof of that key alone, and any other as a
    /// bearer token alone (RFC 9449 §7.1, §7.2).
    async fn check_possession(
        &self,
        presented: Presented<'_>,
        jkt: Option<&str>,
    ) -> Result<(), BearerError> {
        match (presented.dpop, jkt) {
            (None, None) => Ok(()),
            (None, Some(_)) | (Some(_), None) => Err(BearerError::InvalidToken),
            (Some((proof, method)), Some(jkt)) => {
                let url = format!("{}/me", self.issuer);
                let proven = self
                    .proven_key(proof, method, &url, Some(presented.token))
                    .await?;
                if proven == jkt {
                    Ok(())
                } else {
                    Err(BearerError::InvalidToken)
                }
            }
        }
    }
}
