//! Connectors.

use async_trait::async_trait;

use crate::{Connector, ConnectorId, StoreError};

/// Connectors.
#[async_trait]
pub trait ConnectorReads {
    /// All connectors, oldest first.
    async fn connectors(&mut self) -> Result<Vec<Connector>, StoreError>;
}

/// Connectors.
#[async_trait]
pub trait ConnectorWrites {
    /// Adds a connector or replaces the one of the same identifier (`created_at` stays).
    async fn put_connector(&mut self, connector: &Connector) -> Result<(), StoreError>;
    /// Removes a connector.
    async fn delete_connector(&mut self, id: &ConnectorId) -> Result<(), StoreError>;
}
