//! Making tokens once a grant accepted a credential: what the access token is for, what it may do,
//! and what goes with it.

use std::time::Duration;

use moongate_core::{
    AccessToken, Application, ApplicationType, Grant, RefreshToken, Resource, Scopes, StoreError,
    Tx, UnixMillis, User, token_hash,
};

use crate::access_token::JwtAccessToken;
use crate::claims::SCOPES_SUPPORTED;
use crate::token::ACCESS_TOKEN_TTL;
use crate::{OidcError, Provider, TokenError, TokenResponse};

const DEFAULT_REFRESH_TOKEN_DAYS: u32 = 14;

/// Why a unit of work gives no tokens. What led to it is committed all the same.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// `invalid_grant`; the reason is logged and never sent.
    Grant(&'static str),
    /// `invalid_scope`, naming the offender.
    Scope(String),
    /// `invalid_target` (RFC 8707 §2).
    Target(&'static str),
    /// Another registered error, with its description.
    Named(&'static str, &'static str),
}

impl Refusal {
    /// The answer to the client.
    pub(crate) fn answer(self, application: &Application) -> OidcError {
        match self {
            Self::Grant(reason) => {
                tracing::info!(application = %application.id, reason, "a grant was refused");
                OidcError::invalid_grant()
            }
            Self::Scope(scope) => OidcError::new(
                "invalid_scope",
                format!("refresh token missing requested scope: {scope}"),
            ),
            Self::Target(description) => OidcError::new("invalid_target", description),
            Self::Named(error, description) => OidcError::new(error, description),
        }
    }
}

/// A resource that a request names and that is not there, or not allowed.
pub(crate) const UNKNOWN_RESOURCE: &str = "resource indicator is missing, or unknown";

/// What a credential stands for, once it is accepted.
pub(crate) struct Accepted {
    pub(crate) grant: Grant,
    pub(crate) user: User,
    /// What is asked for now: never more than the credential has.
    pub(crate) scopes: Scopes,
    /// The API resource that the access token is for, as the request names it.
    pub(crate) resource: Option<String>,
    /// The key that the tokens are bound to.
    pub(crate) dpop_jkt: Option<String>,
}

/// Plain values that tokens get if they are needed, drawn before the unit of work.
pub(crate) struct Fresh {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

/// What the access token is.
pub(crate) enum Access {
    /// Opaque, for userinfo; recorded.
    Opaque { token: String, scopes: Scopes },
    /// A JWT for an API, yet to be signed.
    Jwt { resource: Resource, scopes: Scopes },
}

/// What a unit of work decided and recorded.
pub(crate) struct Issued {
    pub(crate) grant: Grant,
    pub(crate) user: User,
    /// The names of the user's roles, where the scopes ask for them.
    pub(crate) roles: Vec<String>,
    /// What the ID token speaks of.
    pub(crate) scopes: Scopes,
    pub(crate) access: Access,
    pub(crate) refresh_token: Option<String>,
    pub(crate) dpop_jkt: Option<String>,
}

/// What a unit of work answers.
pub(crate) type Redeemed = Result<Issued, Refusal>;

impl Accepted {
    /// Decides what the access token is, and records it if it is opaque.
    pub(crate) async fn issue(
        self,
        tx: &mut dyn Tx,
        access_token: String,
        refresh_token: Option<String>,
        now: UnixMillis,
    ) -> Result<Redeemed, StoreError> {
        let indicator = match self.target() {
            Ok(indicator) => indicator,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let access = match indicator {
            None => {
                let scopes = self.scopes.filtered(|it| SCOPES_SUPPORTED.contains(&it));
                tx.insert_access_token(&AccessToken {
                    hash: token_hash(&access_token),
                    grant_id: self.grant.id.clone(),
                    scopes: scopes.clone(),
                    dpop_jkt: self.dpop_jkt.clone(),
                    created_at: now,
                    expires_at: now.plus(ACCESS_TOKEN_TTL),
                })
                .await?;
                Access::Opaque {
                    token: access_token,
                    scopes,
                }
            }
            Some(indicator) => {
                let Some(resource) = tx.resource_by_indicator(&indicator).await? else {
                    return Ok(Err(Refusal::Target(UNKNOWN_RESOURCE)));
                };
                let held = tx.scopes_of_user(&self.user.id, &resource.id).await?;
                let allowed = self.grant.resources.get(&indicator).cloned();
                let scopes = allowed.unwrap_or_default().filtered(|scope| {
                    self.scopes.contains(scope) && held.iter().any(|own| own == scope)
                });
                Access::Jwt { resource, scopes }
            }
        };
        let roles = if self.scopes.contains("roles") {
            tx.role_names_of_user(&self.user.id).await?
        } else {
            Vec::new()
        };
        Ok(Ok(Issued {
            roles,
            grant: self.grant,
            user: self.user,
            scopes: self.scopes,
            access,
            refresh_token,
            dpop_jkt: self.dpop_jkt,
        }))
    }

    /// The resource that the access token is for; `None` for userinfo, which anything with
    /// `openid` means that names no resource.
    fn target(&self) -> Result<Option<String>, Refusal> {
        let granted = &self.grant.resources;
        match &self.resource {
            Some(named) if granted.contains_key(named) => Ok(Some(named.clone())),
            Some(_) => Err(Refusal::Target(UNKNOWN_RESOURCE)),
            None if granted.is_empty() || self.scopes.contains("openid") => Ok(None),
            None if granted.len() == 1 => Ok(granted.keys().next().cloned()),
            None => Err(Refusal::Target(
                "several resources were granted; name the one that the token is for",
            )),
        }
    }
}

impl Provider {
    /// Values for tokens, drawn before a unit of work.
    pub(crate) fn fresh(&self) -> Fresh {
        Fresh {
            access_token: self.entropy.token(),
            refresh_token: self.entropy.token(),
        }
    }

    /// Turns what was recorded into the answer.
    pub(crate) async fn respond(
        &self,
        application: &Application,
        redeemed: Redeemed,
    ) -> Result<TokenResponse, TokenError> {
        let issued = redeemed.map_err(|refusal| refusal.answer(application))?;
        let now = self.clock.now();
        let (access_token, expires_in, scope) = match issued.access {
            Access::Opaque { token, scopes } => (token, ACCESS_TOKEN_TTL.as_secs(), scopes),
            Access::Jwt { resource, scopes } => {
                let token = self
                    .sign_access_token(&JwtAccessToken {
                        resource: &resource,
                        sub: issued.user.id.as_str(),
                        client_id: &application.id,
                        scopes: &scopes,
                        dpop_jkt: issued.dpop_jkt.as_deref(),
                        act: None,
                        not_after: None,
                        now,
                    })
                    .await
                    .map_err(TokenError::Server)?;
                (token, u64::from(resource.access_token_ttl), scopes)
            }
        };
        let id_token = if issued.scopes.contains("openid") {
            let subject = crate::id_token::Subject {
                grant: &issued.grant,
                user: &issued.user,
                roles: &issued.roles,
                scopes: &issued.scopes,
            };
            let token = self
                .id_token(application, &subject, &access_token, now)
                .await;
            Some(token.map_err(TokenError::Server)?)
        } else {
            None
        };
        Ok(TokenResponse {
            access_token,
            expires_in,
            id_token,
            issued_token_type: None,
            refresh_token: issued.refresh_token,
            scope,
            token_type: token_type(issued.dpop_jkt.as_deref()),
        })
    }
}

/// `DPoP` for a token that is bound to a key (RFC 9449 §5).
pub(crate) fn token_type(dpop_jkt: Option<&str>) -> &'static str {
    if dpop_jkt.is_some() { "DPoP" } else { "Bearer" }
}

/// Records the refresh token of a new grant, if it gets one: with `offline_access`, or where a web
/// application always does (Logto's setting). Gives its plain value.
pub(crate) async fn issue_refresh_token(
    tx: &mut dyn Tx,
    application: &Application,
    grant: &Grant,
    dpop_jkt: Option<&str>,
    plain: String,
    now: UnixMillis,
) -> Result<Option<String>, StoreError> {
    let always = application
        .custom_client_metadata
        .always_issue_refresh_token
        == Some(true)
        && application.kind != ApplicationType::Native;
    if !grant.scopes.contains("offline_access") && !always {
        return Ok(None);
    }
    // A confidential client proves itself at each refresh; a public one has its key alone.
    let dpop_jkt = dpop_jkt.filter(|_| application.kind.is_public());
    tx.insert_refresh_token(&RefreshToken {
        hash: token_hash(&plain),
        grant_id: grant.id.clone(),
        scopes: grant.scopes.clone(),
        dpop_jkt: dpop_jkt.map(str::to_owned),
        created_at: now,
        expires_at: refresh_token_end(application, grant, now),
        consumed_at: None,
    })
    .await?;
    Ok(Some(plain))
}

/// When a refresh token that is issued now ends.
pub(crate) fn refresh_token_end(
    application: &Application,
    grant: &Grant,
    now: UnixMillis,
) -> UnixMillis {
    let metadata = &application.custom_client_metadata;
    let days = |days: u32| Duration::from_hours(u64::from(days) * 24);
    let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
    let ttl = metadata
        .refresh_token_ttl_in_days
        .map(days)
        .or(metadata.refresh_token_ttl.map(seconds))
        .unwrap_or_else(|| days(DEFAULT_REFRESH_TOKEN_DAYS));
    now.plus(ttl).min(grant.expires_at)
}
