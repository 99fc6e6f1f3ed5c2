//! A token-signing key, as the store keeps one.

use serde::{Deserialize, Serialize};

use crate::{SigningKeyId, UnixMillis};

/// Signature algorithms that a stored key may have (RFC 7518 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// ECDSA on P-384 with SHA-384; the default.
    ES384,
    /// RSASSA-PKCS1-v1_5 with SHA-256; always offered, since OpenID Connect Core §15.1 asks for it.
    RS256,
}

impl SigningAlgorithm {
    /// The `alg` value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ES384 => "ES384",
            Self::RS256 => "RS256",
        }
    }

    /// The algorithm named by an `alg` value.
    pub fn parse(alg: &str) -> Option<Self> {
        [Self::ES384, Self::RS256]
            .into_iter()
            .find(|known| known.as_str() == alg)
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
    /// The name that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "Next",
            Self::Current => "Current",
            Self::Previous => "Previous",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Previous]
            .into_iter()
            .find(|known| known.as_str() == name)
    }
}

/// A signing key's row; the private part is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// The key's `kid`: its JWK thumbprint (RFC 7638), base64url without padding.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// Where it is in its life; there is one current key for each algorithm.
    pub status: SigningKeyStatus,
    /// The sealed private key, PKCS#8 DER inside.
    pub sealed_private_key: Vec<u8>,
    /// When it was generated.
    pub created_at: UnixMillis,
}
