//! Token exchange (RFC 8693), as far as Logto has it: an application that may turns a token that
//! stands for a user into an access token of its own.

use moongate_core::{
    AccessToken, Application, Grant, GrantId, PersonalAccessToken, Reader, RequestedClaims, Scopes,
    SessionId, StoreError, Tx, UnixMillis, User, UserId, token_hash,
};

use crate::access_token::JwtAccessToken;
use crate::claims::SCOPES_SUPPORTED;
use crate::issue::{Refusal, UNKNOWN_RESOURCE, token_type};
use crate::token::{ACCESS_TOKEN_TTL, required, single_resource};
use crate::{OidcError, Parameters, Provider, TokenError, TokenResponse};

const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
const IMPERSONATION_TOKEN_TYPE: &str = "urn:logto:token-type:impersonation_token";
const PERSONAL_ACCESS_TOKEN_TYPE: &str = "urn:logto:token-type:personal_access_token";

/// How a subject token begins, also where an older client says that it is an access token.
const SUBJECT_TOKEN_PREFIX: &str = "sub_";

/// Whom the subject token stands for.
struct Standing {
    user: User,
    /// The session that it came from, so that the new token ends with it.
    session_id: Option<SessionId>,
    auth_time: UnixMillis,
    amr: Vec<String>,
    /// When the subject token ends, and so whatever it is exchanged for: otherwise it could be
    /// renewed for ever.
    not_after: Option<UnixMillis>,
}

impl Provider {
    pub(crate) async fn exchange_token(
        &self,
        application: Application,
        parameters: &Parameters,
        dpop_jkt: Option<String>,
    ) -> Result<TokenResponse, TokenError> {
        let refused = |refusal: Refusal| TokenError::Request(refusal.answer(&application));
        let wanted = parameters.get("requested_token_type");
        if wanted.is_some_and(|wanted| wanted != ACCESS_TOKEN_TYPE) {
            return Err(OidcError::invalid_request("unsupported requested_token_type").into());
        }
        let subject_token = required(parameters, "subject_token")?;
        let subject_token_type = required(parameters, "subject_token_type")?;
        let resource = single_resource(parameters)?;
        let asked = Scopes::from(parameters.get("scope").unwrap_or_default());
        let actor = self.actor(parameters).await?;
        // The resource first: a mistake must not spend a token that is good once.
        let resource = match resource {
            None => None,
            Some(indicator) => {
                let mut reader = self.store.read().await?;
                let found = reader.resource_by_indicator(&indicator).await?;
                Some(found.ok_or_else(|| refused(Refusal::Target(UNKNOWN_RESOURCE)))?)
            }
        };
        let standing = self
            .standing(subject_token, subject_token_type)
            .await?
            .map_err(refused)?;
        let Some(resource) = resource else {
            return self
                .opaque_exchange(&application, standing, &asked, dpop_jkt)
                .await;
        };
        let user = standing.user;
        let mut reader = self.store.read().await?;
        let held = reader.scopes_of_user(&user.id, &resource.id).await?;
        drop(reader);
        let scopes = asked.filtered(|scope| held.iter().any(|own| own == scope));
        let token = JwtAccessToken {
            resource: &resource,
            sub: user.id.as_str(),
            client_id: &application.id,
            scopes: &scopes,
            dpop_jkt: dpop_jkt.as_deref(),
            act: actor.as_ref().map(UserId::as_str),
            not_after: standing.not_after,
            now: self.clock.now(),
        };
        let access_token = self.sign_access_token(&token).await;
        Ok(TokenResponse {
            access_token: access_token.map_err(TokenError::Server)?,
            expires_in: token.expires_in(),
            id_token: None,
            issued_token_type: Some(ACCESS_TOKEN_TYPE),
            refresh_token: None,
            scope: scopes,
            token_type: token_type(dpop_jkt.as_deref()),
        })
    }

    /// A token for userinfo, under a grant of its own that ends with it.
    async fn opaque_exchange(
        &self,
        application: &Application,
        standing: Standing,
        asked: &Scopes,
        dpop_jkt: Option<String>,
    ) -> Result<TokenResponse, TokenError> {
        let now = self.clock.now();
        let entropy = self.entropy.as_ref();
        let scopes =
            asked.filtered(|scope| SCOPES_SUPPORTED.contains(&scope) && scope != "offline_access");
        let end = now.plus(ACCESS_TOKEN_TTL);
        let expires_at = standing
            .not_after
            .map_or(end, |not_after| end.min(not_after));
        let grant = Grant {
            id: GrantId::generate(entropy),
            user_id: standing.user.id,
            application_id: application.id.clone(),
            session_id: standing.session_id,
            sid: None,
            scopes: scopes.clone(),
            resources: moongate_core::ResourceScopes::new(),
            claims: RequestedClaims::default(),
            nonce: None,
            auth_time: standing.auth_time,
            amr: standing.amr,
            created_at: now,
            expires_at,
            revoked_at: None,
        };
        let plain = entropy.token();
        let row = AccessToken {
            hash: token_hash(&plain),
            grant_id: grant.id.clone(),
            scopes: scopes.clone(),
            dpop_jkt: dpop_jkt.clone(),
            created_at: now,
            expires_at: grant.expires_at,
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_grant(&grant).await?;
                    tx.insert_access_token(&row).await
                })
            })
            .await
            .map_err(TokenError::Store)?;
        Ok(TokenResponse {
            access_token: plain,
            expires_in: expires_at.since(now).as_secs(),
            id_token: None,
            issued_token_type: Some(ACCESS_TOKEN_TYPE),
            refresh_token: None,
            scope: scopes,
            token_type: token_type(dpop_jkt.as_deref()),
        })
    }

    /// Who acts for the subject (RFC 8693 §2.1): an opaque access token with `openid`.
    async fn actor(&self, parameters: &Parameters) -> Result<Option<UserId>, TokenError> {
        let Some(token) = parameters.get("actor_token") else {
            return Ok(None);
        };
        if required(parameters, "actor_token_type")? != ACCESS_TOKEN_TYPE {
            return Err(OidcError::invalid_request("unsupported actor_token_type").into());
        }
        let mut reader = self.store.read().await?;
        let found = opaque(reader.as_mut(), token, self.clock.now()).await?;
        match found {
            Some((grant, token)) if token.scopes.contains("openid") => Ok(Some(grant.user_id)),
            _ => Err(OidcError::invalid_grant().into()),
        }
    }

    /// Whom a subject token stands for. One that is good once is spent by looking.
    async fn standing(
        &self,
        token: &str,
        token_type: &str,
    ) -> Result<Result<Standing, Refusal>, TokenError> {
        let now = self.clock.now();
        let refused = |reason| Ok(Err(Refusal::Grant(reason)));
        match token_type {
            ACCESS_TOKEN_TYPE if !token.starts_with(SUBJECT_TOKEN_PREFIX) => {
                self.standing_of_access_token(token).await
            }
            ACCESS_TOKEN_TYPE | IMPERSONATION_TOKEN_TYPE => {
                let hash = token_hash(token);
                let user = self
                    .store
                    .write(move |tx| Box::pin(impersonated(tx, hash, now)))
                    .await
                    .map_err(TokenError::Store)?;
                Ok(user.map(|user| Standing::at(user, now)))
            }
            PERSONAL_ACCESS_TOKEN_TYPE => {
                let mut reader = self.store.read().await?;
                let found: Option<PersonalAccessToken> =
                    reader.personal_access_token(&token_hash(token)).await?;
                let Some(found) = found.filter(|found| !found.is_expired(now)) else {
                    return refused("unknown or expired personal access token");
                };
                let user = reader.user(&found.user_id).await?;
                match user.filter(|user| !user.is_suspended) {
                    Some(user) => Ok(Ok(Standing::at(user, now))),
                    None => refused("user is gone or suspended"),
                }
            }
            _ => Err(OidcError::invalid_request("unsupported subject_token_type").into()),
        }
    }

    /// An access token of a first-party application, opaque or for an API, that is bound to no key.
    async fn standing_of_access_token(
        &self,
        token: &str,
    ) -> Result<Result<Standing, Refusal>, TokenError> {
        let now = self.clock.now();
        let refused = |reason| Ok(Err(Refusal::Grant(reason)));
        let mut reader = self.store.read().await?;
        let (user_id, client_id, not_after, grant) = match self.verified_jwt(token) {
            Some(jws) => {
                let (Some(sub), Some(client_id)) = (jws.text("sub"), jws.text("client_id")) else {
                    return refused("access token without a subject");
                };
                if jws.claims.contains_key("cnf") {
                    return refused("access token is bound to a key");
                }
                let end = jws.seconds("exp").unwrap_or_default();
                let end = UnixMillis(end.saturating_mul(1000));
                (UserId::from(sub), client_id.into(), end, None)
            }
            None => match opaque(reader.as_mut(), token, now).await? {
                Some((grant, token)) => (
                    grant.user_id.clone(),
                    grant.application_id.clone(),
                    token.expires_at,
                    Some(grant),
                ),
                None => return refused("unknown or expired access token"),
            },
        };
        let application = reader.application(&client_id).await?;
        if application.is_none_or(|application| application.is_third_party) {
            return refused("access token of a third-party application");
        }
        let user = reader.user(&user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return refused("user is gone or suspended");
        };
        let mut standing = Standing::at(user, now);
        standing.not_after = Some(not_after);
        if let Some(grant) = grant {
            standing.session_id = grant.session_id;
            standing.auth_time = grant.auth_time;
            standing.amr = grant.amr;
        }
        Ok(Ok(standing))
    }
}

impl Standing {
    fn at(user: User, now: UnixMillis) -> Self {
        Self {
            user,
            session_id: None,
            auth_time: now,
            amr: Vec::new(),
            not_after: None,
        }
    }
}

/// An opaque bearer token that is in force, and its grant.
async fn opaque(
    reader: &mut dyn Reader,
    token: &str,
    now: UnixMillis,
) -> Result<Option<(Grant, AccessToken)>, StoreError> {
    let found = reader.access_token(&token_hash(token)).await?;
    let in_force = |token: &AccessToken| now < token.expires_at && token.dpop_jkt.is_none();
    let Some(found) = found.filter(in_force) else {
        return Ok(None);
    };
    let grant = reader.grant(&found.grant_id).await?;
    let grant = grant.filter(|grant| grant.is_alive(now));
    Ok(grant.map(|grant| (grant, found)))
}

/// The unit of work that spends a subject token.
async fn impersonated(
    tx: &mut dyn Tx,
    hash: [u8; 32],
    now: UnixMillis,
) -> Result<Result<User, Refusal>, StoreError> {
    let refused = |reason| Ok(Err(Refusal::Grant(reason)));
    let Some(token) = tx.consume_subject_token(&hash, now).await? else {
        return refused("unknown subject token");
    };
    if token.consumed_at.is_some() || now >= token.expires_at {
        return refused("subject token was used before or has expired");
    }
    let user = tx.user(&token.user_id).await?;
    match user.filter(|user| !user.is_suspended) {
        Some(user) => Ok(Ok(user)),
        None => refused("user is gone or suspended"),
    }
}
