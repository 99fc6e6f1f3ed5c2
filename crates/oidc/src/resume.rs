//! Resuming an authorization once somebody signed in.

use moongate_core::{InteractionError, InteractionId, InteractionState, StoreError};

use crate::account_sign_in::leads_to_account;
use crate::{AuthorizationResponse, Browser, OidcError, Provider};

/// What to do when the browser comes back from the sign-in pages.
#[derive(Debug)]
pub enum ResumeOutcome {
    /// Answer the application.
    Answer(AuthorizationResponse),
    /// Nobody has signed in yet: show the sign-in pages.
    SignIn,
    /// Whoever signed in has yet to allow what the application asks for: show the page for that.
    Consent,
    /// A device is what waits for an answer: show the page for that.
    Device,
    /// The account page is what somebody signed in to: show it.
    Account,
    /// There is nothing to resume in this browser: show the page that says so.
    UnknownSession,
}

impl Provider {
    /// Answers the application of an interaction, if it is this browser's, somebody signed in,
    /// and that session is still this browser's.
    ///
    /// # Errors
    /// The store's.
    pub async fn resume(
        &self,
        id: &InteractionId,
        browser: &Browser,
    ) -> Result<ResumeOutcome, StoreError> {
        let now = self.clock.now();
        let interaction = self.store.read().await?.interaction(id).await?;
        let cookie = browser.interactions.as_deref().unwrap_or_default();
        let Some(interaction) = interaction.filter(|found| found.belongs_to(cookie)) else {
            return Ok(ResumeOutcome::UnknownSession);
        };
        if interaction.is_waiting(now) {
            return Ok(ResumeOutcome::SignIn);
        }
        if interaction.request.device_user_code.is_some() {
            return Ok(ResumeOutcome::Device);
        }
        if leads_to_account(&interaction) {
            return Ok(match interaction.state {
                InteractionState::Cancelled => ResumeOutcome::UnknownSession,
                // The page itself sees who is signed in in this browser.
                _ => ResumeOutcome::Account,
            });
        }
        let is_to_be_asked = matches!(interaction.state, InteractionState::Authenticated(_));
        let (finished, authentication) = match interaction.finished(now) {
            Ok(finished) => finished,
            Err(InteractionError::Expired | InteractionError::PastThisStep) => {
                return Ok(ResumeOutcome::UnknownSession);
            }
        };
        let session = self.live_session(browser).await?;
        let Some(session) = session.filter(|live| live.user_id == authentication.user_id) else {
            return Ok(ResumeOutcome::UnknownSession);
        };
        let mut reader = self.store.read().await?;
        let Some(application) = reader.application(&finished.application_id).await? else {
            return Ok(ResumeOutcome::UnknownSession);
        };
        drop(reader);
        let request = finished.request.clone();
        let expected = request.expected_sub.as_deref();
        let is_expected = expected.is_none_or(|sub| sub == session.user_id.as_str());
        if is_expected
            && is_to_be_asked
            && self
                .needs_consent(&application, &request, &session.user_id)
                .await?
        {
            return Ok(ResumeOutcome::Consent);
        }
        self.store
            .write(move |tx| Box::pin(async move { tx.update_interaction(&finished).await }))
            .await?;
        let response = if is_expected {
            match self.issue_code(&application, &request, &session).await? {
                Some(response) => response,
                None => return Ok(ResumeOutcome::UnknownSession),
            }
        } else {
            // The application named a user, and another one signed in (OpenID Connect Core
            // §3.1.2.1).
            let error = OidcError::new("login_required", "another End-User is signed in");
            let state = request.state.as_deref();
            let mode = request.response_mode;
            self.refusal(&application, request.redirect_uri, mode, state, error)
        };
        Ok(ResumeOutcome::Answer(response))
    }
}
