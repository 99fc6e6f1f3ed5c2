//! The checks of an ID token (OpenID Connect Core §3.1.3.7): signature, issuer, audience,
//! authorised party, expiry, issue time, nonce and access-token hash.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreIdToken, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IdTokenVerifier, IssuerUrl,
    Nonce, SignatureVerificationError,
};
use serde_json::{Map, Value};

use crate::error::IdTokenFault;

/// How far the clocks of client and provider may lie apart.
const LEEWAY: Duration = Duration::from_mins(1);

/// How long before the sign-in began an ID token may say that it was issued: some providers
/// date their tokens back by minutes.
const BACKDATING: u64 = 10 * 60;

/// Signatures that are accepted: asymmetric ones only, so that no shared secret can forge one.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What the token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) app_id: &'a str,
    /// The attempt's nonce; `None` at a refresh.
    pub(super) nonce: Option<&'a str>,
    /// When the attempt began, in seconds since 1970; 0 at a refresh.
    pub(super) earliest_issue: u64,
}

/// Verifies the token and gives all its claims.
pub(super) fn verify(
    token: &CoreIdToken,
    access_token: &AccessToken,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
    now: SystemTime,
) -> Result<Map<String, Value>, IdTokenFault> {
    let issuer = IssuerUrl::new(expected.issuer.to_owned()).map_err(|_| IdTokenFault::Issuer)?;
    let earliest =
        UNIX_EPOCH + Duration::from_secs(expected.earliest_issue.saturating_sub(BACKDATING));
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(expected.app_id.to_owned()),
        issuer,
        keys.clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || (now - LEEWAY).into())
    .set_issue_time_verifier_fn(move |issued_at| {
        let issued_at = SystemTime::from(issued_at);
        if issued_at <= now + LEEWAY && issued_at >= earliest {
            Ok(())
        } else {
            Err(ISSUED_AT.to_owned())
        }
    });
    let nonce = expected.nonce.map(|nonce| Nonce::new(nonce.to_owned()));
    let claims = match &nonce {
        Some(nonce) => token.claims(&verifier, nonce),
        None => token.claims(&verifier, |_: Option<&Nonce>| Ok(())),
    }
    .map_err(|error| fault(&error))?;

    // `openidconnect` leaves `azp` to its callers. Other audiences it has refused already.
    if claims
        .authorized_party()
        .is_some_and(|party| party.as_str() != expected.app_id)
    {
        return Err(IdTokenFault::Audience);
    }
    if let Some(hash) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|_| IdTokenFault::Signature)?;
        let key = token
            .signing_key(&verifier)
            .map_err(|_| IdTokenFault::UnknownKey)?;
        let actual = AccessTokenHash::from_token(access_token, algorithm, key)
            .map_err(|_| IdTokenFault::AccessTokenHash)?;
        if actual != *hash {
            return Err(IdTokenFault::AccessTokenHash);
        }
    }
    payload(&token.to_string()).ok_or(IdTokenFault::Malformed)
}

/// Marks the one fault that `openidconnect` reports as an expiry.
const ISSUED_AT: &str = "issued at an impossible time";

fn fault(error: &ClaimsVerificationError) -> IdTokenFault {
    match error {
        ClaimsVerificationError::Expired(reason) if reason == ISSUED_AT => IdTokenFault::IssuedAt,
        ClaimsVerificationError::Expired(_) => IdTokenFault::Expired,
        ClaimsVerificationError::InvalidAudience(_) => IdTokenFault::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => IdTokenFault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => IdTokenFault::Nonce,
        ClaimsVerificationError::InvalidSubject(_) => IdTokenFault::Subject,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => IdTokenFault::UnknownKey,
        ClaimsVerificationError::SignatureVerification(_) => IdTokenFault::Signature,
        _ => IdTokenFault::Malformed,
    }
}

/// The claims of a JWT whose signature was verified, as the provider wrote them: typed claims
/// would lose those that no specification names.
fn payload(token: &str) -> Option<Map<String, Value>> {
    let part = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
