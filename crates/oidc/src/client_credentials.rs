//! The client credentials grant (RFC 6749 §4.4): an application acts for itself, at an API.

use moongate_core::{Application, Resource, Scopes};

use crate::access_token::JwtAccessToken;
use crate::issue::{UNKNOWN_RESOURCE, token_type};
use crate::token::single_resource;
use crate::{OidcError, Parameters, Provider, TokenError, TokenResponse};

impl Provider {
    /// A token for one resource, with those of its scopes that are asked for and that the
    /// application's roles hold. Nothing that is not asked for is given, as in Logto.
    pub(crate) async fn client_credentials(
        &self,
        application: Application,
        parameters: &Parameters,
        dpop_jkt: Option<String>,
    ) -> Result<TokenResponse, TokenError> {
        let named = single_resource(parameters)?;
        let mut reader = self.store.read().await?;
        let resource: Option<Resource> = match &named {
            Some(indicator) => reader.resource_by_indicator(indicator).await?,
            None => reader.default_resource().await?,
        };
        let Some(resource) = resource else {
            let description = match named {
                Some(_) => UNKNOWN_RESOURCE,
                None => "both `resource` and `organization_id` are not provided",
            };
            return Err(OidcError::new("invalid_target", description).into());
        };
        let held = reader
            .scopes_of_application(&application.id, &resource.id)
            .await?;
        drop(reader);
        let asked = Scopes::from(parameters.get("scope").unwrap_or_default());
        let scopes = asked.filtered(|scope| held.iter().any(|own| own == scope));
        let access_token = self
            .sign_access_token(&JwtAccessToken {
                resource: &resource,
                sub: application.id.as_str(),
                client_id: &application.id,
                scopes: &scopes,
                dpop_jkt: dpop_jkt.as_deref(),
                act: None,
                not_after: None,
                now: self.clock.now(),
            })
            .await
            .map_err(TokenError::Server)?;
        Ok(TokenResponse {
            access_token,
            expires_in: u64::from(resource.access_token_ttl),
            id_token: None,
            issued_token_type: None,
            refresh_token: None,
            scope: scopes,
            token_type: token_type(dpop_jkt.as_deref()),
        })
    }
}
