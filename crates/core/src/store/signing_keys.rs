//! Token-signing keys.

use async_trait::async_trait;

use crate::{SigningKeyId, StoreError, StoredSigningKey};

/// Token-signing keys.
#[async_trait]
pub trait SigningKeyReads {
    /// All keys, newest first.
    async fn signing_keys(&mut self) -> Result<Vec<StoredSigningKey>, StoreError>;
}

/// Token-signing keys.
#[async_trait]
pub trait SigningKeyWrites {
    /// Adds a key. `false`, and nothing is written, if its algorithm has a key of that place in
    /// the sequence already: another process was first.
    async fn insert_signing_key(&mut self, key: &StoredSigningKey) -> Result<bool, StoreError>;
    /// Removes a key.
    async fn delete_signing_key(&mut self, id: &SigningKeyId) -> Result<(), StoreError>;
}
