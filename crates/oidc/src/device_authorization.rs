//! The device authorization endpoint (RFC 8628 §3.1): a device without a browser asks for a code to
//! show, and for one to ask with.

use moongate_core::{
    DEVICE_CODE_TTL, DEVICE_POLL_INTERVAL, DeviceAuthorization, DeviceState, UserCode, token_hash,
};
use serde::Serialize;
use url::form_urlencoded;

use crate::authorization::resource;
use crate::token::{DEVICE_CODE, may_use};
use crate::{OidcError, Provider, TokenError, TokenRequest};

/// How often a user code is drawn anew that another device shows at this moment. There are 25.6
/// billion of them.
const DRAWS: usize = 5;

/// What a device shows, and what it asks with (RFC 8628 §3.2).
#[derive(Serialize)]
pub struct DeviceResponse {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

impl Provider {
    /// Begins a device authorization for a native application that uses this flow.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn authorize_device(
        &self,
        request: TokenRequest<'_>,
    ) -> Result<DeviceResponse, TokenError> {
        let application = self.caller(&request).await?;
        if !may_use(&application, DEVICE_CODE) {
            let description = "requested grant type is not allowed for this client";
            return Err(OidcError::new("unauthorized_client", description).into());
        }
        // Whoever confirms a device is always asked, offline access included.
        let asked = resource::check(self, request.parameters, &application, true).await??;
        let device_code = self.entropy.token();
        let now = self.clock.now();
        for _ in 0..DRAWS {
            let user_code = UserCode::generate(self.entropy.as_ref());
            let device = DeviceAuthorization {
                hash: token_hash(&device_code),
                user_code: user_code.clone(),
                application_id: application.id.clone(),
                scopes: asked.scopes.clone(),
                resources: asked.resources.clone(),
                state: DeviceState::Pending,
                polled_at: None,
                interval: DEVICE_POLL_INTERVAL,
                created_at: now,
                expires_at: now.plus(DEVICE_CODE_TTL),
            };
            let is_added = self
                .store
                .write(move |tx| {
                    Box::pin(async move { tx.insert_device_authorization(&device).await })
                })
                .await
                .map_err(TokenError::Store)?;
            if is_added {
                return Ok(self.device_response(device_code, &user_code));
            }
        }
        Err(TokenError::Server(OidcError::new(
            "server_error",
            "no user code is free",
        )))
    }

    fn device_response(&self, device_code: String, user_code: &UserCode) -> DeviceResponse {
        let endpoint = self.issuer.strip_suffix("/oidc").unwrap_or(&self.issuer);
        let verification_uri = format!("{endpoint}/device");
        let user_code = user_code.to_string();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("user_code", &user_code)
            .finish();
        DeviceResponse {
            device_code,
            verification_uri_complete: format!("{verification_uri}?{query}"),
            user_code,
            verification_uri,
            expires_in: DEVICE_CODE_TTL.as_secs(),
            interval: DEVICE_POLL_INTERVAL.as_secs(),
        }
    }
}
