//! Token-signing keys. A unique index allows one key for each place in the sequence of its algorithm.

use async_trait::async_trait;
use moongate_core::{
    SigningAlgorithm, SigningKeyId, SigningKeyReads, SigningKeyWrites, StoreError,
    StoredSigningKey, UnixMillis,
};

use crate::conn::{Conn, corrupt};

row! {
    struct SigningKeyRow of "signing_keys" {
        id: String,
        algorithm: String,
        sequence: i64,
        sealed_private_key: Vec<u8>,
        created_at: i64,
        activates_at: i64,
    }
}

impl TryFrom<SigningKeyRow> for StoredSigningKey {
    type Error = StoreError;

    fn try_from(row: SigningKeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: SigningKeyId::from(row.id),
            algorithm: SigningAlgorithm::parse(&row.algorithm)
                .ok_or_else(|| corrupt("signing_keys.algorithm"))?,
            sequence: row.sequence,
            sealed_private_key: row.sealed_private_key,
            created_at: UnixMillis(row.created_at),
            activates_at: UnixMillis(row.activates_at),
        })
    }
}

#[async_trait]
impl SigningKeyReads for Conn<'_> {
    async fn signing_keys(&mut self) -> Result<Vec<StoredSigningKey>, StoreError> {
        let rows = fetch_all!(
            self,
            SigningKeyRow,
            "SELECT id, algorithm, sequence, sealed_private_key, created_at, activates_at \
             FROM signing_keys ORDER BY created_at DESC, id"
        )?;
        rows.into_iter().map(StoredSigningKey::try_from).collect()
    }
}

#[async_trait]
impl SigningKeyWrites for Conn<'_> {
    async fn insert_signing_key(&mut self, key: &StoredSigningKey) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO signing_keys (id, algorithm, sequence, sealed_private_key, created_at, \
             activates_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            key.id.as_str(),
            key.algorithm.as_str(),
            key.sequence,
            key.sealed_private_key.as_slice(),
            key.created_at.0,
            key.activates_at.0,
        )?;
        Ok(added == 1)
    }

    async fn delete_signing_key(&mut self, id: &SigningKeyId) -> Result<(), StoreError> {
        execute!(self, "DELETE FROM signing_keys WHERE id = $1", id.as_str())?;
        Ok(())
    }
}
