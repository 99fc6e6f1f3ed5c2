//! Settings documents.

use async_trait::async_trait;

use crate::{Document, StoreError, UnixMillis};

/// Settings documents.
#[async_trait]
pub trait DocumentReads {
    /// The newest revision of a document.
    async fn document(&mut self, key: &str) -> Result<Option<Document>, StoreError>;
}

/// Settings documents.
#[async_trait]
pub trait DocumentWrites {
    /// Saves a document as the revision after `known_revision` (0 if there was none). `false`,
    /// and nothing is written, if somebody else saved in the meantime.
    async fn save_document(
        &mut self,
        key: &str,
        known_revision: i64,
        body: &str,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;
}
