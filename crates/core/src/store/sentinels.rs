//! What went wrong for identifiers, so that guessing ends.

use async_trait::async_trait;

use crate::{Factor, Mac, Sentinel, StoreError, UnixMillis};

/// What went wrong for identifiers.
#[async_trait]
pub trait SentinelReads {
    /// What went wrong for an identifier and factor, if anything did.
    async fn sentinel(
        &mut self,
        target: &Mac,
        factor: Factor,
    ) -> Result<Option<Sentinel>, StoreError>;
}

/// What went wrong for identifiers.
#[async_trait]
pub trait SentinelWrites {
    /// The same, a fresh one if nothing went wrong yet. It stays locked until the unit is over, so
    /// that parallel guesses are counted one after the other.
    async fn locked_sentinel(
        &mut self,
        target: &Mac,
        factor: Factor,
        now: UnixMillis,
    ) -> Result<Sentinel, StoreError>;
    /// Writes what went wrong for an identifier and factor.
    async fn put_sentinel(&mut self, sentinel: &Sentinel) -> Result<(), StoreError>;
    /// Forgets what went wrong for an identifier and one factor.
    async fn delete_sentinel(&mut self, target: &Mac, factor: Factor) -> Result<(), StoreError>;
    /// Forgets everything that went wrong for an identifier.
    async fn delete_sentinels(&mut self, target: &Mac) -> Result<(), StoreError>;
}
