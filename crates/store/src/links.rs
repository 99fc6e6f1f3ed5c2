//! Links that work once, known by the SHA-256 of their secret.

use async_trait::async_trait;
use moongate_core::{LinkReads, LinkWrites, StoreError, UnixMillis};

use crate::conn::Conn;

row! {
    struct LinkRow of "links" {
        subject: String,
    }
}

#[async_trait]
impl LinkReads for Conn<'_> {
    async fn link(
        &mut self,
        hash: &[u8; 32],
        purpose: &str,
        now: UnixMillis,
    ) -> Result<Option<String>, StoreError> {
        let row = fetch_optional!(
            self,
            LinkRow,
            "SELECT subject FROM links WHERE hash = $1 AND purpose = $2 AND expires_at > $3 \
             AND used_at IS NULL",
            &hash[..],
            purpose,
            now.0
        )?;
        Ok(row.map(|row| row.subject))
    }
}

#[async_trait]
impl LinkWrites for Conn<'_> {
    async fn insert_link(
        &mut self,
        hash: &[u8; 32],
        purpose: &str,
        subject: &str,
        expires_at: UnixMillis,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO links (hash, purpose, subject, expires_at) VALUES ($1, $2, $3, $4)",
            &hash[..],
            purpose,
            subject,
            expires_at.0
        )?;
        Ok(())
    }

    async fn use_link(
        &mut self,
        hash: &[u8; 32],
        purpose: &str,
        now: UnixMillis,
    ) -> Result<Option<String>, StoreError> {
        let row = fetch_optional!(
            self,
            LinkRow,
            "UPDATE links SET used_at = $3 WHERE hash = $1 AND purpose = $2 AND expires_at > $3 \
             AND used_at IS NULL RETURNING subject",
            &hash[..],
            purpose,
            now.0
        )?;
        Ok(row.map(|row| row.subject))
    }

    async fn delete_links(&mut self, purpose: &str) -> Result<(), StoreError> {
        execute!(self, "DELETE FROM links WHERE purpose = $1", purpose)?;
        Ok(())
    }
}
