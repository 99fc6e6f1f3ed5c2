//! The provider's key set as the suite judges it, and signatures checked with it.

use std::collections::BTreeSet;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Members of private and symmetric keys (RFC 7518 §6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key set that passed.
pub(super) struct KeySet(Vec<Value>);

impl KeySet {
    /// Takes a key set (RFC 7517 §5): public keys alone, well formed, each with a `kid` of its own
    /// and with the `alg` that it is for.
    pub(super) fn read(document: &Value) -> Self {
        let keys = document["keys"].as_array().expect("a list of keys");
        assert!(!keys.is_empty(), "no key");
        let mut kids = BTreeSet::new();
        for key in keys {
            for name in PRIVATE {
                assert!(key.get(name).is_none(), "`{name}` is published: {key}");
            }
            let kid = key["kid"].as_str().expect("a kid");
            assert!(!kid.is_empty());
            assert!(kids.insert(kid), "two keys are called {kid}");
            assert_eq!(key["use"], "sig", "{key}");
            let of = |name: &str| key[name].as_str().unwrap_or_default();
            match (of("kty"), of("crv"), of("alg")) {
                ("RSA", "", "RS256") => {
                    let modulus = member(key, "n");
                    assert!(modulus.len() >= 256 && modulus[0] != 0, "under 2048 bits");
                    assert!(!member(key, "e").is_empty());
                }
                ("EC", "P-256", "ES256") => coordinates(key, 32),
                ("EC", "P-384", "ES384") => coordinates(key, 48),
                ("OKP", "Ed25519", "EdDSA") => assert_eq!(member(key, "x").len(), 32),
                _ => panic!("a key of a type or algorithm that nobody knows: {key}"),
            }
        }
        Self(keys.clone())
    }

    /// Checks the signature of a JWT with the key that its header names, by the algorithm that the
    /// key is for (RFC 7515 §5.2), and gives the header.
    #[track_caller]
    pub(super) fn verify(&self, token: &str) -> Value {
        let (signed, signature) = token.rsplit_once('.').expect("a JWS");
        let (header, _) = signed.split_once('.').expect("a JWS");
        let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
        let key = self.0.iter().find(|key| key["kid"] == header["kid"]);
        let key = key.unwrap_or_else(|| panic!("the key of {header} is not published"));
        assert_eq!(header["alg"], key["alg"], "the algorithm is the key's");
        let signature = decoded(signature);
        let (signed, x) = (signed.as_bytes(), || member(key, "x"));
        // SEC 1 §2.3.3: an uncompressed point.
        let point = || [vec![4], x(), member(key, "y")].concat();
        let verified =
            match key["alg"].as_str() {
                Some("RS256") => PublicKeyComponents {
                    n: member(key, "n"),
                    e: member(key, "e"),
                }
                .verify(&RSA_PKCS1_2048_8192_SHA256, signed, &signature),
                Some("ES256") => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point())
                    .verify(signed, &signature),
                Some("ES384") => UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point())
                    .verify(signed, &signature),
                _ => UnparsedPublicKey::new(&ED25519, x()).verify(signed, &signature),
            };
        verified.expect("the published key verifies the token");
        header
    }
}

fn coordinates(key: &Value, size: usize) {
    for name in ["x", "y"] {
        assert_eq!(member(key, name).len(), size, "{key}");
    }
}

fn member(key: &Value, name: &str) -> Vec<u8> {
    decoded(key[name].as_str().expect("a member of a key"))
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url, no padding")
}
