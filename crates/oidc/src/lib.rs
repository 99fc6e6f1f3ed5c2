//! The OpenID provider's protocol: request values in, outcomes out.
//!
//! It knows no web framework and no SQL. The server reads a request into [`Parameters`] and
//! cookies, calls one method of [`Provider`], and turns the outcome into a response.
//!
//! Read [`authorization`] as the list of checks that a request passes, in their order.

mod access_token;
mod account_sign_in;
pub mod authorization;
mod claims;
mod client_assertion;
mod client_authentication;
mod client_credentials;
mod code_exchange;
mod code_issue;
mod consent;
mod cross_origin;
mod device_authorization;
mod device_grant;
mod device_verification;
mod discovery;
mod dpop;
mod end_session;
mod error;
mod id_token;
mod interact;
mod introspection;
mod issue;
mod jwk;
mod jws;
mod key_ring;
mod logout_delivery;
mod parameters;
mod pkce;
mod pushed_request;
mod refresh;
mod resume;
mod revocation;
mod signing_key;
mod token;
mod token_exchange;
mod userinfo;

use std::sync::Arc;

use moongate_core::{Clock, Entropy, Outbound, ServerKeys, Store};

use client_assertion::FetchedKeys;

pub use access_token::VerifiedAccessToken;
pub use account_sign_in::leads_to_account;
pub use authorization::redirect_uri::is_registered;
pub use authorization::{
    AuthorizationOutcome, AuthorizationResponse, Browser, InteractionPage, PageError,
};
pub use claims::SCOPES_SUPPORTED;
pub use cross_origin::OriginRule;
pub use device_authorization::DeviceResponse;
pub use device_verification::{DeviceBegun, DeviceQuestion, DeviceRefusal, DeviceStanding};
pub use end_session::{EndSessionOutcome, LogoutRequest};
pub use error::OidcError;
pub use id_token::TokenVerification;
pub use interact::Begun;
pub use key_ring::{
    DEFAULT_ROTATION_GRACE, JWKS_MAX_AGE, KeyChangeError, KeyDescription, KeyError,
    SigningKeyStatus, SigningKeys,
};
pub use parameters::Parameters;
pub use pushed_request::PushedResponse;
pub use resume::ResumeOutcome;
pub use signing_key::SigningKey;
pub use token::{TokenError, TokenRequest, TokenResponse};
pub use userinfo::{BearerError, Presented, UserInfo};

/// The provider, and what it reaches the world through.
#[derive(Clone)]
pub struct Provider {
    issuer: String,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    server_keys: Arc<ServerKeys>,
    signing_keys: Arc<SigningKeys>,
    outbound: Arc<dyn Outbound>,
    fetched_keys: Arc<FetchedKeys>,
    discovery: Arc<[u8]>,
}

impl Provider {
    /// A provider at `endpoint` (no trailing slash); the issuer is `<endpoint>/oidc`.
    pub fn new(
        endpoint: &str,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        server_keys: Arc<ServerKeys>,
        signing_keys: Arc<SigningKeys>,
        outbound: Arc<dyn Outbound>,
    ) -> Self {
        let issuer = format!("{}/oidc", endpoint.trim_end_matches('/'));
        Self {
            discovery: discovery::document(&issuer, signing_keys.default_algorithm()).into(),
            issuer,
            store,
            clock,
            entropy,
            server_keys,
            signing_keys,
            outbound,
            fetched_keys: Arc::default(),
        }
    }

    /// The issuer identifier (OpenID Connect Core §1.2).
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The discovery document, JSON (OpenID Connect Discovery §3, RFC 8414).
    pub fn discovery(&self) -> &[u8] {
        &self.discovery
    }

    /// The algorithms that DPoP proofs may be signed with, as a challenge lists them.
    pub fn dpop_algorithms(&self) -> String {
        jwk::FOREIGN_ALGORITHMS.join(" ")
    }

    /// The signing keys.
    pub fn signing_keys(&self) -> &SigningKeys {
        &self.signing_keys
    }

    /// The public keys, JSON (RFC 7517).
    pub fn jwks(&self) -> Arc<[u8]> {
        self.signing_keys.jwks()
    }
}
