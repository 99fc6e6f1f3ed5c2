//! The authorization endpoint: the list of checks that a request passes, in their order.
//!
//! 1. [`client`]: the application exists. From here on a refusal shows a page.
//! 2. [`redirect_uri`]: the address is one of the application's own, to the letter. From here on a
//!    refusal goes to that address.
//! 3. [`response_mode`], [`duplicates`], [`response_type`], [`request_object`], [`resource`],
//!    [`prompt`], [`max_age`], [`pkce`]: what is asked for is something that is served.
//! 4. [`session`]: is somebody signed in, recently enough? Then the answer is a code, else a page.
//!
//! Sources: OpenID Connect Core §3.1.2, RFC 6749 §4.1, RFC 7636, RFC 9207, RFC 9700.

pub mod client;
pub mod duplicates;
pub mod max_age;
pub mod pkce;
pub mod prompt;
pub mod redirect_uri;
pub mod request_object;
pub mod resource;
pub mod response;
pub mod response_mode;
pub mod response_type;
pub mod session;

use moongate_core::{
    Application, AuthorizationRequest, FirstScreen, Interaction, InteractionId, Prompt, Scopes,
    StoreError,
};

use crate::{OidcError, Parameters, Provider, SCOPES_SUPPORTED};
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
    /// Show the sign-in pages.
    Interact {
        /// The interaction that the pages carry.
        interaction: InteractionId,
        /// The value of the interactions cookie to set: the one that the browser has, or a new one.
        interactions_cookie: String,
        /// Which page comes first.
        first_screen: FirstScreen,
    },
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
        let redirect_uri = match redirect_uri::check(parameters, &application) {
            Ok(redirect_uri) => redirect_uri,
            Err(error) => return Ok(AuthorizationOutcome::Page(error)),
        };
        match understand(parameters, &application, &redirect_uri) {
            Ok(request) => {
                let hint = parameters.get("id_token_hint");
                self.answer(application, request, hint, browser).await
            }
            Err(error) => Ok(AuthorizationOutcome::Answer(self.refusal(
                &application,
                redirect_uri,
                response_mode::of_errors(parameters),
                parameters.get("state"),
                error,
            ))),
        }
    }

    async fn answer(
        &self,
        application: Application,
        request: AuthorizationRequest,
        id_token_hint: Option<&str>,
        browser: &Browser,
    ) -> Result<AuthorizationOutcome, StoreError> {
        let session = session::check(self, &request, id_token_hint, browser).await?;
        if let Some(session) = session {
            let response = self.issue_code(&application, &request, &session).await?;
            return Ok(AuthorizationOutcome::Answer(response));
        }
        if request.asks_for(Prompt::None) {
            let error = OidcError::new("login_required", "End-User authentication is required");
            let state = request.state.clone();
            return Ok(AuthorizationOutcome::Answer(self.refusal(
                &application,
                request.redirect_uri,
                request.response_mode,
                state.as_deref(),
                error,
            )));
        }
        self.interact(application, request, browser).await
    }

    async fn interact(
        &self,
        application: Application,
        request: AuthorizationRequest,
        browser: &Browser,
    ) -> Result<AuthorizationOutcome, StoreError> {
        let entropy = self.entropy.as_ref();
        // Whatever can't be one of ours is replaced.
        let known = browser
            .interactions
            .clone()
            .filter(|cookie| cookie.len() == 43);
        let cookie = known.unwrap_or_else(|| entropy.token());
        let first_screen = request.first_screen;
        let interaction =
            Interaction::start(entropy, &cookie, application.id, request, self.clock.now());
        let id = interaction.id.clone();
        self.store
            .write(move |tx| Box::pin(async move { tx.insert_interaction(&interaction).await }))
            .await?;
        Ok(AuthorizationOutcome::Interact {
            interaction: id,
            interactions_cookie: cookie,
            first_screen,
        })
    }
}

/// The checks after the address is trusted, and what they leave.
fn understand(
    parameters: &Parameters,
    application: &Application,
    redirect_uri: &str,
) -> Result<AuthorizationRequest, OidcError> {
    duplicates::check(parameters)?;
    let response_mode = response_mode::check(parameters)?;
    response_type::check(parameters)?;
    request_object::check(parameters)?;
    resource::check(parameters)?;
    let prompts = prompt::check(parameters)?;
    let max_age = max_age::check(parameters)?;
    let code_challenge = pkce::check(parameters, application)?;
    let asked = Scopes::from(parameters.get("scope").unwrap_or_default());
    // Offline access needs consent asked for (OpenID Connect Core §11); else it goes silently.
    let offline = prompts.contains(&Prompt::Consent);
    let scopes = asked.filtered(|scope| {
        SCOPES_SUPPORTED.contains(&scope) && (scope != "offline_access" || offline)
    });
    let text = |name: &str| parameters.get(name).map(str::to_owned);
    Ok(AuthorizationRequest {
        redirect_uri: redirect_uri.to_owned(),
        scopes,
        resources: moongate_core::ResourceScopes::new(),
        claims: moongate_core::RequestedClaims::default(),
        dpop_jkt: None,
        login_hint: text("login_hint"),
        expected_sub: None,
        device_user_code: None,
        state: text("state"),
        nonce: text("nonce"),
        code_challenge,
        response_mode,
        prompts,
        max_age,
        first_screen: match parameters.get("first_screen") {
            Some("register" | "identifier:register") => FirstScreen::Register,
            _ => FirstScreen::SignIn,
        },
        ui_locales: text("ui_locales"),
    })
}
