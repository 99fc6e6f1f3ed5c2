//! ID tokens as the suite judges them (OpenID Connect Core §2, §3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::claims;
use super::suite::Suite;

/// Seconds of fifty years.
const FIFTY_YEARS: i64 = 50 * YEAR;
const YEAR: i64 = 366 * 24 * 3600;

/// The claims of an ID token that nobody has to ask for.
const UNREQUESTED: [&str; 11] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "at_hash",
    "sid",
];

/// An ID token that passed.
#[derive(Debug)]
pub(super) struct IdToken {
    pub(super) raw: String,
    pub(super) claims: Map<String, Value>,
}

impl IdToken {
    /// Takes an ID token that was issued to a client with `access_token`.
    pub(super) fn verified(
        suite: &Suite,
        client_id: &str,
        raw: &str,
        nonce: Option<&str>,
        access_token: &str,
    ) -> Self {
        let header = suite.keys.verify(raw);
        assert_eq!(header["alg"], "RS256", "what the client registered");
        let payload = raw.split('.').nth(1).expect("a JWS");
        let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        let claims: Map<String, Value> = serde_json::from_slice(&payload).unwrap();
        let token = Self {
            raw: raw.to_owned(),
            claims,
        };
        let now = suite.app.now().seconds();
        assert_eq!(token.text("iss"), suite.issuer);
        match &token.claims["aud"] {
            Value::String(aud) => assert_eq!(aud, client_id),
            Value::Array(list) => assert!(list.contains(&client_id.into()), "{list:?}"),
            other => panic!("aud is {other}"),
        }
        assert!((now + 1..now + FIFTY_YEARS).contains(&token.seconds("exp")));
        assert!((now - YEAR..=now).contains(&token.seconds("iat")));
        assert!((now - YEAR..=now).contains(&token.seconds("auth_time")));
        assert!(!token.text("acr").is_empty());
        assert!(!token.text("sub").is_empty());
        // OpenID Connect Core §2: at most 255 ASCII characters.
        assert!(token.text("sub").is_ascii() && token.text("sub").len() <= 255);
        assert_eq!(token.claims.get("nonce").and_then(Value::as_str), nonce);
        // OpenID Connect Core §3.1.3.6: the left half of the hash of the signature's size.
        let half = &Sha256::digest(access_token)[..16];
        assert_eq!(token.text("at_hash"), URL_SAFE_NO_PAD.encode(half));
        claims::check_types(&token.claims, suite.app.now());
        token
    }

    /// Asserts that nothing is in the token that nobody asked for.
    #[track_caller]
    pub(super) fn holds_nothing_unrequested(&self) {
        for name in self.claims.keys() {
            assert!(UNREQUESTED.contains(&name.as_str()), "{name}");
        }
    }

    /// A text claim.
    #[track_caller]
    pub(super) fn text(&self, name: &str) -> &str {
        let value = self.claims.get(name).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("no text in {name}"))
    }

    /// A time claim.
    #[track_caller]
    pub(super) fn seconds(&self, name: &str) -> i64 {
        let value = self.claims.get(name).and_then(Value::as_i64);
        value.unwrap_or_else(|| panic!("no seconds in {name}"))
    }
}
