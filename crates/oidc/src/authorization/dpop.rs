//! Check: the key that is to redeem the code is named as one.

use crate::{OidcError, Parameters};

/// The thumbprint of `dpop_jkt` (RFC 9449 §10): SHA-256 in base64url, 43 characters.
pub(crate) fn check(parameters: &Parameters) -> Result<Option<String>, OidcError> {
    match parameters.get("dpop_jkt") {
        None => Ok(None),
        Some(jkt) if crate::pkce::is_challenge(jkt) => Ok(Some(jkt.to_owned())),
        Some(_) => Err(OidcError::invalid_request(
            "dpop_jkt must be a JWK thumbprint: 43 characters of base64url",
        )),
    }
}
