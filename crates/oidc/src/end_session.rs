//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).
//!
//! A hint that proves whose session it is signs out at once; without one the person is asked, so
//! that no link on a foreign page signs anybody out.

use std::sync::Arc;

use moongate_core::{Application, ApplicationId, StoreError, token_hash};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::{Browser, OidcError, Parameters, Provider};

/// What is needed to finish a logout after the person was asked. It travels through the page and
/// is checked again when it comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// Who asked.
    pub client_id: Option<String>,
    /// Where to end.
    pub post_logout_redirect_uri: Option<String>,
    /// Given back untouched.
    pub state: Option<String>,
}

/// What to do about a logout request.
#[derive(Debug)]
pub enum EndSessionOutcome {
    /// Clear the session cookie and go there.
    Redirect(String),
    /// Clear the session cookie and say that it is done.
    SignedOut,
    /// Ask whether to sign out.
    Confirm {
        /// The application's name, if one asked.
        application: Option<String>,
        /// To be sent along with the answer.
        request: LogoutRequest,
        /// The registered address that the answer leads to.
        destination: Option<String>,
    },
    /// Show an error page; nothing was signed out.
    Refused {
        /// What is wrong.
        error: OidcError,
        /// The application's name and the address to register, if that is what is wrong.
        unregistered_uri: Option<(String, String)>,
    },
}

enum Proof {
    /// The hint names the very user of this session.
    Proven,
    /// No hint, or one for somebody else.
    None,
}

impl Provider {
    /// Answers a logout request.
    ///
    /// # Errors
    /// The store's.
    pub async fn end_session(
        &self,
        parameters: &Parameters,
        browser: &Browser,
    ) -> Result<EndSessionOutcome, StoreError> {
        let refused = |description: &str| {
            Ok(EndSessionOutcome::Refused {
                error: OidcError::invalid_request(description),
                unregistered_uri: None,
            })
        };
        if parameters.has_nul() {
            return refused("null bytes are not allowed in a parameter");
        }
        if let Some(name) = parameters.duplicate() {
            return refused(&format!("'{name}' parameter must not be provided twice"));
        }
        let hint = match parameters.get("id_token_hint") {
            None => None,
            Some(token) => match self.verify_hint(token) {
                Some(hint) => Some(hint),
                None => return refused("could not validate id_token_hint"),
            },
        };
        let client_id = parameters.get("client_id");
        if let (Some(hint), Some(client_id)) = (&hint, client_id)
            && hint.aud != client_id
        {
            return refused("client_id does not match the provided id_token_hint");
        }
        let request = LogoutRequest {
            client_id: hint
                .as_ref()
                .map(|hint| hint.aud.clone())
                .or_else(|| client_id.map(str::to_owned)),
            post_logout_redirect_uri: parameters
                .get("post_logout_redirect_uri")
                .map(str::to_owned),
            state: parameters.get("state").map(str::to_owned),
        };
        let (application, destination) = match self.destination(&request).await? {
            Ok(checked) => checked,
            Err(outcome) => return Ok(outcome),
        };
        let Some(session) = self.live_session(browser).await? else {
            self.sign_out(browser).await?;
            return Ok(arrive(destination));
        };
        let proof = match hint {
            Some(hint) if hint.sub == session.user_id.as_str() => Proof::Proven,
            _ => Proof::None,
        };
        match proof {
            Proof::Proven => {
                self.sign_out(browser).await?;
                Ok(arrive(destination))
            }
            Proof::None => Ok(EndSessionOutcome::Confirm {
                application: application.map(|application| application.name),
                request,
                destination,
            }),
        }
    }

    /// The person said yes.
    ///
    /// # Errors
    /// The store's.
    pub async fn confirm_end_session(
        &self,
        request: &LogoutRequest,
        browser: &Browser,
    ) -> Result<EndSessionOutcome, StoreError> {
        match self.destination(request).await? {
            Err(outcome) => Ok(outcome),
            Ok((_, destination)) => {
                self.sign_out(browser).await?;
                Ok(arrive(destination))
            }
        }
    }

    /// Who asked, and the registered address to end at with its `state`. An address without
    /// anybody who could have registered it is ignored.
    async fn destination(
        &self,
        request: &LogoutRequest,
    ) -> Result<Result<(Option<Application>, Option<String>), EndSessionOutcome>, StoreError> {
        let Some(client_id) = &request.client_id else {
            return Ok(Ok((None, None)));
        };
        let id = ApplicationId::from(client_id.as_str());
        let Some(application) = self.store.read().await?.application(&id).await? else {
            return Ok(Err(EndSessionOutcome::Refused {
                error: OidcError::new("invalid_client", "there is no such client"),
                unregistered_uri: None,
            }));
        };
        let Some(uri) = &request.post_logout_redirect_uri else {
            return Ok(Ok((Some(application), None)));
        };
        let registered = &application.oidc_client_metadata.post_logout_redirect_uris;
        if !registered.contains(uri) {
            return Ok(Err(EndSessionOutcome::Refused {
                error: OidcError::invalid_request("post_logout_redirect_uri not registered"),
                unregistered_uri: Some((application.name, uri.clone())),
            }));
        }
        let destination = match &request.state {
            None => uri.clone(),
            Some(state) => {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("state", state)
                    .finish();
                let separator = if uri.contains('?') { '&' } else { '?' };
                format!("{uri}{separator}{query}")
            }
        };
        Ok(Ok((Some(application), Some(destination))))
    }

    /// Ends the browser's session; see [`moongate_core::end_session`].
    async fn sign_out(&self, browser: &Browser) -> Result<(), StoreError> {
        let Some(cookie) = &browser.session else {
            return Ok(());
        };
        // Also a session that is over or whose user is suspended: its row goes.
        let hash = token_hash(cookie);
        let session = self.store.read().await?.session_by_cookie(&hash).await?;
        let Some(session) = session else {
            return Ok(());
        };
        let now = self.clock.now();
        let entropy = Arc::clone(&self.entropy);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    moongate_core::end_session(tx, entropy.as_ref(), &session, now).await?;
                    Ok(())
                })
            })
            .await
    }
}

fn arrive(destination: Option<String>) -> EndSessionOutcome {
    destination.map_or(EndSessionOutcome::SignedOut, EndSessionOutcome::Redirect)
}
