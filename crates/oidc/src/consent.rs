//! Whether a third-party application may have what it asks for without a question.
//!
//! A first-party application is part of the service that the user signed up to, and never asks.
//! The page itself is the sign-in experience's; the two meet in the interaction.

use moongate_core::{Application, AuthorizationRequest, Prompt, StoreError, UserId};

use crate::{OidcError, Provider};

impl Provider {
    /// Whether the user has to be asked: about anything that was never allowed, or since the
    /// application wants it (OpenID Connect Core §3.1.2.4).
    pub(crate) async fn needs_consent(
        &self,
        application: &Application,
        request: &AuthorizationRequest,
        user_id: &UserId,
    ) -> Result<bool, StoreError> {
        if !application.is_third_party {
            return Ok(false);
        }
        if request.asks_for(Prompt::Consent) {
            return Ok(true);
        }
        let mut reader = self.store.read().await?;
        let consent = reader.consent(user_id, &application.id).await?;
        Ok(!consent.is_some_and(|allowed| allowed.covers(&request.scopes, &request.resources)))
    }
}

/// Nothing may be asked, and something would have to be (OpenID Connect Core §3.1.2.6).
pub(crate) fn consent_required() -> OidcError {
    OidcError::new("consent_required", "End-User consent is required")
}
