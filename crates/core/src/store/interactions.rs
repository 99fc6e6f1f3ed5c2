//! Interactions.

use async_trait::async_trait;

use crate::{ApplicationId, Interaction, InteractionId, StoreError, UnixMillis};

/// Interactions.
#[async_trait]
pub trait InteractionReads {
    /// The interaction of that identifier, expired or not.
    async fn interaction(&mut self, id: &InteractionId) -> Result<Option<Interaction>, StoreError>;
    /// The interaction that a browser began last, among those whose hour is not over and whose
    /// application has no answer yet; of one application, if it is given.
    async fn latest_interaction(
        &mut self,
        browser_hash: &[u8; 32],
        application_id: Option<&ApplicationId>,
        now: UnixMillis,
    ) -> Result<Option<Interaction>, StoreError>;
}

/// Interactions.
#[async_trait]
pub trait InteractionWrites {
    /// Adds an interaction.
    async fn insert_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError>;
    /// Writes the state of a known interaction.
    async fn update_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError>;
}
