//! Refresh tokens: exchanged, rotated, and ended when one is used twice.
//!
//! Public clients rotate at each use, confidential ones after 70 % of the token's life; a token
//! that was exchanged a moment ago is still good for 3 s, since parallel requests of one client
//! are no theft. Later it is: the whole grant ends (RFC 9700 §4.14.2).

use std::time::Duration;

use moongate_core::{
    AccessToken, Application, ApplicationType, Grant, RefreshToken, Scopes, StoreError, Tx,
    UnixMillis, token_hash,
};

use crate::token::{ACCESS_TOKEN_TTL, Issued, Redeemed, refresh_token_end, required};
use crate::{OidcError, Parameters, Provider, TokenError, TokenResponse};

/// How long an exchanged token is still good.
const GRACE: Duration = Duration::from_secs(3);

impl Provider {
    pub(crate) async fn refresh(
        &self,
        application: Application,
        parameters: &Parameters,
    ) -> Result<TokenResponse, TokenError> {
        let presented = required(parameters, "refresh_token")?.to_owned();
        let refresh = Refresh {
            presented,
            wanted: parameters.get("scope").map(Scopes::from),
            application: application.clone(),
            access_token: self.entropy.token(),
            successor: self.entropy.token(),
            now: self.clock.now(),
        };
        let access_token = refresh.access_token.clone();
        let refreshed: Refreshed = self
            .store
            .write(move |tx| Box::pin(refresh.run(tx)))
            .await
            .map_err(TokenError::Store)?;
        match refreshed {
            Refreshed::Redeemed(redeemed) => {
                self.respond(&application, *redeemed, access_token).await
            }
            Refreshed::ScopeNotGranted(scope) => Err(OidcError::new(
                "invalid_scope",
                format!("refresh token missing requested scope: {scope}"),
            )
            .into()),
        }
    }
}

enum Refreshed {
    Redeemed(Box<Redeemed>),
    ScopeNotGranted(String),
}

/// The unit of work of a refresh.
struct Refresh {
    presented: String,
    wanted: Option<Scopes>,
    application: Application,
    access_token: String,
    successor: String,
    now: UnixMillis,
}

impl Refresh {
    async fn run(self, tx: &mut dyn Tx) -> Result<Refreshed, StoreError> {
        let refused = |reason| Ok(Refreshed::Redeemed(Box::new(Err(reason))));
        let now = self.now;
        let hash = token_hash(&self.presented);
        let Some(token) = tx.refresh_token(&hash).await? else {
            return refused("unknown refresh token");
        };
        let Some(grant) = tx.grant(&token.grant_id).await? else {
            return refused("grant is gone");
        };
        if grant.application_id != self.application.id {
            return refused("refresh token of another client");
        }
        if !grant.is_alive(now) || now >= token.expires_at {
            return refused("refresh token has expired or its grant was revoked");
        }
        if is_stale(&token, now) {
            tx.revoke_grant(&grant.id, now).await?;
            return refused("refresh token was used before");
        }
        let user = tx.user(&grant.user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return refused("user is gone or suspended");
        };
        let scopes = self.wanted.clone().unwrap_or_else(|| token.scopes.clone());
        if let Some(scope) = scopes.first_outside(&token.scopes) {
            return Ok(Refreshed::ScopeNotGranted(scope.to_owned()));
        }
        let refresh_token = if self.rotates(&token) {
            // Of parallel requests one consumes it; the others are within the grace.
            let before = tx.consume_refresh_token(&hash, now).await?;
            if before.is_none_or(|before| is_stale(&before, now)) {
                tx.revoke_grant(&grant.id, now).await?;
                return refused("refresh token was used before");
            }
            tx.insert_refresh_token(&self.successor_of(&token, &grant))
                .await?;
            self.successor
        } else {
            self.presented
        };
        tx.insert_access_token(&AccessToken {
            hash: token_hash(&self.access_token),
            grant_id: grant.id.clone(),
            scopes: scopes.clone(),
            dpop_jkt: None,
            created_at: now,
            expires_at: now.plus(ACCESS_TOKEN_TTL),
        })
        .await?;
        Ok(Refreshed::Redeemed(Box::new(Ok(Issued {
            grant,
            user,
            scopes,
            refresh_token: Some(refresh_token),
        }))))
    }

    fn rotates(&self, token: &RefreshToken) -> bool {
        if self.application.custom_client_metadata.rotate_refresh_token == Some(false) {
            return false;
        }
        let lifetime = token.expires_at.since(token.created_at);
        let age = self.now.since(token.created_at);
        self.application.kind.is_public() || age >= lifetime.mul_f64(0.7)
    }

    /// A browser application's tokens keep the first one's end, so that a stolen one can't be
    /// kept alive for ever.
    fn successor_of(&self, token: &RefreshToken, grant: &Grant) -> RefreshToken {
        let expires_at = match self.application.kind {
            ApplicationType::Spa => token.expires_at,
            _ => refresh_token_end(&self.application, grant, self.now),
        };
        RefreshToken {
            hash: token_hash(&self.successor),
            grant_id: grant.id.clone(),
            scopes: token.scopes.clone(),
            dpop_jkt: token.dpop_jkt.clone(),
            created_at: self.now,
            expires_at,
            consumed_at: None,
        }
    }
}

fn is_stale(token: &RefreshToken, now: UnixMillis) -> bool {
    token
        .consumed_at
        .is_some_and(|consumed_at| now.since(consumed_at) > GRACE)
}
