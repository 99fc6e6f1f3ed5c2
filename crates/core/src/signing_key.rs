//! A token-signing key, as the store keeps one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{SigningKeyId, UnixMillis};

/// Signature algorithms that a stored key may have (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum SigningAlgorithm {
    /// ECDSA on P-384 with SHA-384; the default.
    ES384,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
    /// RSASSA-PKCS1-v1_5 with SHA-256; always offered, since OpenID Connect Core §15.1 asks for it.
    RS256,
}

impl SigningAlgorithm {
    /// Every algorithm, the default first.
    pub const ALL: [Self; 4] = [Self::ES384, Self::ES256, Self::EdDSA, Self::RS256];

    /// The `alg` value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ES384 => "ES384",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
        }
    }

    /// The algorithm named by an `alg` value.
    pub fn parse(alg: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == alg)
    }
}

/// A signing key's row; the private part is sealed. Where a key is in its life follows from the
/// time: of one algorithm, the latest whose time has come signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// The key's `kid`: its JWK thumbprint (RFC 7638), base64url without padding.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// 1 for the first key of its algorithm, one more for each successor.
    pub sequence: i64,
    /// The sealed private key, PKCS#8 DER inside.
    pub sealed_private_key: Vec<u8>,
    /// When it was generated; it is published from then on.
    pub created_at: UnixMillis,
    /// From when on it signs in place of its predecessor.
    pub activates_at: UnixMillis,
}
