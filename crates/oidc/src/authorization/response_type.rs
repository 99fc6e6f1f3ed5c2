//! Check: a code is what is asked for.

use crate::{OidcError, Parameters};

/// Refuses everything but `code`: tokens in a URL leak (RFC 9700 §2.1.2).
pub(crate) fn check(parameters: &Parameters) -> Result<(), OidcError> {
    match parameters.get("response_type") {
        Some("code") => Ok(()),
        None => Err(OidcError::invalid_request(
            "missing required parameter 'response_type'",
        )),
        Some(_) => Err(OidcError::new(
            "unsupported_response_type",
            "unsupported response_type requested; use 'code'",
        )),
    }
}
