//! Check: the application may use codes at all.

use moongate_core::Application;

use crate::OidcError;
use crate::token::{AUTHORIZATION_CODE, may_use};

/// Refuses applications that get their tokens another way: machines, and devices without a browser.
pub(crate) fn check(application: &Application) -> Result<(), OidcError> {
    if may_use(application, AUTHORIZATION_CODE) {
        Ok(())
    } else {
        Err(OidcError::new(
            "unauthorized_client",
            "requested response_type is not allowed for this client",
        ))
    }
}
