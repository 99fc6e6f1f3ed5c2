//! Signing in to the account page: an interaction of the built-in application, which no answer
//! leaves this service for.

use moongate_core::{Application, ApplicationId, AuthorizationRequest, Interaction, StoreError};

use crate::{Begun, Browser, Provider};

impl Provider {
    /// Begins a sign-in that leads to the account page.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin_account_sign_in(&self, browser: &Browser) -> Result<Begun, StoreError> {
        let application_id = ApplicationId::from(Application::ACCOUNT_CENTER);
        let request = AuthorizationRequest::of_our_page();
        self.begin(application_id, request, browser, None).await
    }
}

/// Whether an interaction leads to the account page.
pub fn leads_to_account(interaction: &Interaction) -> bool {
    interaction.application_id.as_str() == Application::ACCOUNT_CENTER
        && interaction.request.device_user_code.is_none()
}
