//! Finding the interaction that a page belongs to, and turning back.

use moongate_core::{Interaction, InteractionId, Reader, StoreError};
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

    /// Forgets the number, so that another can be given.
    ///
    /// # Errors
    /// [`OpenError`]; once somebody signed in nothing changes.
    pub async fn change_number(&self, reference: InteractionRef) -> Result<(), OpenError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let interaction = open(tx, &reference, now).await?;
                    if let Ok(interaction) = interaction.verifying(None, now) {
                        tx.update_interaction(&interaction).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The person turns back to the application; gives the interaction, so that it can be told.
    ///
    /// # Errors
    /// [`OpenError`]; also once somebody signed in.
    pub async fn cancel(&self, reference: InteractionRef) -> Result<Interaction, OpenError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let interaction = open(tx, &reference, now).await?;
                    let cancelled = interaction
                        .cancelled(now)
                        .map_err(|_| OpenError::NotFound)?;
                    tx.update_interaction(&cancelled).await?;
                    Ok(cancelled)
                })
            })
            .await
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
