//! Access tokens for APIs: JWTs that an API reads by itself (RFC 9068).

use std::time::Duration;

use moongate_core::{ApplicationId, Resource, Scopes, UnixMillis};
use serde_json::json;

use crate::jws::Jws;
use crate::{BearerError, OidcError, Provider};

/// The header's `typ` (RFC 9068 §2.1): an ID token is never taken for one of these.
const TYP: &str = "at+jwt";

/// What an access token for an API says.
pub(crate) struct JwtAccessToken<'a> {
    pub(crate) resource: &'a Resource,
    /// The user, or the application itself.
    pub(crate) sub: &'a str,
    pub(crate) client_id: &'a ApplicationId,
    pub(crate) scopes: &'a Scopes,
    pub(crate) dpop_jkt: Option<&'a str>,
    /// Who acts for `sub` (RFC 8693 §4.1).
    pub(crate) act: Option<&'a str>,
    /// When it ends even if the resource would let it live longer.
    pub(crate) not_after: Option<UnixMillis>,
    pub(crate) now: UnixMillis,
}

impl JwtAccessToken<'_> {
    fn expires_at(&self) -> UnixMillis {
        let ttl = Duration::from_secs(u64::from(self.resource.access_token_ttl));
        let end = self.now.plus(ttl);
        self.not_after.map_or(end, |not_after| end.min(not_after))
    }

    /// How long it lives, seconds.
    pub(crate) fn expires_in(&self) -> u64 {
        self.expires_at().since(self.now).as_secs()
    }
}

/// What a verified access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedAccessToken {
    /// The user, or the application itself.
    pub sub: String,
    /// The application that it was issued to.
    pub client_id: String,
    /// What it may be used for.
    pub scopes: Scopes,
}

impl VerifiedAccessToken {
    /// Whether an application acts for itself.
    pub fn is_application(&self) -> bool {
        self.sub == self.client_id
    }
}

impl Provider {
    pub(crate) async fn sign_access_token(
        &self,
        token: &JwtAccessToken<'_>,
    ) -> Result<String, OidcError> {
        let failed = |reason: &str| {
            tracing::error!(reason, "an access token could not be made");
            OidcError::new("server_error", "the access token could not be made")
        };
        let now = token.now;
        let mut claims = json!({
            "jti": self.entropy.id(21),
            "sub": token.sub,
            "iat": now.seconds(),
            "exp": token.expires_at().seconds(),
            "client_id": token.client_id.as_str(),
            "iss": self.issuer,
            "aud": token.resource.indicator,
        });
        if !token.scopes.is_empty() {
            claims["scope"] = json!(token.scopes.to_string());
        }
        if let Some(jkt) = token.dpop_jkt {
            // RFC 9449 §6.1.
            claims["cnf"] = json!({ "jkt": jkt });
        }
        if let Some(actor) = token.act {
            claims["act"] = json!({ "sub": actor });
        }
        let key = self
            .signing_keys
            .current(self.signing_keys.default_algorithm())
            .await
            .map_err(|error| failed(&error.to_string()))?;
        key.sign_claims(Some(TYP), &claims)
            .ok_or_else(|| failed("signing failed"))
    }

    /// Reads an access token that this provider signed for `audience`, presented as a bearer
    /// token. One that is bound to a key is none (RFC 9449 §7.2).
    ///
    /// # Errors
    /// [`BearerError::InvalidToken`].
    pub fn verify_access_token(
        &self,
        token: &str,
        audience: &str,
    ) -> Result<VerifiedAccessToken, BearerError> {
        let jws = self.verified_jwt(token).ok_or(BearerError::InvalidToken)?;
        if !jws.audiences().contains(&audience) || jws.claims.contains_key("cnf") {
            return Err(BearerError::InvalidToken);
        }
        let text = |name| jws.text(name).map(str::to_owned);
        Ok(VerifiedAccessToken {
            sub: text("sub").ok_or(BearerError::InvalidToken)?,
            client_id: text("client_id").ok_or(BearerError::InvalidToken)?,
            scopes: Scopes::from(jws.text("scope").unwrap_or_default()),
        })
    }

    /// A JWT access token of ours that is in force, for whatever audience.
    pub(crate) fn verified_jwt<'a>(&self, token: &'a str) -> Option<Jws<'a>> {
        let jws = Jws::parse(token)?;
        let key = self.signing_keys.by_id(jws.header_text("kid")?)?;
        let now = self.clock.now().seconds();
        let holds = jws.header_text("typ")? == TYP
            && jws.header_text("alg")? == key.algorithm().as_str()
            && key.verifies(jws.message(), jws.signature())
            && jws.text("iss")? == self.issuer
            && now < jws.seconds("exp")?;
        holds.then_some(jws)
    }
}

/// Whether a text has the form of a JWT access token of anybody's, which introspection and
/// revocation refuse: such a token is not kept here.
pub(crate) fn is_structured(token: &str) -> bool {
    Jws::parse(token).is_some()
}
