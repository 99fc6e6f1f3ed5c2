//! What an application asked for, once it has been checked.

use serde::{Deserialize, Serialize};

use crate::{ResourceScopes, Scopes};

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
    /// Set a new password in place of a forgotten one.
    ResetPassword,
}

/// Single claims that were asked for, by name (OpenID Connect Core §5.5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestedClaims {
    /// For userinfo.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub userinfo: Vec<String>,
    /// For ID tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token: Vec<String>,
}

/// A checked authorization request: the client exists and the redirect URI is one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Where the answer goes; registered for the application.
    pub redirect_uri: String,
    /// Scopes that are known, those of `resources` among them; unknown ones have been dropped.
    pub scopes: Scopes,
    /// API resources that tokens are wanted for (RFC 8707 §2), with the scopes that were asked for
    /// and that they have.
    #[serde(default)]
    pub resources: ResourceScopes,
    /// Single claims that are wanted.
    #[serde(default)]
    pub claims: RequestedClaims,
    /// The application's `state`, given back untouched.
    pub state: Option<String>,
    /// Bound into the ID token.
    pub nonce: Option<String>,
    /// S256 challenge, base64url without padding (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    /// The thumbprint of the key that must redeem the code (RFC 9449 §10).
    #[serde(default)]
    pub dpop_jkt: Option<String>,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// What the application wants to be asked.
    pub prompts: Vec<Prompt>,
    /// Seconds since the last sign-in that the application accepts.
    pub max_age: Option<u32>,
    /// Which page comes first.
    pub first_screen: FirstScreen,
    /// What one may sign in or register with on the first page: `username`, `email`, `phone`
    /// (Logto's `identifier`); whatever the settings allow if it is empty.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Languages that the application prefers, as it wrote them.
    pub ui_locales: Option<String>,
    /// What the user is likely to sign in with: an address, a number, a name.
    #[serde(default)]
    pub login_hint: Option<String>,
    /// The only user who may answer: the subject of `id_token_hint`, or of a claim that was asked
    /// for with that value.
    #[serde(default)]
    pub expected_sub: Option<String>,
    /// The code that a device shows, where signing in is on the way to confirming it (RFC 8628);
    /// `redirect_uri` is empty then.
    #[serde(default)]
    pub device_user_code: Option<String>,
}

impl AuthorizationRequest {
    /// What a page of this service asks for, to which a person signs in on the way: to be known,
    /// and nothing that an application would get.
    pub fn of_our_page() -> Self {
        Self {
            redirect_uri: String::new(),
            scopes: Scopes::default(),
            resources: ResourceScopes::new(),
            claims: RequestedClaims::default(),
            state: None,
            nonce: None,
            code_challenge: None,
            dpop_jkt: None,
            response_mode: ResponseMode::Query,
            prompts: Vec::new(),
            max_age: None,
            first_screen: FirstScreen::SignIn,
            identifiers: Vec::new(),
            ui_locales: None,
            login_hint: None,
            expected_sub: None,
            device_user_code: None,
        }
    }

    /// Whether `prompt` was asked for.
    pub fn asks_for(&self, prompt: Prompt) -> bool {
        self.prompts.contains(&prompt)
    }
}
