//! What keeps the store small.

use async_trait::async_trait;

use crate::{StoreError, UnixMillis};

/// What keeps the store small.
#[async_trait]
pub trait Housekeeping {
    /// Removes rows whose time is over: interactions, sessions, codes, tokens, grants, sends.
    /// Rows that guard against replay stay as long as what they guard lives. Gives their number.
    async fn remove_expired(&mut self, now: UnixMillis) -> Result<u64, StoreError>;
}
