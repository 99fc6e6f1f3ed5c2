//! Demonstrating proof of possession (RFC 9449): tokens that are good with a key alone.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::{Application, StoreError, UnixMillis, token_hash};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::jwk::{FOREIGN_ALGORITHMS, PublicJwk};
use crate::jws::Jws;
use crate::{OidcError, Provider, TokenError};

/// How old a proof may be; clocks of phones are often off.
const LONGEST_AGE: Duration = Duration::from_mins(5);

/// How far in the future a proof may lie.
const LONGEST_LEAD: Duration = Duration::from_mins(1);

/// A well-formed proof of the right request, whose identifier is yet to be looked up.
#[derive(Debug)]
struct Proof {
    /// The thumbprint of its key, base64url without padding.
    jkt: String,
    /// SHA-256 of key and identifier.
    sight: [u8; 32],
}

/// Why a proof proves nothing.
#[derive(Debug)]
pub(crate) enum DpopError {
    /// The proof is not right; says what.
    Invalid(&'static str),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for DpopError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DpopError> for TokenError {
    fn from(error: DpopError) -> Self {
        match error {
            DpopError::Invalid(description) => {
                Self::Request(OidcError::new("invalid_dpop_proof", description))
            }
            DpopError::Store(error) => Self::Store(error),
        }
    }
}

impl Provider {
    /// The thumbprint of the key that a token request proves, if it brings a proof; an application
    /// may be set to need one.
    pub(crate) async fn token_binding(
        &self,
        application: &Application,
        header: Option<&str>,
    ) -> Result<Option<String>, TokenError> {
        let Some(header) = header else {
            return if application.custom_client_metadata.dpop_bound_access_tokens == Some(true) {
                Err(DpopError::Invalid("a DPoP proof is required for this client").into())
            } else {
                Ok(None)
            };
        };
        let url = format!("{}/token", self.issuer);
        Ok(Some(self.proven_key(header, "POST", &url, None).await?))
    }

    /// The thumbprint of the key that a proof is signed with, once it is known to be for this
    /// request and to be seen for the first time.
    pub(crate) async fn proven_key(
        &self,
        header: &str,
        method: &str,
        url: &str,
        access_token: Option<&str>,
    ) -> Result<String, DpopError> {
        let now = self.clock.now();
        let proof = check(header, method, url, access_token, now).map_err(DpopError::Invalid)?;
        let forget_at = now.plus(LONGEST_AGE + LONGEST_LEAD);
        let is_first = self
            .store
            .write(move |tx| Box::pin(async move { tx.first_sight(&proof.sight, forget_at).await }))
            .await?;
        if is_first {
            Ok(proof.jkt)
        } else {
            Err(DpopError::Invalid("DPoP proof jti was used before"))
        }
    }
}

/// The checks of RFC 9449 §4.3, in its order.
fn check(
    header: &str,
    method: &str,
    url: &str,
    access_token: Option<&str>,
    now: UnixMillis,
) -> Result<Proof, &'static str> {
    let jws = Jws::parse(header).ok_or("the DPoP header must be one signed JWT")?;
    if jws.header_text("typ") != Some("dpop+jwt") {
        return Err("DPoP proof typ must be dpop+jwt");
    }
    let alg = jws.header_text("alg").unwrap_or_default();
    if !FOREIGN_ALGORITHMS.contains(&alg) {
        return Err("DPoP proof alg is not supported");
    }
    let jwk = jws.header.get("jwk").and_then(PublicJwk::parse);
    let jwk = jwk.ok_or("DPoP proof jwk must be a public key")?;
    if !jwk.verifies(alg, jws.message(), jws.signature()) {
        return Err("DPoP proof signature does not verify");
    }
    let jti = jws.text("jti").filter(|jti| (1..=256).contains(&jti.len()));
    let jti = jti.ok_or("DPoP proof must have a jti of at most 256 characters")?;
    if jws.text("htm") != Some(method) {
        return Err("DPoP proof htm mismatch");
    }
    if !jws.text("htu").is_some_and(|htu| is_same(htu, url)) {
        return Err("DPoP proof htu mismatch");
    }
    let iat = jws.seconds("iat").ok_or("DPoP proof must have an iat")?;
    let issued_at = UnixMillis(iat.saturating_mul(1000));
    if now.since(issued_at) > LONGEST_AGE || issued_at.since(now) > LONGEST_LEAD {
        return Err("DPoP proof iat is not recent enough");
    }
    if let Some(token) = access_token {
        let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()));
        if jws.text("ath") != Some(&ath) {
            return Err("DPoP proof ath mismatch");
        }
    }
    let jkt = jwk.thumbprint();
    Ok(Proof {
        sight: token_hash(&format!("dpop\n{jkt}\n{jti}")),
        jkt,
    })
}

/// Whether two URLs are the same but for query and fragment, after normalisation (RFC 9449 §4.3).
fn is_same(htu: &str, url: &str) -> bool {
    let plain = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    plain(htu).is_some_and(|htu| Some(htu) == plain(url))
}
