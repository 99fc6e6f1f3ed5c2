//! Token introspection (RFC 7662): a confidential client asks about a token of its own.

use moongate_core::{AccessToken, Grant, RefreshToken, StoreError, UnixMillis, token_hash};
use serde_json::{Value, json};

use crate::access_token::is_structured;
use crate::issue::token_type;
use crate::token::required;
use crate::{OidcError, Provider, TokenError, TokenRequest};

/// A token that works, and what it came from.
struct Presented {
    grant: Grant,
    token: AccessToken,
    is_access_token: bool,
}

impl Provider {
    /// What a token is good for. One that is unknown, over, or another client's is not active, and
    /// no more is said of it (RFC 7662 §2.2, §4).
    ///
    /// # Errors
    /// [`TokenError`]; a public client can't prove who asks and is refused.
    pub async fn introspect(&self, request: TokenRequest<'_>) -> Result<Value, TokenError> {
        let application = self.caller(&request).await?;
        if application.kind.is_public() {
            return Err(TokenError::Client {
                error: OidcError::new("invalid_client", "client authentication is required"),
                challenge: false,
            });
        }
        let token = required(request.parameters, "token")?;
        if is_structured(token) {
            let description =
                "Structured JWT Tokens cannot be introspected via the introspection_endpoint";
            return Err(OidcError::new("unsupported_token_type", description).into());
        }
        let now = self.clock.now();
        let presented = self.presented(token, now).await?;
        let own = presented.filter(|found| found.grant.application_id == application.id);
        let Some(found) = own else {
            return Ok(json!({ "active": false }));
        };
        let mut answer = json!({
            "active": true,
            "sub": found.grant.user_id.as_str(),
            "client_id": found.grant.application_id.as_str(),
            "exp": found.token.expires_at.seconds(),
            "iat": found.token.created_at.seconds(),
            "iss": self.issuer,
            "scope": found.token.scopes.to_string(),
        });
        if found.is_access_token {
            answer["token_type"] = json!(token_type(found.token.dpop_jkt.as_deref()));
        }
        if let Some(jkt) = &found.token.dpop_jkt {
            // RFC 9449 §6.2.
            answer["cnf"] = json!({ "jkt": jkt });
        }
        Ok(answer)
    }

    /// A token that works at `now`.
    async fn presented(
        &self,
        token: &str,
        now: UnixMillis,
    ) -> Result<Option<Presented>, StoreError> {
        let hash = token_hash(token);
        let mut reader = self.store.read().await?;
        let access = reader.access_token(&hash).await?;
        let (token, is_access_token) = match access {
            Some(token) => (token, true),
            None => match reader.refresh_token(&hash).await? {
                Some(token) if token.consumed_at.is_none() => (like_access_token(token), false),
                _ => return Ok(None),
            },
        };
        let Some(grant) = reader.grant(&token.grant_id).await? else {
            return Ok(None);
        };
        let user = reader.user(&grant.user_id).await?;
        let works = now < token.expires_at
            && grant.is_alive(now)
            && user.is_some_and(|user| !user.is_suspended);
        Ok(works.then_some(Presented {
            grant,
            token,
            is_access_token,
        }))
    }
}

/// A refresh token by the fields that it shares with an access token.
fn like_access_token(token: RefreshToken) -> AccessToken {
    AccessToken {
        hash: token.hash,
        grant_id: token.grant_id,
        scopes: token.scopes,
        dpop_jkt: token.dpop_jkt,
        created_at: token.created_at,
        expires_at: token.expires_at,
    }
}
