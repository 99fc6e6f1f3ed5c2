//! ID tokens: made for applications, and read back as hints.

use chrono::{DateTime, Utc};
use moongate_core::{Application, Grant, Scopes, UnixMillis, User};
use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, Audience, AuthenticationContextClass,
    AuthenticationMethodReference, IdTokenClaims, IssuerUrl, Nonce, PrivateSigningKey as _,
    StandardClaims, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::claims::{Place, acr, user_claims};
use crate::jws::Jws;
use crate::{OidcError, Provider};

const DEFAULT_TTL_SECONDS: u32 = 3600;

/// Claims by scope, and `sid`.
#[derive(Debug, Serialize, Deserialize)]
struct ScopeClaims {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for ScopeClaims {}

/// Whom an ID token is about, and what it may say.
pub(crate) struct Subject<'a> {
    pub(crate) grant: &'a Grant,
    pub(crate) user: &'a User,
    pub(crate) roles: &'a [String],
    pub(crate) scopes: &'a Scopes,
}

/// What a verified ID token of ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenVerification {
    /// The user.
    pub sub: String,
    /// The application it was made for.
    pub aud: String,
}

impl Provider {
    /// An ID token about a user for `application`, bound to `access_token` by `at_hash`.
    pub(crate) async fn id_token(
        &self,
        application: &Application,
        subject: &Subject<'_>,
        access_token: &str,
        now: UnixMillis,
    ) -> Result<String, OidcError> {
        let failed = |reason: &str| {
            tracing::error!(reason, "an ID token could not be made");
            OidcError::new("server_error", "the ID token could not be made")
        };
        let Subject {
            grant,
            user,
            roles,
            scopes,
        } = subject;
        let metadata = &application.custom_client_metadata;
        let algorithm = metadata.id_token_signed_response_alg;
        let key = self
            .signing_keys
            .current(algorithm.unwrap_or(self.signing_keys.default_algorithm()))
            .await
            .map_err(|error| failed(&error.to_string()))?;
        let ttl = metadata.id_token_ttl.unwrap_or(DEFAULT_TTL_SECONDS);
        let asked = &grant.claims.id_token;
        let mut claims = user_claims(user, roles, scopes, asked, Place::IdToken);
        if let Some(sid) = &grant.sid {
            claims.insert("sid".into(), Value::from(sid.as_str()));
        }
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|_| failed("bad issuer"))?;
        let time = |seconds| time(seconds).ok_or_else(|| failed("time out of range"));
        let access_token = AccessToken::new(access_token.to_owned());
        let at_hash = AccessTokenHash::from_token(
            &access_token,
            &key.core_algorithm(),
            &key.as_verification_key(),
        )
        .map_err(|_| failed("no at_hash"))?;
        let amr = grant.amr.iter().cloned();
        let claims: IdTokenClaims<ScopeClaims, CoreGenderClaim> = IdTokenClaims::new(
            issuer,
            vec![Audience::new(application.id.to_string())],
            time(now.seconds() + i64::from(ttl))?,
            time(now.seconds())?,
            StandardClaims::new(SubjectIdentifier::new(user.id.to_string())),
            ScopeClaims { claims },
        )
        .set_nonce(grant.nonce.clone().map(Nonce::new))
        .set_auth_time(Some(time(grant.auth_time.seconds())?))
        .set_auth_method_refs(Some(amr.map(AuthenticationMethodReference::new).collect()))
        .set_auth_context_ref(Some(AuthenticationContextClass::new(
            acr(&grant.amr).into(),
        )))
        .set_access_token_hash(Some(at_hash));
        let mut claims = serde_json::to_value(claims).map_err(|_| failed("no JSON"))?;
        // One audience is written as a string (RFC 7519 §4.1.3): Logto writes it so, and some of
        // its SDKs read nothing else. The crate's own serialiser always makes a list.
        claims["aud"] = json!(application.id.as_str());
        key.sign_claims(None, &claims)
            .ok_or_else(|| failed("signing failed"))
    }

    /// Reads an ID token that this provider signed, expired or not: a hint at logout or at a new
    /// authorization stays a proof of whom it was issued to (RP-Initiated Logout §2).
    pub fn verify_hint(&self, token: &str) -> Option<TokenVerification> {
        let jws = Jws::parse(token)?;
        let key = self.signing_keys.by_id(jws.header_text("kid")?)?;
        if jws.header_text("alg")? != key.algorithm().as_str()
            || jws.header.contains_key("typ")
            || !key.verifies(jws.message(), jws.signature())
            || jws.text("iss")? != self.issuer
        {
            return None;
        }
        Some(TokenVerification {
            sub: jws.text("sub")?.to_owned(),
            aud: jws.audiences().first().copied()?.to_owned(),
        })
    }
}

fn time(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}
