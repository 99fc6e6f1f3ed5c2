//! The token endpoint: who calls, with what proof, and which grant answers.
//!
//! Each grant is a file of its own: [`code_exchange`](crate::code_exchange),
//! [`refresh`](crate::refresh), [`client_credentials`](crate::client_credentials),
//! [`token_exchange`](crate::token_exchange). They accept a credential in one unit of work and
//! leave the making of tokens to [`issue`](crate::issue).

use std::time::Duration;

use moongate_core::{Application, ApplicationType, Scopes, StoreError};
use serde::Serialize;
use thiserror::Error;

use crate::{OidcError, Parameters, Provider};

/// How long an access token lives for which no resource says otherwise: 3600 s.
pub(crate) const ACCESS_TOKEN_TTL: Duration = Duration::from_hours(1);

pub(crate) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
pub(crate) const CLIENT_CREDENTIALS: &str = "client_credentials";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What is served, as discovery names it.
pub(crate) const GRANT_TYPES: [&str; 5] = [
    AUTHORIZATION_CODE,
    REFRESH_TOKEN,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    TOKEN_EXCHANGE,
];

/// What came to the token endpoint or one beside it.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The `DPoP` header (RFC 9449 §4.1); an empty text if there were several.
    pub dpop: Option<&'a str>,
    /// The form.
    pub parameters: &'a Parameters,
}

/// A successful answer (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
#[derive(Serialize)]
pub struct TokenResponse {
    pub(crate) access_token: String,
    pub(crate) expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    /// RFC 8693 §2.2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issued_token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    pub(crate) scope: Scopes,
    pub(crate) token_type: &'static str,
}

/// Why no tokens are given.
#[derive(Debug, Error)]
pub enum TokenError {
    /// 400.
    #[error(transparent)]
    Request(OidcError),
    /// 401: the client is not who it says.
    #[error("{error}")]
    Client {
        /// The error.
        error: OidcError,
        /// Whether it used HTTP Basic, and so gets a challenge back (RFC 6749 §5.2).
        challenge: bool,
    },
    /// 403: the client is known and may not.
    #[error(transparent)]
    Forbidden(OidcError),
    /// 500: a fault of ours.
    #[error(transparent)]
    Server(OidcError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OidcError> for TokenError {
    fn from(error: OidcError) -> Self {
        Self::Request(error)
    }
}

impl Provider {
    /// Answers a token request.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn token(&self, request: TokenRequest<'_>) -> Result<TokenResponse, TokenError> {
        let application = self.caller(&request).await?;
        let parameters = request.parameters;
        let grant_type = required(parameters, "grant_type")?;
        let unsupported =
            || OidcError::new("unsupported_grant_type", "unsupported grant_type requested");
        if !GRANT_TYPES.contains(&grant_type) {
            return Err(unsupported().into());
        }
        if !may_use(&application, grant_type) {
            let description = "requested grant type is not allowed for this client";
            return Err(OidcError::new("unauthorized_client", description).into());
        }
        if parameters.get("organization_id").is_some() {
            let description = "user is not a member of the organization";
            return Err(TokenError::Forbidden(OidcError::new(
                "access_denied",
                description,
            )));
        }
        let dpop_jkt = self.token_binding(&application, request.dpop).await?;
        match grant_type {
            AUTHORIZATION_CODE => self.exchange_code(application, parameters, dpop_jkt).await,
            REFRESH_TOKEN => self.refresh(application, parameters, dpop_jkt).await,
            CLIENT_CREDENTIALS => {
                self.client_credentials(application, parameters, dpop_jkt)
                    .await
            }
            TOKEN_EXCHANGE => self.exchange_token(application, parameters, dpop_jkt).await,
            DEVICE_CODE => {
                self.redeem_device_code(application, parameters, dpop_jkt)
                    .await
            }
            _ => Err(unsupported().into()),
        }
    }

    /// The client of a well-formed request to this or a neighbouring endpoint.
    pub(crate) async fn caller(
        &self,
        request: &TokenRequest<'_>,
    ) -> Result<Application, TokenError> {
        let parameters = request.parameters;
        if parameters.has_nul() {
            return Err(OidcError::invalid_request(
                "null bytes are not allowed in the request body",
            )
            .into());
        }
        if let Some(name) = parameters.duplicate() {
            return Err(OidcError::invalid_request(format!(
                "'{name}' parameter must not be provided twice"
            ))
            .into());
        }
        self.authenticate_client(request.authorization, parameters)
            .await
    }
}

/// Which grants an application may use: by its kind, and by its settings.
pub(crate) fn may_use(application: &Application, grant_type: &str) -> bool {
    let metadata = &application.custom_client_metadata;
    let is_device = metadata.is_device_flow == Some(true);
    match grant_type {
        AUTHORIZATION_CODE => application.kind != ApplicationType::MachineToMachine && !is_device,
        REFRESH_TOKEN => application.kind != ApplicationType::MachineToMachine,
        CLIENT_CREDENTIALS => application.kind == ApplicationType::MachineToMachine,
        DEVICE_CODE => application.kind == ApplicationType::Native && is_device,
        TOKEN_EXCHANGE => {
            metadata.allow_token_exchange == Some(true) && !application.is_third_party
        }
        _ => false,
    }
}

pub(crate) fn required<'a>(
    parameters: &'a Parameters,
    name: &'static str,
) -> Result<&'a str, OidcError> {
    parameters
        .get(name)
        .ok_or_else(|| OidcError::invalid_request(format!("missing required parameter '{name}'")))
}

/// The one API resource that a token request names (RFC 8707 §2.2), if it names one.
pub(crate) fn single_resource(parameters: &Parameters) -> Result<Option<String>, OidcError> {
    let mut named = parameters.all("resource");
    let first = named.next();
    match named.next() {
        Some(_) => Err(OidcError::new(
            "invalid_target",
            "only a single resource indicator value is supported for this grant type",
        )),
        None => Ok(first.map(str::to_owned)),
    }
}
