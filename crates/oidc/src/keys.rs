//! Token-signing keys: parsed once, private parts sealed in the store.
//!
//! Key generation and signing draw their randomness inside the crypto library, not from the
//! injected entropy; tests use a fixed key and compare header and claims.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::{
    Entropy, SealedField, ServerKeys, SigningAlgorithm, SigningKeyId, SigningKeyStatus, Store,
    StoreError, StoredSigningKey, UnixMillis, UnsealError,
};
use openidconnect::core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey, SigningError};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

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

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

/// One key, ready to sign.
pub struct SigningKey {
    id: SigningKeyId,
    algorithm: SigningAlgorithm,
    pair: Pair,
}

impl SigningKey {
    /// A fresh key and its PKCS#8 form.
    ///
    /// # Errors
    /// [`KeyError::Generation`].
    pub fn generate(algorithm: SigningAlgorithm) -> Result<(Self, Vec<u8>), KeyError> {
        let failed = |_| KeyError::Generation(algorithm.as_str());
        let pkcs8 = match algorithm {
            SigningAlgorithm::ES384 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &system_random())
                    .map_err(failed)?
                    .as_ref()
                    .to_vec()
            }
            SigningAlgorithm::RS256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .and_then(|pair| pair.as_der())
                .map_err(failed)?
                .as_ref()
                .to_vec(),
        };
        let key = Self::from_pkcs8(algorithm, &pkcs8)
            .ok_or_else(|| failed(aws_lc_rs::error::Unspecified))?;
        Ok((key, pkcs8))
    }

    /// A key from its PKCS#8 form.
    pub fn from_pkcs8(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Option<Self> {
        let pair = match algorithm {
            SigningAlgorithm::ES384 => {
                Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8).ok()?)
            }
            SigningAlgorithm::RS256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8).ok()?),
        };
        let id = SigningKeyId::from(thumbprint(&pair));
        Some(Self {
            id,
            algorithm,
            pair,
        })
    }

    /// The key's `kid`.
    pub fn id(&self) -> &SigningKeyId {
        &self.id
    }

    /// What it signs with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The public key as a JWK with `alg`, `use` and `kid` (RFC 7517 §4).
    pub fn jwk(&self) -> Value {
        let mut jwk = required_members(&self.pair);
        jwk["alg"] = json!(self.algorithm.as_str());
        jwk["use"] = json!("sig");
        jwk["kid"] = json!(self.id.as_str());
        jwk
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.pair {
            Pair::Ec(pair) => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, pair.public_key().as_ref())
                    .verify(message, signature)
            }
            Pair::Rsa(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())
                    .verify(message, signature)
            }
        }
        .is_ok()
    }

    /// The algorithm as the `openidconnect` crate names it.
    pub(crate) fn core_algorithm(&self) -> CoreJwsSigningAlgorithm {
        match self.algorithm {
            SigningAlgorithm::ES384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
            SigningAlgorithm::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        }
    }
}

impl PrivateSigningKey for SigningKey {
    type VerificationKey = CoreJsonWebKey;

    fn sign(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningError> {
        if *algorithm != self.core_algorithm() {
            return Err(SigningError::UnsupportedAlg(format!("{algorithm:?}")));
        }
        let failed = |_| SigningError::CryptoError;
        match &self.pair {
            Pair::Ec(pair) => pair
                .sign(&system_random(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(failed),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &system_random(), message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        }
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        let kid = Some(JsonWebKeyId::new(self.id.to_string()));
        match &self.pair {
            Pair::Ec(pair) => {
                let (x, y) = coordinates(pair);
                CoreJsonWebKey::new_ec(x.to_vec(), y.to_vec(), CoreJsonCurveType::P384, kid)
            }
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let n = public.modulus().big_endian_without_leading_zero().to_vec();
                let e = public.exponent().big_endian_without_leading_zero().to_vec();
                CoreJsonWebKey::new_rsa(n, e, kid)
            }
        }
    }
}

/// The published keys, those that sign first.
pub struct SigningKeys {
    keys: Vec<(SigningKeyStatus, SigningKey)>,
    jwks: Vec<u8>,
}

impl SigningKeys {
    /// Loads the keys; where an algorithm has none yet, makes one.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn load_or_generate(
        store: &dyn Store,
        server_keys: &ServerKeys,
        entropy: &dyn Entropy,
        now: UnixMillis,
    ) -> Result<Self, KeyError> {
        for algorithm in [SigningAlgorithm::ES384, SigningAlgorithm::RS256] {
            let stored = store.read().await?.signing_keys().await?;
            let exists = stored
                .iter()
                .any(|key| key.algorithm == algorithm && key.status == SigningKeyStatus::Current);
            if exists {
                continue;
            }
            let (key, pkcs8) = SigningKey::generate(algorithm)?;
            let row = StoredSigningKey {
                sealed_private_key: server_keys.seal(entropy, sealed_field(key.id()), &pkcs8),
                id: key.id.clone(),
                algorithm,
                status: SigningKeyStatus::Current,
                created_at: now,
            };
            // Another process may have been first; then its key is the one.
            store
                .write(move |tx| {
                    Box::pin(async move {
                        tx.insert_signing_key(&row).await?;
                        Ok::<_, StoreError>(())
                    })
                })
                .await?;
        }
        let stored = store.read().await?.signing_keys().await?;
        Self::open(server_keys, stored)
    }

    fn open(server_keys: &ServerKeys, stored: Vec<StoredSigningKey>) -> Result<Self, KeyError> {
        let mut keys = Vec::with_capacity(stored.len());
        for row in stored {
            let pkcs8 = server_keys
                .open(sealed_field(&row.id), &row.sealed_private_key)
                .map_err(|source| KeyError::Sealed {
                    id: row.id.clone(),
                    source,
                })?;
            let key =
                SigningKey::from_pkcs8(row.algorithm, &pkcs8).ok_or(KeyError::Malformed(row.id))?;
            keys.push((row.status, key));
        }
        Ok(Self::new(keys))
    }

    /// A ring of these keys; each algorithm has one that is current.
    pub fn new(keys: Vec<(SigningKeyStatus, SigningKey)>) -> Self {
        let jwks: Vec<_> = keys.iter().map(|(_, key)| key.jwk()).collect();
        let jwks = serde_json::to_vec(&json!({ "keys": jwks })).expect("JWKs serialise");
        Self { keys, jwks }
    }

    /// The key set as JSON bytes (RFC 7517 §5).
    pub fn jwks(&self) -> &[u8] {
        &self.jwks
    }

    /// The key that signs with an algorithm.
    pub(crate) fn current(&self, algorithm: SigningAlgorithm) -> Option<&SigningKey> {
        let current = self.keys.iter().find(|(status, key)| {
            *status == SigningKeyStatus::Current && key.algorithm == algorithm
        });
        current.map(|(_, key)| key)
    }

    /// A published key by its `kid`.
    pub(crate) fn by_id(&self, kid: &str) -> Option<&SigningKey> {
        let found = self.keys.iter().find(|(_, key)| key.id.as_str() == kid);
        found.map(|(_, key)| key)
    }
}

fn sealed_field(id: &SigningKeyId) -> SealedField<'_> {
    SealedField {
        table: "signing_keys",
        column: "private_key",
        row: id.as_str(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "signing draws its own randomness"
)]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}

/// The point's coordinates: after the marker of an uncompressed point, x and y in equal halves.
fn coordinates(pair: &EcdsaKeyPair) -> (&[u8], &[u8]) {
    let point = &pair.public_key().as_ref()[1..];
    point.split_at(point.len() / 2)
}

/// The members that a thumbprint is made of (RFC 7638 §3.2).
fn required_members(pair: &Pair) -> Value {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match pair {
        Pair::Ec(pair) => {
            let (x, y) = coordinates(pair);
            json!({ "crv": "P-384", "kty": "EC", "x": encode(x), "y": encode(y) })
        }
        Pair::Rsa(pair) => {
            let public = pair.public_key();
            json!({
                "e": encode(public.exponent().big_endian_without_leading_zero()),
                "kty": "RSA",
                "n": encode(public.modulus().big_endian_without_leading_zero()),
            })
        }
    }
}

/// JWK thumbprint: SHA-256 of the required members in the order of their names (RFC 7638 §3).
fn thumbprint(pair: &Pair) -> String {
    let members = required_members(pair);
    let canonical = members.as_object().map(|members| {
        let mut names: Vec<_> = members.iter().collect();
        names.sort_by_key(|(name, _)| *name);
        let members: Vec<_> = names
            .into_iter()
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect();
        format!("{{{}}}", members.join(","))
    });
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_stored_form() {
        for algorithm in [SigningAlgorithm::ES384, SigningAlgorithm::RS256] {
            let (key, pkcs8) = SigningKey::generate(algorithm).unwrap();
            let again = SigningKey::from_pkcs8(algorithm, &pkcs8).unwrap();
            assert_eq!(key.id(), again.id());
            let signature = key.sign(&key.core_algorithm(), b"message").unwrap();
            assert!(again.verifies(b"message", &signature));
            assert!(!again.verifies(b"other", &signature));
        }
    }

    #[test]
    fn a_jwk_says_what_it_is_for_and_no_more() {
        let (key, _) = SigningKey::generate(SigningAlgorithm::ES384).unwrap();
        let jwk = key.jwk();
        assert_eq!(jwk["alg"], "ES384");
        assert_eq!(jwk["use"], "sig");
        assert_eq!(jwk["kid"], key.id().as_str());
        assert!(jwk.get("d").is_none());
    }

    #[test]
    fn a_key_of_one_algorithm_is_none_of_another() {
        let (_, pkcs8) = SigningKey::generate(SigningAlgorithm::ES384).unwrap();
        assert!(SigningKey::from_pkcs8(SigningAlgorithm::RS256, &pkcs8).is_none());
    }
}
