//! Check: the request is bound to whoever will redeem its code.

use moongate_core::Application;

use crate::{OidcError, Parameters, pkce};

/// The S256 challenge (RFC 7636 §4.3): always from public clients, from a confidential one where
/// its metadata say so, honoured wherever it is sent. `plain` proves nothing and is refused.
pub(crate) fn check(
    parameters: &Parameters,
    application: &Application,
) -> Result<Option<String>, OidcError> {
    let required = application.kind.is_public()
        || application.custom_client_metadata.require_pkce == Some(true);
    let method = parameters.get("code_challenge_method");
    let Some(challenge) = parameters.get("code_challenge") else {
        if method.is_some() {
            return Err(OidcError::invalid_request(
                "code_challenge must be provided with code_challenge_method",
            ));
        }
        if required {
            return Err(OidcError::invalid_request(
                "Authorization Server policy requires PKCE to be used for this request",
            ));
        }
        return Ok(None);
    };
    if method != Some("S256") {
        return Err(OidcError::invalid_request(
            "not supported value of code_challenge_method; use S256",
        ));
    }
    if !pkce::is_challenge(challenge) {
        return Err(OidcError::invalid_request(
            "code_challenge must be the S256 of a code_verifier: 43 characters of base64url",
        ));
    }
    Ok(Some(challenge.to_owned()))
}
