//! Drafts of settings.

use async_trait::async_trait;
use moongate_core::{DraftReads, DraftWrites, StoreError, UnixMillis};

use crate::conn::Conn;

row! {
    struct DraftRow of "drafts" {
        body: String,
    }
}

#[async_trait]
impl DraftReads for Conn<'_> {
    async fn draft(&mut self, id: &str, now: UnixMillis) -> Result<Option<String>, StoreError> {
        let row = fetch_optional!(
            self,
            DraftRow,
            "SELECT body FROM drafts WHERE id = $1 AND expires_at > $2",
            id,
            now.0
        )?;
        Ok(row.map(|row| row.body))
    }
}

#[async_trait]
impl DraftWrites for Conn<'_> {
    async fn put_draft(
        &mut self,
        id: &str,
        body: &str,
        expires_at: UnixMillis,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO drafts (id, body, expires_at) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at",
            id,
            body,
            expires_at.0
        )?;
        Ok(())
    }
}
