//! Public keys as JWKs (RFC 7517): read from strangers, thumbprinted, and used to verify.
//!
//! Which key a signature is checked with is never the token's own choice: a caller takes the key
//! from where it is registered, or, for a DPoP proof, treats the key itself as the identity.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Algorithms of signatures that strangers may send: client assertions and DPoP proofs.
pub(crate) const FOREIGN_ALGORITHMS: [&str; 6] =
    ["ES256", "ES384", "EdDSA", "Ed25519", "RS256", "PS256"];

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicJwk {
    /// On P-256; the coordinates, 32 bytes each.
    P256 { x: Vec<u8>, y: Vec<u8> },
    /// On P-384; the coordinates, 48 bytes each.
    P384 { x: Vec<u8>, y: Vec<u8> },
    /// Ed25519; 32 bytes.
    Ed25519 { x: Vec<u8> },
    /// RSA of 2048 to 8192 bits; modulus and exponent, big-endian.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl PublicJwk {
    /// Reads a public key. `None` for a key of another kind, a malformed one, or one that holds
    /// its private part.
    pub(crate) fn parse(jwk: &Value) -> Option<Self> {
        if jwk.get("d").is_some() || jwk.get("k").is_some() {
            return None;
        }
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let sized = |name: &str, len: usize| bytes(name).filter(|bytes| bytes.len() == len);
        match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => Some(Self::P256 {
                x: sized("x", 32)?,
                y: sized("y", 32)?,
            }),
            ("EC", Some("P-384")) => Some(Self::P384 {
                x: sized("x", 48)?,
                y: sized("y", 48)?,
            }),
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519 { x: sized("x", 32)? }),
            ("RSA", _) => {
                let n = bytes("n")?;
                let n: Vec<u8> = n.into_iter().skip_while(|byte| *byte == 0).collect();
                let fits = (256..=1024).contains(&n.len());
                let e = bytes("e").filter(|e| (1..=8).contains(&e.len()))?;
                fits.then_some(Self::Rsa { n, e })
            }
            _ => None,
        }
    }

    /// Whether `signature` is this key's over `message`, by the JWS algorithm `alg` (RFC 7518
    /// §3.1, RFC 8037 §3.1). An algorithm of another kind of key verifies nothing.
    pub(crate) fn verifies(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        match (self, alg) {
            (Self::P256 { x, y }, "ES256") => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(x, y))
                    .verify(message, signature)
                    .is_ok()
            }
            (Self::P384 { x, y }, "ES384") => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point(x, y))
                    .verify(message, signature)
                    .is_ok()
            }
            (Self::Ed25519 { x }, "EdDSA" | "Ed25519") => UnparsedPublicKey::new(&ED25519, x)
                .verify(message, signature)
                .is_ok(),
            (Self::Rsa { n, e }, "RS256" | "PS256") => {
                let parameters = if alg == "RS256" {
                    &RSA_PKCS1_2048_8192_SHA256
                } else {
                    &RSA_PSS_2048_8192_SHA256
                };
                PublicKeyComponents { n, e }
                    .verify(parameters, message, signature)
                    .is_ok()
            }
            _ => false,
        }
    }

    /// The members that a thumbprint is made of (RFC 7638 §3.2).
    pub(crate) fn required_members(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::P256 { x, y } => {
                json!({ "crv": "P-256", "kty": "EC", "x": encode(x), "y": encode(y) })
            }
            Self::P384 { x, y } => {
                json!({ "crv": "P-384", "kty": "EC", "x": encode(x), "y": encode(y) })
            }
            Self::Ed25519 { x } => json!({ "crv": "Ed25519", "kty": "OKP", "x": encode(x) }),
            Self::Rsa { n, e } => json!({ "e": encode(e), "kty": "RSA", "n": encode(n) }),
        }
    }

    /// JWK thumbprint: SHA-256 of the required members in the order of their names, base64url
    /// without padding (RFC 7638 §3).
    pub(crate) fn thumbprint(&self) -> String {
        let members = self.required_members();
        let mut names: Vec<_> = members.as_object().into_iter().flatten().collect();
        names.sort_by_key(|(name, _)| *name);
        let members: Vec<_> = names
            .into_iter()
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect();
        let canonical = format!("{{{}}}", members.join(","));
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }
}

/// An uncompressed point (SEC 1 §2.3.3).
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1.
    #[test]
    fn the_rfcs_thumbprint_comes_out() {
        let jwk = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        });
        let key = PublicJwk::parse(&jwk).unwrap();
        assert_eq!(
            key.thumbprint(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    /// RFC 8037 appendix A.
    #[test]
    fn an_edwards_key_verifies_the_rfcs_example() {
        let jwk = json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        let key = PublicJwk::parse(&jwk).unwrap();
        assert_eq!(
            key.thumbprint(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = URL_SAFE_NO_PAD
            .decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
            .unwrap();
        assert!(key.verifies("EdDSA", message, &signature));
        assert!(!key.verifies("EdDSA", b"other", &signature));
        assert!(!key.verifies("ES256", message, &signature));
        assert!(!key.verifies("none", message, b""));
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        for jwk in [
            json!({}),
            json!({ "kty": "oct", "k": "c2VjcmV0" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }),
            json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }),
            json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "d": "AA",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
            json!("text"),
        ] {
            assert_eq!(PublicJwk::parse(&jwk), None, "{jwk}");
        }
    }
}
