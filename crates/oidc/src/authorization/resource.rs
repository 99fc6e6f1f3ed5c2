//! Check: no API resource that is not there.

use crate::{OidcError, Parameters};

/// Refuses resource indicators, as none is registered (RFC 8707 §2).
pub(crate) fn check(parameters: &Parameters) -> Result<(), OidcError> {
    match parameters.get("resource") {
        None => Ok(()),
        Some(_) => Err(OidcError::new(
            "invalid_target",
            "resource indicator is missing, or unknown",
        )),
    }
}
