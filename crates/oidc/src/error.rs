//! Error names of the protocol, and what may be said about each.

use std::fmt;

/// An error with its registered name and a description for developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcError {
    /// The registered name, such as `invalid_request`.
    pub error: &'static str,
    /// What a developer can do about it; tells an attacker nothing.
    pub description: String,
}

impl OidcError {
    /// An error with its description. What may not stand in one (RFC 6749 §4.1.2.1, §5.2), such as
    /// a quote or a line break that the request brought, becomes a `?`.
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        let fits = |char: char| matches!(char, ' '..='!' | '#'..='[' | ']'..='~');
        let written: String = description.into();
        let description = written.chars();
        let description = description.map(|char| if fits(char) { char } else { '?' });
        Self {
            error,
            description: description.collect(),
        }
    }

    /// `invalid_request` (RFC 6749 §4.1.2.1, §5.2).
    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    /// `invalid_grant` (RFC 6749 §5.2): always the same words; the reason is logged alone.
    pub fn invalid_grant() -> Self {
        Self::new("invalid_grant", "grant request is invalid")
    }
}

impl fmt::Display for OidcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.description)
    }
}

impl std::error::Error for OidcError {}
