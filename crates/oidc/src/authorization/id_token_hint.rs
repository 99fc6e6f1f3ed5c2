//! Check: whom the hint means.

use moongate_core::Prompt;

use crate::{OidcError, Parameters, Provider};

/// The user whom the application has in mind (OpenID Connect Core §3.1.2.1). An expired token is
/// still a hint. One that this server did not sign, or signed with a key that is gone since, means
/// nobody: then nothing can be answered without a page, and a page answers as without a hint.
pub(crate) fn check(
    provider: &Provider,
    parameters: &Parameters,
    prompts: &[Prompt],
) -> Result<Option<String>, OidcError> {
    let Some(token) = parameters.get("id_token_hint") else {
        return Ok(None);
    };
    match provider.verify_hint(token) {
        Some(hint) => Ok(Some(hint.sub)),
        None if prompts.contains(&Prompt::None) => Err(OidcError::new(
            "login_required",
            "could not validate id_token_hint",
        )),
        None => Ok(None),
    }
}
