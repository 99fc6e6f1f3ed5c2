//! Check: `prompt` is understood and does not contradict itself.

use moongate_core::Prompt;

use crate::{OidcError, Parameters};

/// The values of `prompt`. `none` stands alone (OpenID Connect Core §3.1.2.1).
pub(crate) fn check(parameters: &Parameters) -> Result<Vec<Prompt>, OidcError> {
    let mut prompts = Vec::new();
    for name in parameters
        .get("prompt")
        .unwrap_or_default()
        .split_ascii_whitespace()
    {
        let prompt = match name {
            "none" => Prompt::None,
            "login" => Prompt::Login,
            "consent" => Prompt::Consent,
            _ => {
                return Err(OidcError::invalid_request(
                    "unsupported prompt value requested",
                ));
            }
        };
        if !prompts.contains(&prompt) {
            prompts.push(prompt);
        }
    }
    if prompts.contains(&Prompt::None) && prompts.len() > 1 {
        return Err(OidcError::invalid_request(
            "prompt none must only be used alone",
        ));
    }
    Ok(prompts)
}
