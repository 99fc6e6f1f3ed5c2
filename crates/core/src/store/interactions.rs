//! Interactions.

use async_trait::async_trait;

use crate::{Interaction, InteractionId, StoreError};

/// Interactions.
#[async_trait]
pub trait InteractionReads {
    /// The interaction of that identifier, expired or not.
    async fn interaction(&mut self, id: &InteractionId) -> Result<Option<Interaction>, StoreError>;
}

/// Interactions.
#[async_trait]
pub trait InteractionWrites {
    /// Adds an interaction.
    async fn insert_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError>;
    /// Writes the state of a known interaction.
    async fn update_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError>;
}
