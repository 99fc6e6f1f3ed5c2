//! What somebody is in the middle of on their account page.

use async_trait::async_trait;

use crate::{SessionId, StoreError};

/// Steps on account pages.
#[async_trait]
pub trait AccountStepReads {
    /// The step that a session is in the middle of, as JSON text.
    async fn account_step(&mut self, session_id: &SessionId) -> Result<Option<String>, StoreError>;
}

/// Steps on account pages.
#[async_trait]
pub trait AccountStepWrites {
    /// Writes the step that a known session is in the middle of.
    async fn put_account_step(
        &mut self,
        session_id: &SessionId,
        step: &str,
    ) -> Result<(), StoreError>;
    /// The session is in the middle of nothing any more.
    async fn delete_account_step(&mut self, session_id: &SessionId) -> Result<(), StoreError>;
}
