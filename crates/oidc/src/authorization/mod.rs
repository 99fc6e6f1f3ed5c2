//! The authorization endpoint: the list of checks that a request passes, in their order.
//!
//! 1. [`client`]: the application exists. Until the next but one, a refusal shows a page.
//! 2. [`pushed`]: a request that was pushed beforehand takes the place of what the browser sent.
//! 3. [`redirect_uri`]: the address is one of the application's own, to the letter. From here on a
//!    refusal goes to that address.
//! 4. [`duplicates`], [`grant_type`], [`response_mode`], [`response_type`], [`request_object`],
//!    [`prompt`], [`max_age`], [`pkce`], [`dpop`], [`claims_parameter`], [`id_token_hint`],
//!    [`resource`]: what is asked for is something that is served, and allowed.
//! 5. [`session`]: is somebody signed in, recently enough? And has this user allowed a third-party
//!    application what it asks for? Then the answer is a code, else a page.
//!
//! The order is that of [`Provider::authorize`] and of `Provider::understand` below; the types hold
//! it: each step takes what the one before gave. `display`, `login_hint`, `ui_locales`,
//! `claims_locales` and `acr_values` are wishes that no check refuses.
//!
//! Sources: OpenID Connect Core §3.1.2, RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 8707, RFC 9126,
//! RFC 9207, RFC 9449, RFC 9700.

pub mod claims_parameter;
pub mod client;
pub mod dpop;
pub mod duplicates;
pub mod grant_type;
pub mod id_token_hint;
pub mod max_age;
pub mod pkce;
pub mod prompt;
pub mod pushed;
pub mod redirect_uri;
pub mod request_object;
pub mod resource;
pub mod response;
pub mod response_mode;
pub mod response_type;
pub mod session;

use moongate_core::{
    Application, AuthorizationRequest, FirstScreen, Prompt, ResourceScopes, Scopes, StoreError,
};

use crate::consent::consent_required;
use crate::{Begun, OidcError, Parameters, Provider};
pub use response::AuthorizationResponse;

/// What the browser brought along.
#[derive(Clone, Default)]
pub struct Browser {
    /// The value of the session cookie.
    pub session: Option<String>,
    /// The value of the interactions cookie.
    pub interactions: Option<String>,
}

/// Why a request is answered with a page: there is no address that may be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageError {
    /// `client_id` is missing or stands twice.
    MissingClient,
    /// No application has that identifier.
    UnknownClient {
        /// As it was sent.
        client_id: String,
    },
    /// `redirect_uri` is missing or stands twice.
    MissingRedirectUri {
        /// The application's name.
        application: String,
    },
    /// The address is none of the application's own.
    UnregisteredRedirectUri {
        /// The application's name.
        application: String,
        /// The address to register, as it was sent.
        redirect_uri: String,
    },
    /// The application's requests have to be pushed beforehand, and this one was not.
    NotPushed {
        /// The application's name.
        application: String,
    },
    /// No pushed request of that name waits for this application.
    UnknownRequestUri {
        /// The application's name.
        application: String,
    },
    /// A parameter holds a NUL.
    Malformed,
}

/// What to do about an authorization request.
#[derive(Debug)]
pub enum AuthorizationOutcome {
    /// Show a page; redirect nowhere.
    Page(PageError),
    /// Answer the application: a code or an error.
    Answer(AuthorizationResponse),
    /// Show a page.
    Interact {
        /// The interaction that it carries.
        begun: Begun,
        /// Which page.
        page: InteractionPage,
    },
}

/// Which page an interaction begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InteractionPage {
    /// Sign in.
    SignIn,
    /// Create an account.
    Register,
    /// Somebody is signed in: allow what the application asks for.
    Consent,
    /// The page that recovers a password.
    ForgotPassword,
}

impl Provider {
    /// Answers an authorization request.
    ///
    /// # Errors
    /// The store's alone; every refusal is an outcome.
    pub async fn authorize(
        &self,
        parameters: &Parameters,
        browser: &Browser,
    ) -> Result<AuthorizationOutcome, StoreError> {
        let application = match client::check(self, parameters).await? {
            Ok(application) => application,
            Err(error) => return Ok(AuthorizationOutcome::Page(error)),
        };
        let parameters = match pushed::check(self, parameters, &application).await? {
            Ok(parameters) => parameters,
            Err(error) => return Ok(AuthorizationOutcome::Page(error)),
        };
        let redirect_uri = match redirect_uri::check(&parameters, &application) {
            Ok(redirect_uri) => redirect_uri,
            Err(error) => return Ok(AuthorizationOutcome::Page(error)),
        };
        let understood = self
            .understand(&parameters, &application, &redirect_uri)
            .await?;
        match understood {
            Ok(request) => self.answer(application, request, browser).await,
            Err(error) => Ok(AuthorizationOutcome::Answer(self.refusal(
                &application,
                redirect_uri,
                response_mode::of_errors(&parameters),
                parameters.get("state"),
                error,
            ))),
        }
    }

    async fn answer(
        &self,
        application: Application,
        request: AuthorizationRequest,
        browser: &Browser,
    ) -> Result<AuthorizationOutcome, StoreError> {
        let mut session = session::check(self, &request, browser).await?;
        let user_id = session.as_ref().map(|session| &session.user_id);
        let mut needs_consent = match user_id {
            Some(user_id) => self.needs_consent(&application, &request, user_id).await?,
            None => false,
        };
        if let (Some(signed_in), false) = (&session, needs_consent) {
            let response = self.issue_code(&application, &request, signed_in).await?;
            if let Some(response) = response {
                return Ok(AuthorizationOutcome::Answer(response));
            }
            // It ended in this very moment, or a third party's consent was revoked: look again.
            session = session::check(self, &request, browser).await?;
            session = session.filter(|_| application.is_third_party);
            needs_consent = session.is_some();
        }
        let refused = if needs_consent {
            consent_required()
        } else {
            OidcError::new("login_required", "End-User authentication is required")
        };
        if request.asks_for(Prompt::None) {
            let state = request.state.clone();
            return Ok(AuthorizationOutcome::Answer(self.refusal(
                &application,
                request.redirect_uri,
                request.response_mode,
                state.as_deref(),
                refused,
            )));
        }
        let page = match (&session, request.first_screen) {
            (Some(_), _) => InteractionPage::Consent,
            (None, FirstScreen::SignIn) => InteractionPage::SignIn,
            (None, FirstScreen::Register) => InteractionPage::Register,
            (None, FirstScreen::ResetPassword) => InteractionPage::ForgotPassword,
        };
        let begun = self
            .begin(application.id, request, browser, session.as_ref())
            .await?;
        Ok(AuthorizationOutcome::Interact { begun, page })
    }

    /// The checks after the address is trusted, and what they leave.
    pub(crate) async fn understand(
        &self,
        parameters: &Parameters,
        application: &Application,
        redirect_uri: &str,
    ) -> Result<Result<AuthorizationRequest, OidcError>, StoreError> {
        let mut request = match self.read_request(parameters, application, redirect_uri) {
            Ok(request) => request,
            Err(error) => return Ok(Err(error)),
        };
        let asks_for_consent = request.asks_for(Prompt::Consent);
        let asked = resource::check(self, parameters, application, asks_for_consent).await?;
        Ok(asked.map(|asked| {
            request.scopes = asked.scopes;
            request.resources = asked.resources;
            request
        }))
    }

    /// The checks that look at nothing but the request, in their order; scopes and resources are
    /// still to come.
    fn read_request(
        &self,
        parameters: &Parameters,
        application: &Application,
        redirect_uri: &str,
    ) -> Result<AuthorizationRequest, OidcError> {
        duplicates::check(parameters)?;
        grant_type::check(application)?;
        let response_mode = response_mode::check(parameters)?;
        response_type::check(parameters)?;
        request_object::check(parameters)?;
        let prompts = prompt::check(parameters)?;
        let max_age = max_age::check(parameters)?;
        let code_challenge = pkce::check(parameters, application)?;
        let dpop_jkt = dpop::check(parameters)?;
        let (claims, claimed_sub) = claims_parameter::check(parameters, application)?;
        let hinted_sub = id_token_hint::check(self, parameters, &prompts)?;
        let text = |name: &str| parameters.get(name).map(str::to_owned);
        Ok(AuthorizationRequest {
            redirect_uri: redirect_uri.to_owned(),
            scopes: Scopes::default(),
            resources: ResourceScopes::new(),
            claims,
            state: text("state"),
            nonce: text("nonce"),
            code_challenge,
            dpop_jkt,
            response_mode,
            prompts,
            max_age,
            first_screen: match parameters.get("first_screen") {
                Some("register" | "identifier:register") => FirstScreen::Register,
                Some("reset_password") => FirstScreen::ResetPassword,
                // Logto's older name for the same wish.
                _ if parameters.get("interaction_mode") == Some("signUp") => FirstScreen::Register,
                _ => FirstScreen::SignIn,
            },
            identifiers: identifiers(parameters),
            ui_locales: text("ui_locales"),
            login_hint: text("login_hint"),
            expected_sub: claimed_sub.or(hinted_sub),
            device_user_code: None,
        })
    }
}

/// The known identifiers of Logto's `identifier`, each once.
fn identifiers(parameters: &Parameters) -> Vec<String> {
    let mut identifiers: Vec<String> = Vec::new();
    let wanted = parameters.get("identifier").unwrap_or_default();
    for name in wanted.split(' ') {
        let is_known = ["username", "email", "phone"].contains(&name);
        if is_known && !identifiers.iter().any(|own| own == name) {
            identifiers.push(name.to_owned());
        }
    }
    identifiers
}
