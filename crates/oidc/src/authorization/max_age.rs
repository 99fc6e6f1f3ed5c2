//! Check: `max_age` is a number of seconds.

use crate::{OidcError, Parameters};

/// The oldest sign-in that is accepted, seconds (OpenID Connect Core §3.1.2.1).
pub(crate) fn check(parameters: &Parameters) -> Result<Option<u32>, OidcError> {
    let Some(text) = parameters.get("max_age") else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|_| OidcError::invalid_request("invalid max_age parameter value"))
}
