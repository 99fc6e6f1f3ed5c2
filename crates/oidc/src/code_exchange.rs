//! The authorization code grant (RFC 6749 §4.1.3): a code becomes tokens, once.

use moongate_core::{Application, StoreError, Tx, UnixMillis, token_hash};

use crate::issue::{Accepted, Fresh, Redeemed, Refusal, issue_refresh_token};
use crate::token::{required, single_resource};
use crate::{Parameters, Provider, TokenError, TokenResponse, pkce};

impl Provider {
    pub(crate) async fn exchange_code(
        &self,
        application: Application,
        parameters: &Parameters,
        dpop_jkt: Option<String>,
    ) -> Result<TokenResponse, TokenError> {
        let exchange = CodeExchange {
            hash: token_hash(required(parameters, "code")?),
            redirect_uri: required(parameters, "redirect_uri")?.to_owned(),
            verifier: parameters.get("code_verifier").map(str::to_owned),
            resource: single_resource(parameters)?,
            application: application.clone(),
            dpop_jkt,
            fresh: self.fresh(),
            now: self.clock.now(),
        };
        let redeemed: Redeemed = self
            .store
            .write(move |tx| Box::pin(exchange.redeem(tx)))
            .await
            .map_err(TokenError::Store)?;
        self.respond(&application, redeemed).await
    }
}

/// The unit of work of a code exchange. The code is spent first and looked at afterwards: one that
/// was refused once is dead.
struct CodeExchange {
    hash: [u8; 32],
    redirect_uri: String,
    verifier: Option<String>,
    resource: Option<String>,
    application: Application,
    dpop_jkt: Option<String>,
    fresh: Fresh,
    now: UnixMillis,
}

impl CodeExchange {
    async fn redeem(self, tx: &mut dyn Tx) -> Result<Redeemed, StoreError> {
        let refused = |reason| Ok(Err(Refusal::Grant(reason)));
        let now = self.now;
        let Some(code) = tx.use_authorization_code(&self.hash, now).await? else {
            return refused("unknown code");
        };
        if code.used_at.is_some() {
            // Two parties hold this code: end whatever the first one got (RFC 6749 §4.1.2).
            tx.revoke_grant(&code.grant_id, now).await?;
            return refused("code was used before");
        }
        let Some(grant) = tx.grant(&code.grant_id).await? else {
            return refused("grant is gone");
        };
        if grant.application_id != self.application.id {
            return refused("code of another client");
        }
        if now >= code.expires_at || !grant.is_alive(now) {
            return refused("code has expired");
        }
        if code.redirect_uri != self.redirect_uri {
            return refused("redirect_uri differs from the request's");
        }
        match (&code.code_challenge, &self.verifier) {
            (None, None) => {}
            (Some(challenge), Some(verifier)) if pkce::proves(verifier, challenge) => {}
            (Some(_), Some(_)) => return refused("code_verifier does not match"),
            (Some(_), None) => return refused("code_verifier is missing"),
            (None, Some(_)) => return refused("code_verifier without a challenge"),
        }
        if code.dpop_jkt.is_some() && code.dpop_jkt != self.dpop_jkt {
            return refused("code is bound to another key");
        }
        let user = tx.user(&grant.user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return refused("user is gone or suspended");
        };
        let refresh_token = issue_refresh_token(
            tx,
            &self.application,
            &grant,
            self.dpop_jkt.as_deref(),
            self.fresh.refresh_token,
            now,
        )
        .await?;
        let accepted = Accepted {
            scopes: grant.scopes.clone(),
            grant,
            user,
            resource: self.resource,
            dpop_jkt: self.dpop_jkt,
        };
        accepted
            .issue(tx, self.fresh.access_token, refresh_token, now)
            .await
    }
}
