//! Pushed authorization requests (RFC 9126): a client hands in its request beforehand, authenticated
//! and out of the browser's reach, and gets a name for it.

use std::time::Duration;

use moongate_core::{PushedRequest, token_hash};
use serde::Serialize;

use crate::authorization::redirect_uri;
use crate::{OidcError, Provider, TokenError, TokenRequest};

/// How the names begin (RFC 9126 §2.2).
pub(crate) const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// How long a pushed request waits to be used: a minute.
const TTL: Duration = Duration::from_mins(1);

/// What proves the client, and goes no further.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// The name of a pushed request.
#[derive(Serialize)]
pub struct PushedResponse {
    request_uri: String,
    expires_in: u64,
}

impl Provider {
    /// Checks an authorization request as the authorization endpoint would, and keeps it.
    ///
    /// # Errors
    /// [`TokenError`]: every mistake is told to the client here, none to the browser.
    pub async fn push_request(
        &self,
        request: TokenRequest<'_>,
    ) -> Result<PushedResponse, TokenError> {
        let application = self.caller(&request).await?;
        let mut parameters = request.parameters.without(&CREDENTIALS);
        if parameters.get("request_uri").is_some() {
            let description = "'request_uri' parameter must not be used at the pushed_authorization_request_endpoint";
            return Err(OidcError::invalid_request(description).into());
        }
        if let Some(proof) = request.dpop {
            // RFC 9449 §10.1: the code will be bound to this key.
            let url = format!("{}/request", self.issuer);
            let jkt = self.proven_key(proof, "POST", &url, None).await?;
            if parameters.get("dpop_jkt").is_some_and(|named| named != jkt) {
                let description = "DPoP proof key thumbprint does not match dpop_jkt";
                return Err(OidcError::invalid_request(description).into());
            }
            parameters = parameters.without(&["dpop_jkt"]).with("dpop_jkt", jkt);
        }
        parameters = parameters
            .without(&["client_id"])
            .with("client_id", application.id.to_string());
        let redirect_uri = redirect_uri::check(&parameters, &application).map_err(|_| {
            OidcError::invalid_request(
                "redirect_uri did not match any of the client's registered redirect_uris",
            )
        })?;
        self.understand(&parameters, &application, &redirect_uri)
            .await?
            .map_err(TokenError::Request)?;
        let request_uri = format!("{REQUEST_URI_PREFIX}{}", self.entropy.token());
        let row = PushedRequest {
            hash: token_hash(&request_uri),
            application_id: application.id,
            parameters: parameters.encoded(),
            expires_at: self.clock.now().plus(TTL),
        };
        self.store
            .write(move |tx| Box::pin(async move { tx.insert_pushed_request(&row).await }))
            .await
            .map_err(TokenError::Store)?;
        Ok(PushedResponse {
            request_uri,
            expires_in: TTL.as_secs(),
        })
    }
}
