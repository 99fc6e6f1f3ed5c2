//! Messages sent, for limits.

use async_trait::async_trait;

use crate::{Mac, StoreError, UnixMillis};

/// Messages sent, for limits.
#[async_trait]
pub trait SendReads {
    /// When messages went to an address since `since`, newest first.
    async fn sends_since(
        &mut self,
        address: &Mac,
        since: UnixMillis,
    ) -> Result<Vec<UnixMillis>, StoreError>;
}

/// Messages sent, for limits.
#[async_trait]
pub trait SendWrites {
    /// Keeps other units that lock the same address waiting until this one is over, so that
    /// parallel requests can't exceed a limit together.
    async fn lock_address(&mut self, address: &Mac) -> Result<(), StoreError>;
    /// Records a message as sent.
    async fn insert_send(&mut self, address: &Mac, at: UnixMillis) -> Result<(), StoreError>;
    /// Forgets a message that could not be sent.
    async fn delete_send(&mut self, address: &Mac, at: UnixMillis) -> Result<(), StoreError>;
}
