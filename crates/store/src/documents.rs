//! Settings documents. Every revision stays; the newest one is in force.

use async_trait::async_trait;
use moongate_core::{Document, DocumentReads, DocumentWrites, StoreError, UnixMillis};

use crate::conn::Conn;

row! {
    struct DocumentRow of "documents" {
        key: String,
        revision: i64,
        body: String,
        updated_at: i64,
    }
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        Self {
            key: row.key,
            revision: row.revision,
            body: row.body,
            updated_at: UnixMillis(row.updated_at),
        }
    }
}

#[async_trait]
impl DocumentReads for Conn<'_> {
    async fn document(&mut self, key: &str) -> Result<Option<Document>, StoreError> {
        let row = fetch_optional!(
            self,
            DocumentRow,
            "SELECT key, revision, body, updated_at FROM documents WHERE key = $1 \
             ORDER BY revision DESC LIMIT 1",
            key
        )?;
        Ok(row.map(Document::from))
    }
}

#[async_trait]
impl DocumentWrites for Conn<'_> {
    async fn save_document(
        &mut self,
        key: &str,
        known_revision: i64,
        body: &str,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        // Of two that save at once on PostgreSQL, the second waits at the primary key, then finds
        // the revision taken.
        let saved = execute!(
            self,
            "INSERT INTO documents (key, revision, body, updated_at) SELECT $1, $3, $4, $5 \
             WHERE $2 = (SELECT COALESCE(MAX(revision), 0) FROM documents WHERE key = $1) \
             ON CONFLICT (key, revision) DO NOTHING",
            key,
            known_revision,
            known_revision.saturating_add(1),
            body,
            now.0
        )?;
        Ok(saved == 1)
    }
}
