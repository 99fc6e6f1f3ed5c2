//! The token-signing keys of this server: private parts sealed in the store, public parts
//! published, one of each algorithm signing.
//!
//! A key is published as soon as it exists and signs from its `activates_at` on, so that whoever
//! caches the key set has seen it by then. Where a key is in its life follows from the clock
//! alone; several servers on one store agree without a word. A retired key stays published until
//! the last token that it may have signed has expired.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use moongate_core::{
    Clock, Entropy, SealedField, ServerKeys, SigningAlgorithm, SigningKeyId, Store, StoreError,
    StoredSigningKey, UnixMillis, UnsealError,
};
use serde_json::json;
use thiserror::Error;

use crate::SigningKey;

/// How long others may keep the published key set: a minute.
pub const JWKS_MAX_AGE: Duration = Duration::from_mins(1);

/// How long a new key is published before it signs, if nothing else is asked for: others have
/// seen it by then, and so have all servers on this store.
pub const DEFAULT_ROTATION_GRACE: Duration = Duration::from_secs(90);

/// Why the signing keys can't be had.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A private key does not open under the server's keys.
    #[error("signing key {id}: {source}")]
    Sealed {
        /// Which.
        id: SigningKeyId,
        /// Why.
        source: UnsealError,
    },
    /// A private key is not one.
    #[error("signing key {0} is malformed")]
    Malformed(SigningKeyId),
    /// The crypto library could not make a key.
    #[error("a {0} key could not be generated")]
    Generation(&'static str),
}

/// Why a key is not rotated or deleted.
#[derive(Debug, Error)]
pub enum KeyChangeError {
    /// A successor is published already and has yet to begin.
    #[error("the next key is waiting already")]
    NextExists,
    /// Only a key that no longer signs may go.
    #[error("only a previous key can be deleted")]
    NotPrevious,
    /// There is no such key.
    #[error("there is no such key")]
    NotFound,
    /// The keys can't be had.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<StoreError> for KeyChangeError {
    fn from(error: StoreError) -> Self {
        Self::Key(error.into())
    }
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningKeyStatus {
    /// Published, not signing yet.
    Next,
    /// Signing.
    Current,
    /// Published until the last token it signed has expired.
    Previous,
}

impl SigningKeyStatus {
    /// The name that Logto's API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "Next",
            Self::Current => "Current",
            Self::Previous => "Previous",
        }
    }
}

/// What may be told of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDescription {
    /// The `kid`.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// Where it is in its life.
    pub status: SigningKeyStatus,
    /// When it was made.
    pub created_at: UnixMillis,
}

struct RingKey {
    key: SigningKey,
    sequence: i64,
    created_at: UnixMillis,
    activates_at: UnixMillis,
}

/// The keys at one moment, newest of each algorithm first.
struct Ring {
    keys: Vec<Arc<RingKey>>,
    jwks: Arc<[u8]>,
}

/// The signing keys of this server.
pub struct SigningKeys {
    default_algorithm: SigningAlgorithm,
    store: Arc<dyn Store>,
    server_keys: Arc<ServerKeys>,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
    ring: RwLock<Arc<Ring>>,
}

impl SigningKeys {
    /// Loads the keys. Where an algorithm has none yet, makes one: an application may choose any,
    /// and whoever verifies its first token has to know the key by then.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn open(
        default_algorithm: SigningAlgorithm,
        store: Arc<dyn Store>,
        server_keys: Arc<ServerKeys>,
        entropy: Arc<dyn Entropy>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyError> {
        let keys = Self {
            default_algorithm,
            store,
            server_keys,
            entropy,
            clock,
            ring: RwLock::new(Arc::new(Ring::new(default_algorithm, Vec::new()))),
        };
        keys.reload().await?;
        for algorithm in SigningAlgorithm::ALL {
            keys.current(algorithm).await?;
        }
        Ok(keys)
    }

    /// Looks for keys that another server made or removed.
    ///
    /// # Errors
    /// [`KeyError`]; the keys stay as they were then.
    pub async fn reload(&self) -> Result<(), KeyError> {
        let stored = self.store.read().await?.signing_keys().await?;
        let known = self.ring();
        let is_known = |row: &StoredSigningKey| known.keys.iter().any(|it| it.key.id() == &row.id);
        if stored.len() == known.keys.len() && stored.iter().all(is_known) {
            return Ok(());
        }
        let mut keys = Vec::with_capacity(stored.len());
        for row in stored {
            keys.push(match known.keys.iter().find(|it| it.key.id() == &row.id) {
                Some(key) => Arc::clone(key),
                None => Arc::new(self.unseal(row)?),
            });
        }
        let ring = Arc::new(Ring::new(self.default_algorithm, keys));
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// The key set as JSON bytes (RFC 7517 §5).
    pub fn jwks(&self) -> Arc<[u8]> {
        Arc::clone(&self.ring().jwks)
    }

    /// The algorithm of tokens for which nothing else is said.
    pub fn default_algorithm(&self) -> SigningAlgorithm {
        self.default_algorithm
    }

    /// Every key and where it is in its life, newest first.
    pub fn list(&self) -> Vec<KeyDescription> {
        let ring = self.ring();
        let now = self.clock.now();
        let mut keys: Vec<_> = ring
            .keys
            .iter()
            .map(|it| KeyDescription {
                id: it.key.id().clone(),
                algorithm: it.key.algorithm(),
                status: ring.status(it, now),
                created_at: it.created_at,
            })
            .collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.created_at));
        keys
    }

    /// Makes a successor of the current key. It is published at once and signs after `grace`,
    /// which should not be shorter than [`JWKS_MAX_AGE`] unless the present key is compromised.
    ///
    /// # Errors
    /// [`KeyChangeError::NextExists`], [`KeyChangeError::Key`].
    pub async fn rotate(
        &self,
        algorithm: SigningAlgorithm,
        grace: Duration,
    ) -> Result<(), KeyChangeError> {
        self.reload().await?;
        let now = self.clock.now();
        let newest = self.ring().newest(algorithm);
        if newest.as_ref().is_some_and(|it| it.activates_at > now) {
            return Err(KeyChangeError::NextExists);
        }
        let sequence = newest.map_or(0, |it| it.sequence) + 1;
        let added = self.make(algorithm, sequence, now.plus(grace)).await?;
        self.reload().await?;
        if added {
            tracing::info!(algorithm = algorithm.as_str(), "made the next signing key");
            Ok(())
        } else {
            Err(KeyChangeError::NextExists)
        }
    }

    /// Removes a key that no longer signs. What it signed can't be verified from then on.
    ///
    /// # Errors
    /// [`KeyChangeError::NotFound`], [`KeyChangeError::NotPrevious`], [`KeyChangeError::Key`].
    pub async fn delete(&self, id: &SigningKeyId) -> Result<(), KeyChangeError> {
        self.reload().await?;
        let known = self.list().into_iter().find(|key| key.id == *id);
        match known.map(|key| key.status) {
            None => return Err(KeyChangeError::NotFound),
            Some(SigningKeyStatus::Previous) => {}
            Some(_) => return Err(KeyChangeError::NotPrevious),
        }
        self.remove(id.clone()).await?;
        Ok(self.reload().await?)
    }

    /// Removes keys that signed nothing for longer than any token lives.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn remove_retired(&self) -> Result<(), KeyError> {
        let lifetime = self.longest_lifetime().await?;
        let now = self.clock.now();
        let ring = self.ring();
        for key in &ring.keys {
            let successor = ring.successor(key).map(|it| it.activates_at);
            if successor.is_some_and(|retired_at| now >= retired_at.plus(lifetime)) {
                self.remove(key.key.id().clone()).await?;
            }
        }
        self.reload().await
    }

    /// The key that signs with an algorithm now; made if the algorithm had none.
    pub(crate) async fn current(
        &self,
        algorithm: SigningAlgorithm,
    ) -> Result<CurrentKey, KeyError> {
        if let Some(key) = self.ring().current(algorithm, self.clock.now()) {
            return Ok(CurrentKey(key));
        }
        // Another server may be first; then its key is the one.
        self.make(algorithm, 1, UnixMillis(0)).await?;
        self.reload().await?;
        let key = self.ring().current(algorithm, self.clock.now());
        key.map(CurrentKey)
            .ok_or(KeyError::Generation(algorithm.as_str()))
    }

    /// A published key by its `kid`.
    pub(crate) fn by_id(&self, kid: &str) -> Option<CurrentKey> {
        let ring = self.ring();
        let found = ring.keys.iter().find(|it| it.key.id().as_str() == kid);
        found.map(|it| CurrentKey(Arc::clone(it)))
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// `false` if another server made the key of that place in the sequence.
    async fn make(
        &self,
        algorithm: SigningAlgorithm,
        sequence: i64,
        activates_at: UnixMillis,
    ) -> Result<bool, KeyError> {
        let failed = || KeyError::Generation(algorithm.as_str());
        let (key, pkcs8) = SigningKey::generate(algorithm).ok_or_else(failed)?;
        let field = sealed_field(key.id());
        let row = StoredSigningKey {
            sealed_private_key: self.server_keys.seal(self.entropy.as_ref(), field, &pkcs8),
            id: key.id().clone(),
            algorithm,
            sequence,
            created_at: self.clock.now(),
            activates_at,
        };
        let added = self
            .store
            .write(move |tx| Box::pin(async move { tx.insert_signing_key(&row).await }))
            .await?;
        Ok(added)
    }

    async fn remove(&self, id: SigningKeyId) -> Result<(), StoreError> {
        self.store
            .write(move |tx| Box::pin(async move { tx.delete_signing_key(&id).await }))
            .await
    }

    fn unseal(&self, row: StoredSigningKey) -> Result<RingKey, KeyError> {
        let pkcs8 = self
            .server_keys
            .open(sealed_field(&row.id), &row.sealed_private_key)
            .map_err(|source| KeyError::Sealed {
                id: row.id.clone(),
                source,
            })?;
        let key =
            SigningKey::from_pkcs8(row.algorithm, &pkcs8).ok_or(KeyError::Malformed(row.id))?;
        Ok(RingKey {
            key,
            sequence: row.sequence,
            created_at: row.created_at,
            activates_at: row.activates_at,
        })
    }

    /// The longest that any token of ours lives, as applications and resources are set now.
    async fn longest_lifetime(&self) -> Result<Duration, StoreError> {
        const SLACK: Duration = Duration::from_mins(5);
        let mut reader = self.store.read().await?;
        let id_tokens = reader.applications().await?;
        let id_tokens = id_tokens
            .iter()
            .filter_map(|it| it.custom_client_metadata.id_token_ttl);
        let access_tokens = reader.longest_access_token_ttl().await?;
        let longest = id_tokens.chain(access_tokens).max().unwrap_or_default();
        Ok(Duration::from_secs(u64::from(longest)).max(crate::token::ACCESS_TOKEN_TTL) + SLACK)
    }
}

/// A key of the ring, kept alive while it is used.
pub(crate) struct CurrentKey(Arc<RingKey>);

impl std::ops::Deref for CurrentKey {
    type Target = SigningKey;

    fn deref(&self) -> &SigningKey {
        &self.0.key
    }
}

impl Ring {
    /// The default algorithm's keys come first, since some readers take the first key they find.
    fn new(default_algorithm: SigningAlgorithm, mut keys: Vec<Arc<RingKey>>) -> Self {
        keys.sort_by_key(|it| {
            let algorithm = it.key.algorithm();
            let is_other = algorithm != default_algorithm;
            (is_other, algorithm.as_str(), std::cmp::Reverse(it.sequence))
        });
        let jwks: Vec<_> = keys.iter().map(|it| it.key.jwk()).collect();
        let jwks = serde_json::to_vec(&json!({ "keys": jwks })).expect("JWKs serialise");
        Self {
            keys,
            jwks: jwks.into(),
        }
    }

    fn of(&self, algorithm: SigningAlgorithm) -> impl Iterator<Item = &Arc<RingKey>> {
        let keys = self.keys.iter();
        keys.filter(move |it| it.key.algorithm() == algorithm)
    }

    fn newest(&self, algorithm: SigningAlgorithm) -> Option<Arc<RingKey>> {
        self.of(algorithm).next().map(Arc::clone)
    }

    fn current(&self, algorithm: SigningAlgorithm, now: UnixMillis) -> Option<Arc<RingKey>> {
        let begun = self.of(algorithm).find(|it| it.activates_at <= now);
        begun.map(Arc::clone)
    }

    fn successor(&self, key: &RingKey) -> Option<&Arc<RingKey>> {
        self.of(key.key.algorithm())
            .filter(|it| it.sequence > key.sequence)
            .last()
    }

    fn status(&self, key: &RingKey, now: UnixMillis) -> SigningKeyStatus {
        if key.activates_at > now {
            return SigningKeyStatus::Next;
        }
        match self.successor(key) {
            Some(successor) if successor.activates_at <= now => SigningKeyStatus::Previous,
            _ => SigningKeyStatus::Current,
        }
    }
}

fn sealed_field(id: &SigningKeyId) -> SealedField<'_> {
    SealedField {
        table: "signing_keys",
        column: "private_key",
        row: id.as_str(),
    }
}
