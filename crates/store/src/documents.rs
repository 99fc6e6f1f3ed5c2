//! Settings documents. Every revision stays; the newest one is in force.

use async_trait::async_trait;
use moongate_core::{Document, DocumentReads, DocumentWrites, StoreError, UnixMillis};

use crate::conn::Conn;

row! {
    struct DocumentRow of "documents" {
        key: String,
        revision: i64,
        body: String,
        author: String,
        comment: Option<String>,
        updated_at: i64,
    }
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        Self {
            key: row.key,
            revision: row.revision,
            body: row.body,
            author: row.author,
            comment: row.comment,
            updated_at: UnixMillis(row.updated_at),
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT key, revision, body, author, comment, updated_at FROM documents \
             WHERE key = $1 ",
            $rest
        )
    };
}

#[async_trait]
impl DocumentReads for Conn<'_> {
    async fn document(&mut self, key: &str) -> Result<Option<Document>, StoreError> {
        let row = fetch_optional!(
            self,
            DocumentRow,
            select!("ORDER BY revision DESC LIMIT 1"),
            key
        )?;
        Ok(row.map(Document::from))
    }

    async fn document_revision(
        &mut self,
        key: &str,
        revision: i64,
    ) -> Result<Option<Document>, StoreError> {
        let row = fetch_optional!(
            self,
            DocumentRow,
            select!("AND revision = $2"),
            key,
            revision
        )?;
        Ok(row.map(Document::from))
    }

    async fn document_revisions(
        &mut self,
        key: &str,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Document>, StoreError> {
        let rows = fetch_all!(
            self,
            DocumentRow,
            select!("AND revision < $2 ORDER BY revision DESC LIMIT $3"),
            key,
            before,
            limit
        )?;
        Ok(rows.into_iter().map(Document::from).collect())
    }
}

#[async_trait]
impl DocumentWrites for Conn<'_> {
    async fn save_document(&mut self, document: &Document) -> Result<bool, StoreError> {
        // Of two that save at once on PostgreSQL, the second waits at the primary key, then finds
        // the revision taken.
        let saved = execute!(
            self,
            "INSERT INTO documents (key, revision, body, author, comment, updated_at) \
             SELECT $1, $3, $4, $5, $6, $7 \
             WHERE $2 = (SELECT COALESCE(MAX(revision), 0) FROM documents WHERE key = $1) \
             ON CONFLICT (key, revision) DO NOTHING",
            &document.key,
            document.revision.saturating_sub(1),
            document.revision,
            &document.body,
            &document.author,
            document.comment.as_deref(),
            document.updated_at.0
        )?;
        Ok(saved == 1)
    }
}
