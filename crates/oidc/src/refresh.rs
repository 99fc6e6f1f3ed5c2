//! Refresh tokens: exchanged, rotated, and ended when one is used twice.
//!
//! Public clients rotate at each use, confidential ones after 70 % of the token's life; a token
//! that was exchanged a moment ago is still good for 3 s, since parallel requests of one client
//! are no theft. Later it is: the whole grant ends (RFC 9700 §4.14.2).

use std::time::Duration;

use moongate_core::{
    Application, ApplicationType, Grant, RefreshToken, Scopes, StoreError, Tx, UnixMillis,
    token_hash,
};

use crate::issue::{Accepted, Fresh, Redeemed, Refusal, refresh_token_end};
use crate::token::{required, single_resource};
use crate::{Parameters, Provider, TokenError, TokenResponse};

/// How long an exchanged token is still good.
const GRACE: Duration = Duration::from_secs(3);

impl Provider {
    pub(crate) async fn refresh(
        &self,
        application: Application,
        parameters: &Parameters,
        dpop_jkt: Option<String>,
    ) -> Result<TokenResponse, TokenError> {
        let refresh = Refresh {
            presented: required(parameters, "refresh_token")?.to_owned(),
            wanted: parameters.get("scope").map(Scopes::from),
            resource: single_resource(parameters)?,
            application: application.clone(),
            dpop_jkt,
            fresh: self.fresh(),
            now: self.clock.now(),
        };
        let redeemed: Redeemed = self
            .store
            .write(move |tx| Box::pin(refresh.run(tx)))
            .await
            .map_err(TokenError::Store)?;
        self.respond(&application, redeemed).await
    }
}

/// The unit of work of a refresh.
struct Refresh {
    presented: String,
    wanted: Option<Scopes>,
    resource: Option<String>,
    application: Application,
    dpop_jkt: Option<String>,
    fresh: Fresh,
    now: UnixMillis,
}

impl Refresh {
    async fn run(self, tx: &mut dyn Tx) -> Result<Redeemed, StoreError> {
        let refused = |reason| Ok(Err(Refusal::Grant(reason)));
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
        if token.dpop_jkt.is_some() && token.dpop_jkt != self.dpop_jkt {
            return refused("refresh token is bound to another key");
        }
        let user = tx.user(&grant.user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return refused("user is gone or suspended");
        };
        if !session_lasts(tx, &grant, now).await? {
            return refused("the session is over, and access does not outlast it");
        }
        let scopes = self.wanted.clone().unwrap_or_else(|| token.scopes.clone());
        if let Some(scope) = scopes.first_outside(&token.scopes) {
            return Ok(Err(Refusal::Scope(scope.to_owned())));
        }
        let accepted = Accepted {
            scopes,
            grant: grant.clone(),
            user,
            resource: self.resource.clone(),
            dpop_jkt: self.dpop_jkt.clone(),
        };
        let access_token = self.fresh.access_token.clone();
        // Before the token is spent: a refusal leaves it as it was.
        let mut issued = match accepted.issue(tx, access_token, None, now).await? {
            Ok(issued) => issued,
            refusal => return Ok(refusal),
        };
        issued.refresh_token = Some(if self.rotates(&token) {
            // Of parallel requests one consumes it; the others are within the grace.
            let before = tx.consume_refresh_token(&hash, now).await?;
            if before.is_none_or(|before| is_stale(&before, now)) {
                tx.revoke_grant(&grant.id, now).await?;
                return refused("refresh token was used before");
            }
            tx.insert_refresh_token(&self.successor_of(&token, &grant))
                .await?;
            self.fresh.refresh_token
        } else {
            self.presented
        });
        Ok(Ok(issued))
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
            hash: token_hash(&self.fresh.refresh_token),
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

/// Without `offline_access`, a grant ends with the browser session that it came from (OpenID Connect
/// Core §11), also when that merely expired.
async fn session_lasts(
    tx: &mut dyn Tx,
    grant: &Grant,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let Some(id) = grant.session_id.as_ref() else {
        return Ok(true);
    };
    if grant.scopes.contains("offline_access") {
        return Ok(true);
    }
    let session = tx.session(id).await?;
    Ok(session.is_some_and(|session| !session.is_expired(now)))
}
