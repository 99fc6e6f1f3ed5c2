//! Check: the address is one of the application's own.

use moongate_core::Application;

use super::PageError;
use crate::Parameters;

/// The redirect URI, registered to the letter (RFC 9700 §2.1). It is always required: falling back
/// to the only registered one would hide a mistake until a second is registered.
pub(crate) fn check(
    parameters: &Parameters,
    application: &Application,
) -> Result<String, PageError> {
    let missing = || PageError::MissingRedirectUri {
        application: application.name.clone(),
    };
    let redirect_uri = parameters.get("redirect_uri").ok_or_else(missing)?;
    if parameters.duplicate() == Some("redirect_uri") {
        return Err(missing());
    }
    let registered = &application.oidc_client_metadata.redirect_uris;
    if !registered.iter().any(|own| own == redirect_uri) {
        return Err(PageError::UnregisteredRedirectUri {
            application: application.name.clone(),
            redirect_uri: redirect_uri.to_owned(),
        });
    }
    Ok(redirect_uri.to_owned())
}
