//! Settings documents.

use async_trait::async_trait;

use crate::{Document, StoreError};

/// Settings documents.
#[async_trait]
pub trait DocumentReads {
    /// The newest revision of a document.
    async fn document(&mut self, key: &str) -> Result<Option<Document>, StoreError>;
    /// One revision of a document.
    async fn document_revision(
        &mut self,
        key: &str,
        revision: i64,
    ) -> Result<Option<Document>, StoreError>;
    /// The revisions of a document before `before`, newest first, `limit` at most.
    async fn document_revisions(
        &mut self,
        key: &str,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Document>, StoreError>;
}

/// Settings documents.
#[async_trait]
pub trait DocumentWrites {
    /// Saves a document as its next revision: `document.revision` is 1 for the first, one more
    /// than the newest for each later one. `false`, and nothing is written, if somebody else saved
    /// in the meantime.
    async fn save_document(&mut self, document: &Document) -> Result<bool, StoreError>;
}
