//! Check: the answer can travel the way it is asked to.

use moongate_core::ResponseMode;

use crate::{OidcError, Parameters};

/// The response mode; `query` if none is named (OAuth 2.0 Multiple Response Types §2.1).
pub(crate) fn check(parameters: &Parameters) -> Result<ResponseMode, OidcError> {
    match parameters.get("response_mode") {
        None => Ok(ResponseMode::Query),
        Some(name) => parse(name).ok_or_else(|| {
            OidcError::new(
                "unsupported_response_mode",
                "unsupported response_mode requested",
            )
        }),
    }
}

/// How an error travels: as asked if that can be understood, else in the query.
pub(crate) fn of_errors(parameters: &Parameters) -> ResponseMode {
    parameters
        .get("response_mode")
        .and_then(parse)
        .unwrap_or_default()
}

fn parse(name: &str) -> Option<ResponseMode> {
    match name {
        "query" => Some(ResponseMode::Query),
        "fragment" => Some(ResponseMode::Fragment),
        "form_post" => Some(ResponseMode::FormPost),
        _ => None,
    }
}
