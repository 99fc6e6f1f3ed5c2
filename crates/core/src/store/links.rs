//! Links that work once: to make the first administrator, to look at a draft.

use async_trait::async_trait;

use crate::{StoreError, UnixMillis};

/// Links that work once.
#[async_trait]
pub trait LinkReads {
    /// What the link of that SHA-256 leads to, if it is for `purpose` and neither used nor over.
    async fn link(
        &mut self,
        hash: &[u8; 32],
        purpose: &str,
        now: UnixMillis,
    ) -> Result<Option<String>, StoreError>;
}

/// Links that work once.
#[async_trait]
pub trait LinkWrites {
    /// Adds a link for `purpose` that leads to `subject`.
    async fn insert_link(
        &mut self,
        hash: &[u8; 32],
        purpose: &str,
        subject: &str,
        expires_at: UnixMillis,
    ) -> Result<(), StoreError>;
    /// Uses a link: of many racing callers, exactly one gets what it leads to.
    async fn use_link(
        &mut self,
        hash: &[u8; 32],
        purpose: &str,
        now: UnixMillis,
    ) -> Result<Option<String>, StoreError>;
    /// Removes the links for a purpose, used or not.
    async fn delete_links(&mut self, purpose: &str) -> Result<(), StoreError>;
}
