//! The device grant where several do something at once, and where somebody cheats.

use std::sync::Arc;
use std::time::Duration;

use moongate_core::{
    ApplicationType, Authentication, DeviceState, Interaction, StoreError, UserId, token_hash,
};
use moongate_oidc::{Begun, Browser, DeviceBegun, DeviceRefusal, DeviceStanding, TokenRequest};
use serde_json::{Value, json};

use crate::ground::{Ground, error_name, parameters};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// `tv` has no browser.
async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground
        .put_application("tv", ApplicationType::Native, |metadata| {
            metadata.is_device_flow = Some(true);
        })
        .await;
    ground
}

async fn device(ground: &Ground) -> Value {
    let parameters = parameters(&[("client_id", "tv"), ("scope", "openid offline_access")]);
    let request = TokenRequest {
        authorization: None,
        dpop: None,
        parameters: &parameters,
    };
    let device = ground.provider.authorize_device(request).await;
    json!(device.map_err(|error| error.to_string()).unwrap())
}

fn poll(device: &Value) -> Vec<(&str, &str)> {
    let device_code = device["device_code"].as_str().unwrap();
    vec![
        ("grant_type", GRANT),
        ("client_id", "tv"),
        ("device_code", device_code),
    ]
}

/// The interaction of a code that alice, who is signed in, typed, and her browser.
async fn typed(ground: &Ground, code: &str) -> (Interaction, Browser) {
    let begun = ground.provider.begin_device(code, &ground.browser).await;
    match begun.unwrap() {
        DeviceBegun::Decide(begun) => interaction(ground, begun).await,
        other => panic!("expected to decide, got {other:?}"),
    }
}

async fn interaction(ground: &Ground, begun: Begun) -> (Interaction, Browser) {
    let mut reader = ground.store.read().await.unwrap();
    let found = reader.interaction(&begun.interaction).await.unwrap();
    let browser = Browser {
        interactions: Some(begun.interactions_cookie),
        ..ground.browser.clone()
    };
    (found.unwrap(), browser)
}

async fn decide(
    ground: &Ground,
    (interaction, browser): &(Interaction, Browser),
    is_allowed: bool,
) -> DeviceStanding {
    let interaction = interaction.clone();
    let decided = ground
        .provider
        .decide_device(interaction, browser, is_allowed);
    decided.await.unwrap()
}

fn is_done(standing: &DeviceStanding) -> bool {
    matches!(standing, DeviceStanding::Done { .. })
}

#[tokio::test]
async fn of_parallel_polls_one_gets_tokens() {
    let ground = Arc::new(ground().await);
    let device = device(&ground).await;
    let question = typed(&ground, device["user_code"].as_str().unwrap()).await;
    assert!(is_done(&decide(&ground, &question, true).await));
    let mut polls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (ground, device) = (Arc::clone(&ground), device.clone());
        polls.spawn(async move { ground.token(&poll(&device)).await.is_ok() });
    }
    let answers = polls.join_all().await;
    assert_eq!(answers.iter().filter(|is_ok| **is_ok).count(), 1);
}

#[tokio::test]
async fn of_a_yes_and_a_no_at_once_one_counts() {
    let ground = ground().await;
    let device = device(&ground).await;
    let code = device["user_code"].as_str().unwrap();
    let (first, second) = (typed(&ground, code).await, typed(&ground, code).await);
    let yes = decide(&ground, &first, true).await;
    let no = decide(&ground, &second, false).await;
    assert!(is_done(&yes));
    assert!(matches!(no, DeviceStanding::Refused(DeviceRefusal::Used)));
    assert!(ground.token(&poll(&device)).await.is_ok());
}

#[tokio::test]
async fn who_signed_in_for_a_guess_is_counted_without_looking_at_the_page() {
    let ground = ground().await;
    let device = device(&ground).await;
    let now = moongate_core::Clock::now(ground.clock.as_ref());
    let session = ground.browser.session.as_deref().unwrap();
    let mut reader = ground.store.read().await.unwrap();
    let session = reader.session_by_cookie(&token_hash(session)).await;
    let session = session.unwrap().unwrap();
    drop(reader);
    let guess = async |code: &str| {
        let nobody = Browser::default();
        let begun = ground.provider.begin_device(code, &nobody).await.unwrap();
        let DeviceBegun::SignIn(begun) = begun else {
            panic!("expected the sign-in page, got {begun:?}");
        };
        let (interaction, browser) = interaction(&ground, begun).await;
        let authentication = Authentication {
            session_id: session.id.clone(),
            user_id: session.user_id.clone(),
        };
        let signed_in = interaction.authenticated(authentication, now).unwrap();
        decide(&ground, &(signed_in, browser), true).await
    };
    for _ in 0..10 {
        let standing = guess("BBBB-BBBB").await;
        assert!(matches!(
            standing,
            DeviceStanding::Refused(DeviceRefusal::NotFound)
        ));
    }
    let standing = guess(device["user_code"].as_str().unwrap()).await;
    assert!(matches!(
        standing,
        DeviceStanding::Refused(DeviceRefusal::TooManyTries { .. })
    ));
    let pending = error_name(ground.token(&poll(&device)).await);
    assert_eq!(pending, "authorization_pending");
}

#[tokio::test]
async fn a_user_who_was_barred_in_the_meantime_gives_nothing() {
    let ground = ground().await;
    let device = device(&ground).await;
    let question = typed(&ground, device["user_code"].as_str().unwrap()).await;
    decide(&ground, &question, true).await;
    let barred: Result<(), StoreError> = ground
        .store
        .write(|tx| {
            Box::pin(async move {
                let mut alice = tx.user(&UserId::from("alice")).await?.unwrap();
                alice.is_suspended = true;
                tx.update_user(&alice).await
            })
        })
        .await;
    barred.unwrap();
    let refused = error_name(ground.token(&poll(&device)).await);
    assert_eq!(refused, "invalid_grant");
}

#[tokio::test]
async fn an_application_that_left_this_flow_is_not_confirmed() {
    let ground = ground().await;
    let device = device(&ground).await;
    ground
        .change_application("tv", |tv| tv.custom_client_metadata.is_device_flow = None)
        .await;
    let code = device["user_code"].as_str().unwrap();
    let begun = ground.provider.begin_device(code, &ground.browser).await;
    assert!(matches!(
        begun.unwrap(),
        DeviceBegun::Refused(DeviceRefusal::NotFound)
    ));
}

#[tokio::test]
async fn where_no_device_can_be_connected_no_code_leads_anywhere() {
    let ground = Ground::new().await;
    let nobody = Browser::default();
    let begun = ground.provider.begin_device("BBBB-BBBB", &nobody).await;
    assert!(matches!(
        begun.unwrap(),
        DeviceBegun::Refused(DeviceRefusal::NotFound)
    ));
}

#[tokio::test]
async fn a_decision_ends_the_wait_even_of_a_hasty_device() {
    let ground = ground().await;
    let device = device(&ground).await;
    for expected in ["authorization_pending", "slow_down", "slow_down"] {
        let error = error_name(ground.token(&poll(&device)).await);
        assert_eq!(error, expected);
    }
    let question = typed(&ground, device["user_code"].as_str().unwrap()).await;
    decide(&ground, &question, true).await;
    ground.advance(Duration::from_secs(1));
    assert!(ground.token(&poll(&device)).await.is_ok());
    let code = device["device_code"].as_str().unwrap();
    let mut reader = ground.store.read().await.unwrap();
    let row = reader
        .device_authorization(&token_hash(code))
        .await
        .unwrap();
    let row = row.unwrap();
    assert!(matches!(row.state, DeviceState::Redeemed { .. }));
    assert_eq!(row.interval, Duration::from_secs(15));
}
