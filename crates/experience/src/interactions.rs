//! Finding the interaction that a page belongs to, and turning back.

use moongate_core::{
    Application, ApplicationId, Interaction, InteractionId, InteractionState, Reader, StoreError,
    token_hash,
};
use thiserror::Error;

use crate::{Experience, SignInExperience};

/// What a page carries and what the browser proves.
#[derive(Debug, Clone)]
pub struct InteractionRef {
    /// Named by the page.
    pub id: InteractionId,
    /// The value of the browser's interactions cookie.
    pub browser_cookie: String,
}

/// What became of turning back.
#[derive(Debug)]
pub enum Cancelled {
    /// The application is to be told.
    Tell(Box<Interaction>),
    /// Somebody signed in before: go on to the application.
    TooLate,
}

/// Why an interaction can't go on.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Unknown, expired, or another browser's: the answer is the same.
    #[error("there is no such interaction in this browser")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Experience {
    /// The interaction of a page, if it belongs to this browser and its hour is not over.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn interaction(
        &self,
        reference: &InteractionRef,
    ) -> Result<(Interaction, SignInExperience), OpenError> {
        let mut reader = self.store.read().await?;
        let interaction = open(reader.as_mut(), reference, self.clock.now()).await?;
        let settings = SignInExperience::load(reader.as_mut()).await?;
        Ok((interaction, settings))
    }

    /// The interaction that this browser began last and that is still open, for a client that
    /// names none; of one application, if it is given. `proofs` are the values of the browser's
    /// interactions cookies.
    ///
    /// # Errors
    /// The store's.
    pub async fn latest_interaction(
        &self,
        proofs: &[String],
        application_id: Option<&ApplicationId>,
    ) -> Result<Option<InteractionRef>, StoreError> {
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let mut latest: Option<(Interaction, &String)> = None;
        for proof in proofs {
            let hash = token_hash(proof);
            let found = reader
                .latest_interaction(&hash, application_id, now)
                .await?;
            if let Some(found) = found
                && latest
                    .as_ref()
                    .is_none_or(|(known, _)| known.created_at < found.created_at)
            {
                latest = Some((found, proof));
            }
        }
        Ok(latest.map(|(interaction, proof)| InteractionRef {
            id: interaction.id,
            browser_cookie: proof.clone(),
        }))
    }

    /// The person turns back to the application, once or, by a double click, twice.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn cancel(&self, reference: InteractionRef) -> Result<Cancelled, OpenError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let interaction = open(tx, &reference, now).await?;
                    if interaction.state == InteractionState::Cancelled {
                        return Ok(Cancelled::Tell(Box::new(interaction)));
                    }
                    let Ok(cancelled) = interaction.cancelled(now) else {
                        return Ok(Cancelled::TooLate);
                    };
                    tx.update_interaction(&cancelled).await?;
                    Ok(Cancelled::Tell(Box::new(cancelled)))
                })
            })
            .await
    }

    /// The application that a lost interaction of this browser was for, and the address of its
    /// answer: a way back. Works for interactions that are over, too.
    ///
    /// # Errors
    /// The store's.
    pub async fn way_back(
        &self,
        reference: &InteractionRef,
    ) -> Result<Option<(Application, String)>, StoreError> {
        let mut reader = self.store.read().await?;
        let interaction = reader.interaction(&reference.id).await?;
        let own = interaction.filter(|found| found.belongs_to(&reference.browser_cookie));
        let Some(interaction) = own else {
            return Ok(None);
        };
        let application = reader.application(&interaction.application_id).await?;
        Ok(application.map(|application| (application, interaction.request.redirect_uri)))
    }

    /// Where the tenant wants a browser to go whose sign-in is not known here.
    ///
    /// # Errors
    /// The store's.
    pub async fn unknown_session_redirect_url(&self) -> Result<Option<String>, StoreError> {
        let mut reader = self.store.read().await?;
        let settings = SignInExperience::load(reader.as_mut()).await?;
        Ok(settings.unknown_session_redirect_url)
    }
}

/// Loads an interaction and proves that it is this browser's.
pub(crate) async fn open<R: Reader + ?Sized>(
    reader: &mut R,
    reference: &InteractionRef,
    now: moongate_core::UnixMillis,
) -> Result<Interaction, OpenError> {
    let interaction = reader.interaction(&reference.id).await?;
    interaction
        .filter(|found| found.belongs_to(&reference.browser_cookie) && !found.is_expired(now))
        .ok_or(OpenError::NotFound)
}
