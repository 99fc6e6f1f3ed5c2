//! One token-signing key, parsed once.
//!
//! Key generation and signing draw their randomness inside the crypto library, not from the
//! injected entropy; tests use a fixed key and compare header and claims.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::{SigningAlgorithm, SigningKeyId};
use openidconnect::core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey, SigningError};
use serde_json::{Value, json};

use crate::jwk::PublicJwk;

enum Pair {
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// One key, ready to sign.
pub struct SigningKey {
    id: SigningKeyId,
    algorithm: SigningAlgorithm,
    pair: Pair,
    public: PublicJwk,
}

impl SigningKey {
    /// A fresh key and its PKCS#8 form. `None` if the crypto library can't make one.
    pub fn generate(algorithm: SigningAlgorithm) -> Option<(Self, Vec<u8>)> {
        let pkcs8 = match algorithm {
            SigningAlgorithm::ES384 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &system_random())
                    .ok()?
                    .as_ref()
                    .to_vec()
            }
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &system_random())
                    .ok()?
                    .as_ref()
                    .to_vec()
            }
            SigningAlgorithm::EdDSA => Ed25519KeyPair::generate_pkcs8(&system_random())
                .ok()?
                .as_ref()
                .to_vec(),
            SigningAlgorithm::RS256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .and_then(|pair| pair.as_der())
                .ok()?
                .as_ref()
                .to_vec(),
        };
        Some((Self::from_pkcs8(algorithm, &pkcs8)?, pkcs8))
    }

    /// A key from its PKCS#8 form.
    pub fn from_pkcs8(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Option<Self> {
        let pair = match algorithm {
            SigningAlgorithm::ES384 => {
                Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8).ok()?)
            }
            SigningAlgorithm::ES256 => {
                Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?)
            }
            SigningAlgorithm::EdDSA => Pair::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8).ok()?),
            SigningAlgorithm::RS256 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8).ok()?),
        };
        let public = public(algorithm, &pair);
        Some(Self {
            id: SigningKeyId::from(public.thumbprint()),
            algorithm,
            pair,
            public,
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
        let mut jwk = self.public.required_members();
        jwk["alg"] = json!(self.algorithm.as_str());
        jwk["use"] = json!("sig");
        jwk["kid"] = json!(self.id.as_str());
        jwk
    }

    /// `claims` as a signed token in compact form. `typ` says what it is, where that is not plain
    /// (RFC 8725 §3.11). `None` if the crypto library can't sign.
    pub(crate) fn sign_claims(&self, typ: Option<&str>, claims: &Value) -> Option<String> {
        let mut header = json!({ "alg": self.algorithm.as_str(), "kid": self.id.as_str() });
        if let Some(typ) = typ {
            header["typ"] = json!(typ);
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.signature(message.as_bytes())?;
        Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public
            .verifies(self.algorithm.as_str(), message, signature)
    }

    fn signature(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.pair {
            Pair::Ec(pair) => {
                let signature = pair.sign(&system_random(), message).ok()?;
                Some(signature.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &system_random(), message, &mut signature)
                    .ok()?;
                Some(signature)
            }
        }
    }

    /// The algorithm as the `openidconnect` crate names it.
    pub(crate) fn core_algorithm(&self) -> CoreJwsSigningAlgorithm {
        match self.algorithm {
            SigningAlgorithm::ES384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
            SigningAlgorithm::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            SigningAlgorithm::EdDSA => CoreJwsSigningAlgorithm::EdDsa,
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
        self.signature(message).ok_or(SigningError::CryptoError)
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        let kid = Some(JsonWebKeyId::new(self.id.to_string()));
        match self.public.clone() {
            PublicJwk::P256 { x, y } => CoreJsonWebKey::new_ec(x, y, CoreJsonCurveType::P256, kid),
            PublicJwk::P384 { x, y } => CoreJsonWebKey::new_ec(x, y, CoreJsonCurveType::P384, kid),
            PublicJwk::Ed25519 { x } => CoreJsonWebKey::new_okp(x, CoreJsonCurveType::Ed25519, kid),
            PublicJwk::Rsa { n, e } => CoreJsonWebKey::new_rsa(n, e, kid),
        }
    }
}

/// The public half. After the marker of an uncompressed point, x and y come in equal halves.
fn public(algorithm: SigningAlgorithm, pair: &Pair) -> PublicJwk {
    match pair {
        Pair::Ec(pair) => {
            let point = &pair.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            let (x, y) = (x.to_vec(), y.to_vec());
            match algorithm {
                SigningAlgorithm::ES256 => PublicJwk::P256 { x, y },
                _ => PublicJwk::P384 { x, y },
            }
        }
        Pair::Ed25519(pair) => PublicJwk::Ed25519 {
            x: pair.public_key().as_ref().to_vec(),
        },
        Pair::Rsa(pair) => {
            let public = pair.public_key();
            PublicJwk::Rsa {
                n: public.modulus().big_endian_without_leading_zero().to_vec(),
                e: public.exponent().big_endian_without_leading_zero().to_vec(),
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "signing draws its own randomness"
)]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_stored_form() {
        for algorithm in SigningAlgorithm::ALL {
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
        for algorithm in SigningAlgorithm::ALL {
            let (key, _) = SigningKey::generate(algorithm).unwrap();
            let jwk = key.jwk();
            assert_eq!(jwk["alg"], algorithm.as_str());
            assert_eq!(jwk["use"], "sig");
            assert_eq!(jwk["kid"], key.id().as_str());
            assert!(jwk.get("d").is_none());
        }
    }

    #[test]
    fn a_key_of_one_algorithm_is_none_of_another() {
        let (_, pkcs8) = SigningKey::generate(SigningAlgorithm::ES384).unwrap();
        for other in [
            SigningAlgorithm::ES256,
            SigningAlgorithm::EdDSA,
            SigningAlgorithm::RS256,
        ] {
            assert!(SigningKey::from_pkcs8(other, &pkcs8).is_none());
        }
    }
}
