//! What an application asked for, once it has been checked.

use serde::{Deserialize, Serialize};

use crate::Scopes;

/// How the answer travels to the redirect URI.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query; the default of `response_type=code`.
    #[default]
    Query,
    /// In the fragment.
    Fragment,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// Values of `prompt` that are understood (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Show no page: answer or fail.
    None,
    /// Ask for a fresh sign-in.
    Login,
    /// Ask for consent; first-party applications have it already.
    Consent,
}

/// Which page comes first (Logto's `first_screen`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstScreen {
    /// Sign in; the default.
    #[default]
    SignIn,
    /// Create an account.
    Register,
}

/// A checked authorization request: the client exists and the redirect URI is one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Where the answer goes; registered for the application.
    pub redirect_uri: String,
    /// Scopes that are known; unknown ones have been dropped.
    pub scopes: Scopes,
    /// The application's `state`, given back untouched.
    pub state: Option<String>,
    /// Bound into the ID token.
    pub nonce: Option<String>,
    /// S256 challenge, base64url without padding (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// What the application wants to be asked.
    pub prompts: Vec<Prompt>,
    /// Seconds since the last sign-in that the application accepts.
    pub max_age: Option<u32>,
    /// Which page comes first.
    pub first_screen: FirstScreen,
    /// Languages that the application prefers, as it wrote them.
    pub ui_locales: Option<String>,
}

impl AuthorizationRequest {
    /// Whether `prompt` was asked for.
    pub fn asks_for(&self, prompt: Prompt) -> bool {
        self.prompts.contains(&prompt)
    }
}
