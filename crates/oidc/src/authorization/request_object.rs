//! Check: no request object.

use crate::{OidcError, Parameters};

/// Refuses request objects by the errors made for it (OpenID Connect Core §3.1.2.6).
pub(crate) fn check(parameters: &Parameters) -> Result<(), OidcError> {
    if parameters.get("request").is_some() {
        return Err(OidcError::new(
            "request_not_supported",
            "the 'request' parameter is not supported",
        ));
    }
    if parameters.get("request_uri").is_some() {
        return Err(OidcError::new(
            "request_uri_not_supported",
            "the 'request_uri' parameter is not supported",
        ));
    }
    Ok(())
}
