//! ID tokens: which algorithms prove something, and every way in which a token proves nothing.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::World;
use crate::provider::{Behaviour, Key, START};

/// Signs in with a provider that gets something wrong, and gives the error's code.
async fn refused(change: impl FnOnce(&mut Behaviour)) -> String {
    let mut world = World::new().await;
    // The keys are known and good before.
    world.sign_in().await;
    world.browser.jar.clear();
    change(&mut world.provider.behave());
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    let page = world.browser.get(&callback).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{}", page.body);
    assert!(!world.browser.has_session());
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");
    let code = page.body.split("<code>").nth(1).unwrap();
    code.split("</code>").next().unwrap().to_owned()
}

/// The error's code after the provider changed a claim, or left it out.
async fn refused_claim(name: &'static str, value: Option<Value>) -> String {
    refused(|behaviour| {
        behaviour.claims = Box::new(move |claims| {
            match &value {
                Some(value) => claims.insert(name.to_owned(), value.clone()),
                None => claims.remove(name),
            };
        });
    })
    .await
}

#[tokio::test]
async fn an_id_token_that_proves_nothing_is_refused() {
    for (name, value, expected) in [
        ("nonce", Some(json!("x")), "id_token.nonce"),
        ("nonce", None, "id_token.nonce"),
        ("iss", Some(json!("http://evil.example")), "id_token.issuer"),
        ("aud", Some(json!("other")), "id_token.audience"),
        ("aud", Some(json!(["shop", "other"])), "id_token.audience"),
        ("azp", Some(json!("other")), "id_token.audience"),
        ("exp", Some(json!(START - 61)), "id_token.expired"),
        ("iat", Some(json!(START + 61)), "id_token.issued_at"),
        ("iat", Some(json!(START - 601)), "id_token.issued_at"),
        ("at_hash", Some(json!("AAAA")), "id_token.access_token_hash"),
    ] {
        assert_eq!(refused_claim(name, value).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_bad_signature_is_refused() {
    let spoilt = refused(|behaviour| behaviour.bad_signature = true).await;
    assert_eq!(spoilt, "id_token.signature");
    // The same key id, another key: an attacker names what they like.
    let forged = refused(|behaviour| behaviour.key = Key::es384()).await;
    assert_eq!(forged, "id_token.signature");
}

#[tokio::test]
async fn every_accepted_algorithm_is_verified() {
    for key in [
        Key::es384(),
        Key::es256(),
        Key::rs256(),
        Key::ps256(),
        Key::ed_dsa(),
    ] {
        let mut world = World::new().await;
        world.provider.behave().key = key;
        world.sign_in().await;
        assert_eq!(world.browser.get("/").await.body, "Hello li");
    }
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_once() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.browser.jar.clear();
    let rotate = |kid: &str| {
        let mut behaviour = world.provider.behave();
        behaviour.key = Key::es384();
        behaviour.kid = kid.to_owned();
    };
    rotate("second");
    world.sign_in().await;
    assert_eq!(world.provider.calls().jwks, 2);

    // A second unknown key at once waits for the cooldown.
    rotate_and_fail(&mut world).await;
    assert_eq!(world.provider.calls().jwks, 2);
    world.clock.advance(Duration::from_secs(30));
    world.browser.jar.clear();
    world.sign_in().await;
    assert_eq!(world.provider.calls().jwks, 3);
}

async fn rotate_and_fail(world: &mut World) {
    {
        let mut behaviour = world.provider.behave();
        behaviour.key = Key::es384();
        "third".clone_into(&mut behaviour.kid);
    }
    world.browser.jar.clear();
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    let page = world.browser.get(&callback).await;
    assert!(page.body.contains("id_token.unknown_key"), "{}", page.body);
}
