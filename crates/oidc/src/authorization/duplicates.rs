//! Check: no parameter stands twice.

use crate::{OidcError, Parameters};

/// Refuses a repeated parameter (RFC 6749 §3.1).
pub(crate) fn check(parameters: &Parameters) -> Result<(), OidcError> {
    match parameters.duplicate() {
        None => Ok(()),
        Some(name) => Err(OidcError::invalid_request(format!(
            "'{name}' parameter must not be provided twice"
        ))),
    }
}
