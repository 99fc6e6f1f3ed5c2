//! Drafts of settings, to be looked at before they are published.

use async_trait::async_trait;

use crate::{StoreError, UnixMillis};

/// Drafts of settings.
#[async_trait]
pub trait DraftReads {
    /// The JSON text of a draft that is not over.
    async fn draft(&mut self, id: &str, now: UnixMillis) -> Result<Option<String>, StoreError>;
}

/// Drafts of settings.
#[async_trait]
pub trait DraftWrites {
    /// Adds a draft, or changes the one of that identifier.
    async fn put_draft(
        &mut self,
        id: &str,
        body: &str,
        expires_at: UnixMillis,
    ) -> Result<(), StoreError>;
}
