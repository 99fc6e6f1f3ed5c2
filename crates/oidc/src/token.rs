//! The token endpoint: a code is exchanged for tokens.

use std::time::Duration;

use moongate_core::{
    AccessToken, Application, ApplicationType, Grant, RefreshToken, Scopes, StoreError, Tx,
    UnixMillis, User, token_hash,
};
use serde::Serialize;
use thiserror::Error;

use crate::{OidcError, Parameters, Provider, pkce};

/// How long an access token lives: 3600 s.
pub(crate) const ACCESS_TOKEN_TTL: Duration = Duration::from_hours(1);

const DEFAULT_REFRESH_TOKEN_DAYS: u32 = 14;

/// What came to the token endpoint.
#[derive(Debug)]
pub struct TokenRequest<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The form.
    pub parameters: &'a Parameters,
}

/// A successful answer (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    scope: Scopes,
    token_type: &'static str,
}

/// Why no tokens are given.
#[derive(Debug, Error)]
pub enum TokenError {
    /// 400.
    #[error(transparent)]
    Request(OidcError),
    /// 401: the client is not who it says.
    #[error("{error}")]
    Client {
        /// The error.
        error: OidcError,
        /// Whether it used HTTP Basic, and so gets a challenge back (RFC 6749 §5.2).
        challenge: bool,
    },
    /// 500: a fault of ours.
    #[error(transparent)]
    Server(OidcError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OidcError> for TokenError {
    fn from(error: OidcError) -> Self {
        Self::Request(error)
    }
}

/// Tokens that a unit of work recorded and whose plain values go to the client.
pub(crate) struct Issued {
    pub(crate) grant: Grant,
    pub(crate) user: User,
    pub(crate) scopes: Scopes,
    pub(crate) refresh_token: Option<String>,
}

/// What a unit of work answers: a refusal commits what led to it.
pub(crate) type Redeemed = Result<Issued, &'static str>;

impl Provider {
    /// Answers a token request.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn token(&self, request: TokenRequest<'_>) -> Result<TokenResponse, TokenError> {
        let application = self.caller(&request).await?;
        let parameters = request.parameters;
        let grant_type = required(parameters, "grant_type")?;
        if parameters.get("resource").is_some() {
            return Err(OidcError::new(
                "invalid_target",
                "resource indicator is missing, or unknown",
            )
            .into());
        }
        match grant_type {
            "authorization_code" => self.exchange_code(application, parameters).await,
            "refresh_token" => self.refresh(application, parameters).await,
            _ => Err(
                OidcError::new("unsupported_grant_type", "unsupported grant_type requested").into(),
            ),
        }
    }

    /// The client of a well-formed request to this or a neighbouring endpoint.
    pub(crate) async fn caller(
        &self,
        request: &TokenRequest<'_>,
    ) -> Result<Application, TokenError> {
        let parameters = request.parameters;
        if parameters.has_nul() {
            return Err(OidcError::invalid_request(
                "null bytes are not allowed in the request body",
            )
            .into());
        }
        if let Some(name) = parameters.duplicate() {
            return Err(OidcError::invalid_request(format!(
                "'{name}' parameter must not be provided twice"
            ))
            .into());
        }
        self.authenticate_client(request.authorization, parameters)
            .await
    }

    async fn exchange_code(
        &self,
        application: Application,
        parameters: &Parameters,
    ) -> Result<TokenResponse, TokenError> {
        let exchange = CodeExchange {
            hash: token_hash(required(parameters, "code")?),
            redirect_uri: required(parameters, "redirect_uri")?.to_owned(),
            verifier: parameters.get("code_verifier").map(str::to_owned),
            application: application.clone(),
            access_token: self.entropy.token(),
            refresh_token: self.entropy.token(),
            now: self.clock.now(),
        };
        let access_token = exchange.access_token.clone();
        let redeemed: Redeemed = self
            .store
            .write(move |tx| Box::pin(exchange.redeem(tx)))
            .await
            .map_err(TokenError::Store)?;
        self.respond(&application, redeemed, access_token).await
    }

    /// Turns what was recorded into the answer; a refusal always reads the same.
    pub(crate) async fn respond(
        &self,
        application: &Application,
        redeemed: Redeemed,
        access_token: String,
    ) -> Result<TokenResponse, TokenError> {
        let issued = redeemed.map_err(|reason| {
            tracing::info!(application = %application.id, reason, "a grant was refused");
            OidcError::invalid_grant()
        })?;
        let now = self.clock.now();
        let id_token = if issued.scopes.contains("openid") {
            let token = self
                .id_token(
                    application,
                    &issued.grant,
                    &issued.user,
                    &issued.scopes,
                    &access_token,
                    now,
                )
                .await;
            Some(token.map_err(TokenError::Server)?)
        } else {
            None
        };
        Ok(TokenResponse {
            access_token,
            expires_in: ACCESS_TOKEN_TTL.as_secs(),
            id_token,
            refresh_token: issued.refresh_token,
            scope: issued.scopes,
            token_type: "Bearer",
        })
    }
}

pub(crate) fn required<'a>(
    parameters: &'a Parameters,
    name: &'static str,
) -> Result<&'a str, OidcError> {
    parameters
        .get(name)
        .ok_or_else(|| OidcError::invalid_request(format!("missing required parameter '{name}'")))
}

/// When a refresh token that is issued now ends.
pub(crate) fn refresh_token_end(
    application: &Application,
    grant: &Grant,
    now: UnixMillis,
) -> UnixMillis {
    let days = application
        .custom_client_metadata
        .refresh_token_ttl_in_days
        .unwrap_or(DEFAULT_REFRESH_TOKEN_DAYS);
    let end = now.plus(Duration::from_hours(u64::from(days) * 24));
    end.min(grant.expires_at)
}

/// The unit of work of a code exchange. The code is spent first and looked at afterwards: one that
/// was refused once is dead.
struct CodeExchange {
    hash: [u8; 32],
    redirect_uri: String,
    verifier: Option<String>,
    application: Application,
    access_token: String,
    refresh_token: String,
    now: UnixMillis,
}

impl CodeExchange {
    async fn redeem(self, tx: &mut dyn Tx) -> Result<Redeemed, StoreError> {
        let now = self.now;
        let Some(code) = tx.use_authorization_code(&self.hash, now).await? else {
            return Ok(Err("unknown code"));
        };
        if code.used_at.is_some() {
            // Two parties hold this code: end whatever the first one got (RFC 6749 §4.1.2).
            tx.revoke_grant(&code.grant_id, now).await?;
            return Ok(Err("code was used before"));
        }
        let Some(grant) = tx.grant(&code.grant_id).await? else {
            return Ok(Err("grant is gone"));
        };
        if grant.application_id != self.application.id {
            return Ok(Err("code of another client"));
        }
        if now >= code.expires_at || !grant.is_alive(now) {
            return Ok(Err("code has expired"));
        }
        if code.redirect_uri != self.redirect_uri {
            return Ok(Err("redirect_uri differs from the request's"));
        }
        match (&code.code_challenge, &self.verifier) {
            (None, None) => {}
            (Some(challenge), Some(verifier)) if pkce::proves(verifier, challenge) => {}
            (Some(_), Some(_)) => return Ok(Err("code_verifier does not match")),
            (Some(_), None) => return Ok(Err("code_verifier is missing")),
            (None, Some(_)) => return Ok(Err("code_verifier without a challenge")),
        }
        let user = tx.user(&grant.user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return Ok(Err("user is gone or suspended"));
        };
        let access_token = AccessToken {
            hash: token_hash(&self.access_token),
            grant_id: grant.id.clone(),
            scopes: grant.scopes.clone(),
            dpop_jkt: None,
            created_at: now,
            expires_at: now.plus(ACCESS_TOKEN_TTL),
        };
        tx.insert_access_token(&access_token).await?;
        let refresh_token = if may_refresh(&self.application, &grant) {
            tx.insert_refresh_token(&RefreshToken {
                hash: token_hash(&self.refresh_token),
                grant_id: grant.id.clone(),
                scopes: grant.scopes.clone(),
                dpop_jkt: None,
                created_at: now,
                expires_at: refresh_token_end(&self.application, &grant, now),
                consumed_at: None,
            })
            .await?;
            Some(self.refresh_token)
        } else {
            None
        };
        Ok(Ok(Issued {
            scopes: grant.scopes.clone(),
            grant,
            user,
            refresh_token,
        }))
    }
}

/// With `offline_access`, or where a web application always gets one (Logto's setting).
fn may_refresh(application: &Application, grant: &Grant) -> bool {
    let always = application
        .custom_client_metadata
        .always_issue_refresh_token
        == Some(true)
        && application.kind != ApplicationType::Native;
    grant.scopes.contains("offline_access") || always
}
