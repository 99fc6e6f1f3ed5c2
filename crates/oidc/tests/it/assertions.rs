//! `private_key_jwt`: a client proves itself by its key.

use std::time::Duration;

use moongate_core::{ApplicationType, Clock as _};
use serde_json::{Value, json};

use crate::foreign_key::ForeignKey;
use crate::ground::{Ground, SECRET, error_name, exchange};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ISSUER: &str = "http://localhost:3001/oidc";
const JWKS_URI: &str = "https://app.example/jwks";

/// What makes an assertion wrong.
type Spoil = fn(&mut Value);

fn key_set(keys: &[(&ForeignKey, &str)]) -> Value {
    let keys: Vec<_> = keys
        .iter()
        .map(|(key, kid)| {
            let mut jwk = key.jwk();
            jwk["kid"] = json!(kid);
            jwk
        })
        .collect();
    json!({ "keys": keys })
}

async fn with_key(key: &ForeignKey) -> Ground {
    let ground = Ground::new().await;
    let jwks = key_set(&[(key, "1")]);
    ground
        .put_application("web", ApplicationType::Traditional, move |metadata| {
            metadata.jwks = Some(jwks);
        })
        .await;
    ground
}

fn assertion(
    ground: &Ground,
    key: &ForeignKey,
    (kid, jti): (&str, &str),
    change: impl FnOnce(&mut Value),
) -> String {
    let now = ground.clock.now().seconds();
    let mut claims = json!({
        "iss": "web", "sub": "web", "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60,
    });
    change(&mut claims);
    key.sign(&json!({ "alg": "ES256", "kid": kid }), &claims)
}

async fn present(ground: &Ground, assertion: &str) -> Result<(), &'static str> {
    let code = ground.code("web", &[]).await;
    let mut pairs = exchange("web", &code);
    pairs.push(("client_assertion_type", ASSERTION_TYPE));
    pairs.push(("client_assertion", assertion));
    match ground.token(&pairs).await {
        Ok(_) => Ok(()),
        refused => Err(error_name(refused)),
    }
}

#[tokio::test]
async fn an_assertion_proves_its_client_once() {
    let key = ForeignKey::generate();
    let ground = with_key(&key).await;
    let once = assertion(&ground, &key, ("1", "once"), |_| {});
    assert_eq!(present(&ground, &once).await, Ok(()));
    assert_eq!(present(&ground, &once).await, Err("invalid_client"));
    for aud in [
        json!(format!("{ISSUER}/token")),
        json!([ISSUER, "https://x.example"]),
    ] {
        let jti = aud.to_string();
        let other = assertion(&ground, &key, ("1", &jti), |claims| claims["aud"] = aud);
        assert_eq!(present(&ground, &other).await, Ok(()));
    }
}

#[tokio::test]
async fn forged_assertions_prove_nothing() {
    let key = ForeignKey::generate();
    let ground = with_key(&key).await;
    let stranger = ForeignKey::generate();
    let by_stranger = assertion(&ground, &stranger, ("1", "s"), |_| {});
    assert_eq!(present(&ground, &by_stranger).await, Err("invalid_client"));
    let table: [(&str, Spoil); 8] = [
        ("iss", |claims| claims["iss"] = json!("spa")),
        ("aud", |claims| {
            claims["aud"] = json!("https://other.example");
        }),
        ("aud below", |claims| {
            claims["aud"] = json!(format!("{ISSUER}/elsewhere"));
        }),
        ("no aud", |claims| claims["aud"] = json!(null)),
        ("past", |claims| {
            claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 61);
        }),
        ("far", |claims| {
            claims["exp"] = json!(claims["iat"].as_i64().unwrap() + 7200);
        }),
        ("no exp", |claims| claims["exp"] = json!(null)),
        ("no jti", |claims| claims["jti"] = json!(null)),
    ];
    for (what, spoil) in table {
        let spoilt = assertion(&ground, &key, ("1", what), spoil);
        assert_eq!(
            present(&ground, &spoilt).await,
            Err("invalid_client"),
            "{what}"
        );
    }
    let unsigned = key.sign(
        &json!({ "alg": "none" }),
        &json!({ "sub": "web", "iss": "web" }),
    );
    assert_eq!(present(&ground, &unsigned).await, Err("invalid_client"));
    assert_eq!(present(&ground, "no jwt").await, Err("invalid_request"));
}

#[tokio::test]
async fn an_assertion_is_no_second_mechanism() {
    let key = ForeignKey::generate();
    let ground = with_key(&key).await;
    let code = ground.code("web", &[]).await;
    let own = assertion(&ground, &key, ("1", "a"), |_| {});
    let mut pairs = exchange("web", &code);
    pairs.push(("client_assertion_type", ASSERTION_TYPE));
    pairs.push(("client_assertion", &own));
    pairs.push(("client_secret", SECRET));
    assert_eq!(error_name(ground.token(&pairs).await), "invalid_request");
}

#[tokio::test]
async fn keys_behind_an_address_are_fetched_when_a_new_one_appears() {
    let (old, new) = (ForeignKey::generate(), ForeignKey::generate());
    let ground = Ground::new().await;
    ground
        .put_application("web", ApplicationType::Traditional, |metadata| {
            metadata.jwks_uri = Some(JWKS_URI.into());
        })
        .await;
    let early = assertion(&ground, &old, ("old", "0"), |_| {});
    assert_eq!(
        present(&ground, &early).await,
        Err("invalid_client"),
        "unreachable"
    );
    for jti in ["0a", "0b"] {
        let again = assertion(&ground, &old, ("old", jti), |_| {});
        assert_eq!(present(&ground, &again).await, Err("invalid_client"));
    }
    assert_eq!(ground.outbound.fetched().len(), 1, "a failure is kept, too");
    ground.advance(Duration::from_secs(30));
    ground
        .outbound
        .answer(JWKS_URI, 200, key_set(&[(&old, "old")]).to_string());
    for jti in ["1", "2"] {
        let by_old = assertion(&ground, &old, ("old", jti), |_| {});
        assert_eq!(present(&ground, &by_old).await, Ok(()));
    }
    assert_eq!(ground.outbound.fetched().len(), 2, "the second was kept");
    ground.outbound.answer(
        JWKS_URI,
        200,
        key_set(&[(&old, "old"), (&new, "new")]).to_string(),
    );
    let hasty = assertion(&ground, &new, ("new", "3"), |_| {});
    assert_eq!(
        present(&ground, &hasty).await,
        Err("invalid_client"),
        "too soon to ask"
    );
    ground.advance(Duration::from_secs(30));
    let by_new = assertion(&ground, &new, ("new", "4"), |_| {});
    assert_eq!(present(&ground, &by_new).await, Ok(()));
}
