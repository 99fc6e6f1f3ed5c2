//! Resuming an authorization once somebody signed in.

use moongate_core::{InteractionError, InteractionId, StoreError};

use crate::{AuthorizationResponse, Browser, Provider};

/// What to do when the browser comes back from the sign-in pages.
#[derive(Debug)]
pub enum ResumeOutcome {
    /// Answer the application.
    Answer(AuthorizationResponse),
    /// Nobody has signed in yet: show the sign-in pages.
    SignIn,
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
        if interaction.clone().verifying(None, now).is_ok() {
            return Ok(ResumeOutcome::SignIn);
        }
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
        self.store
            .write(move |tx| Box::pin(async move { tx.update_interaction(&finished).await }))
            .await?;
        let response = self.issue_code(&application, &request, &session).await?;
        Ok(ResumeOutcome::Answer(response))
    }
}
