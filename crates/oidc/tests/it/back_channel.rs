//! Telling applications that a session ended (OpenID Connect Back-Channel Logout 1.0).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::testing::PostedForm;
use moongate_core::{
    ApplicationId, OutboundError, SigningAlgorithm, StoreError, UserId, end_access, end_session,
    token_hash,
};
use serde_json::{Value, json};

use crate::ground::{Ground, claims, json, parameters};

const WEB: &str = "https://web.example/logout";
const SPA: &str = "https://spa.example/logout";

/// Both applications have an address for logout tokens and answer there.
async fn ground() -> Ground {
    let ground = Ground::new().await;
    for (id, uri) in [("web", WEB), ("spa", SPA)] {
        let change = |application: &mut moongate_core::Application| {
            let metadata = &mut application.oidc_client_metadata;
            metadata.backchannel_logout_uri = Some(uri.into());
        };
        ground.change_application(id, change).await;
        ground.outbound.answer(uri, 200, "");
    }
    ground
}

/// An ID token of the public application, which so knows the session.
async fn id_token(ground: &Ground) -> Value {
    let code = ground.code("spa", &[]).await;
    json(ground.exchange(&code).await)["id_token"].clone()
}

async fn sign_out(ground: &Ground, hint: &Value) {
    let parameters = parameters(&[("id_token_hint", hint.as_str().unwrap())]);
    let outcome = ground.provider.end_session(&parameters, &ground.browser);
    outcome.await.unwrap();
}

/// Rounds until nothing is due; gives what was posted.
async fn deliver(ground: &Ground) -> Vec<PostedForm> {
    let before = ground.outbound.posted().len();
    while ground.provider.deliver_logouts().await.unwrap() > 0 {}
    ground.outbound.posted().split_off(before)
}

fn token_of(form: &PostedForm) -> Value {
    json!(form.field("logout_token").expect("a logout token"))
}

fn header(token: &Value) -> Value {
    let head = token.as_str().unwrap().split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap()
}

#[tokio::test]
async fn each_application_that_knows_the_session_is_told() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    ground.code("web", &[]).await;
    sign_out(&ground, &id_token).await;
    let posted = deliver(&ground).await;
    let mut urls: Vec<_> = posted.iter().map(|form| form.url.as_str()).collect();
    urls.sort_unstable();
    assert_eq!(urls, [SPA, WEB]);
    assert!(deliver(&ground).await.is_empty(), "told twice");
}

#[tokio::test]
async fn the_token_says_what_the_specification_wants_and_no_more() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    let told = claims(&id_token);
    sign_out(&ground, &id_token).await;
    ground.advance(Duration::from_secs(7));
    let posted = deliver(&ground).await;
    assert_eq!(posted[0].fields.len(), 1);
    let token = token_of(&posted[0]);
    assert_eq!(header(&token)["typ"], "logout+jwt");
    assert_eq!(header(&token)["alg"], "ES384");
    let claims = claims(&token);
    let iat = told["iat"].as_i64().unwrap() + 7;
    assert_eq!(claims["iss"], told["iss"]);
    assert_eq!(claims["aud"], "spa");
    assert_eq!(claims["sub"], told["sub"]);
    assert_eq!(claims["sid"], told["sid"]);
    assert_eq!(claims["iat"], iat);
    assert_eq!(claims["exp"], iat + 120);
    assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() > 20));
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(claims["events"], json!({ event: {} }));
    assert_eq!(claims.as_object().unwrap().len(), 8, "{claims}");
}

#[tokio::test]
async fn the_token_is_signed_as_the_application_s_id_tokens_are() {
    let ground = ground().await;
    let rs256 = |application: &mut moongate_core::Application| {
        let metadata = &mut application.custom_client_metadata;
        metadata.id_token_signed_response_alg = Some(SigningAlgorithm::RS256);
    };
    ground.change_application("spa", rs256).await;
    let id_token = id_token(&ground).await;
    sign_out(&ground, &id_token).await;
    let posted = deliver(&ground).await;
    assert_eq!(header(&token_of(&posted[0]))["alg"], "RS256");
}

#[tokio::test]
async fn a_logout_token_is_no_hint() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    sign_out(&ground, &id_token).await;
    let posted = deliver(&ground).await;
    let token = token_of(&posted[0]);
    assert_eq!(ground.provider.verify_hint(token.as_str().unwrap()), None);
}

#[tokio::test]
async fn who_has_no_address_or_knows_no_session_is_not_told() {
    let ground = ground().await;
    let none = |application: &mut moongate_core::Application| {
        application.oidc_client_metadata.backchannel_logout_uri = None;
    };
    ground.change_application("spa", none).await;
    let id_token = id_token(&ground).await;
    sign_out(&ground, &id_token).await;
    assert!(deliver(&ground).await.is_empty());
}

#[tokio::test]
async fn nobody_is_told_before_the_person_has_confirmed() {
    let ground = ground().await;
    id_token(&ground).await;
    let request = moongate_oidc::LogoutRequest::default();
    let nothing = parameters(&[]);
    let asked = ground.provider.end_session(&nothing, &ground.browser);
    asked.await.unwrap();
    assert!(deliver(&ground).await.is_empty());
    let confirmed = ground
        .provider
        .confirm_end_session(&request, &ground.browser);
    confirmed.await.unwrap();
    assert_eq!(deliver(&ground).await.len(), 1);
}

#[tokio::test]
async fn who_does_not_answer_is_tried_with_growing_pauses_and_then_given_up() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    ground.outbound.answer(SPA, 503, "");
    sign_out(&ground, &id_token).await;
    assert_eq!(deliver(&ground).await.len(), 1);
    for pause in [5, 30, 120, 600, 3600] {
        ground.advance(Duration::from_secs(pause - 1));
        assert!(deliver(&ground).await.is_empty(), "before {pause} s");
        ground.advance(Duration::from_secs(1));
        assert_eq!(deliver(&ground).await.len(), 1, "after {pause} s");
    }
    ground.advance(Duration::from_hours(24));
    assert!(deliver(&ground).await.is_empty(), "it was given up");
}

#[tokio::test]
async fn each_try_has_a_token_of_its_own() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    let broken = Err(OutboundError::Failed("it took too long"));
    ground.outbound.answer_with(SPA, broken);
    sign_out(&ground, &id_token).await;
    let first = claims(&token_of(&deliver(&ground).await[0]));
    ground.outbound.answer(SPA, 204, "");
    ground.advance(Duration::from_secs(5));
    let second = claims(&token_of(&deliver(&ground).await[0]));
    assert_ne!(first["jti"], second["jti"]);
    assert_eq!(
        second["iat"].as_i64(),
        first["iat"].as_i64().map(|at| at + 5)
    );
    ground.advance(Duration::from_hours(24));
    assert!(deliver(&ground).await.is_empty(), "it arrived");
}

#[tokio::test]
async fn who_refuses_is_not_tried_again_but_where_waiting_may_help() {
    let refusals = [
        (Ok(400), false),
        (Ok(404), false),
        (Ok(302), false),
        (Err(OutboundError::Forbidden("it is not https")), false),
        (Ok(408), true),
        (Ok(429), true),
        (Ok(500), true),
        (Err(OutboundError::Failed("it took too long")), true),
    ];
    for (answer, is_tried_again) in refusals {
        let ground = ground().await;
        let id_token = id_token(&ground).await;
        let outcome = answer
            .clone()
            .map(|status| moongate_core::OutboundResponse {
                status,
                body: Vec::new(),
            });
        ground.outbound.answer_with(SPA, outcome);
        sign_out(&ground, &id_token).await;
        assert_eq!(deliver(&ground).await.len(), 1);
        ground.advance(Duration::from_secs(5));
        let again = deliver(&ground).await.len() == 1;
        assert_eq!(again, is_tried_again, "{answer:?}");
    }
}

#[tokio::test]
async fn what_a_process_took_and_did_not_finish_is_due_again() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    sign_out(&ground, &id_token).await;
    let now = moongate_core::Clock::now(ground.clock.as_ref());
    let lost = ground.store.write(move |tx| {
        Box::pin(async move {
            let until = now.plus(Duration::from_secs(30));
            tx.claim_logout_deliveries(now, until, 10).await
        })
    });
    assert_eq!(lost.await.unwrap().len(), 1);
    assert!(deliver(&ground).await.is_empty());
    ground.advance(Duration::from_secs(30));
    assert_eq!(deliver(&ground).await.len(), 1);
}

#[tokio::test]
async fn of_two_who_end_a_session_one_tells() {
    let ground = ground().await;
    id_token(&ground).await;
    let hash = token_hash(ground.browser.session.as_deref().unwrap());
    let session = ground
        .store
        .read()
        .await
        .unwrap()
        .session_by_cookie(&hash)
        .await;
    let session = session.unwrap().unwrap();
    for expected in [true, false] {
        let (session, entropy) = (session.clone(), Arc::clone(&ground.entropy));
        let now = session.created_at;
        let ended: Result<bool, StoreError> = ground
            .store
            .write(move |tx| {
                Box::pin(async move { end_session(tx, entropy.as_ref(), &session, now).await })
            })
            .await;
        assert_eq!(ended.unwrap(), expected);
    }
    assert_eq!(deliver(&ground).await.len(), 1);
}

#[tokio::test]
async fn ending_all_access_ends_offline_tokens_too_and_tells_once() {
    let ground = ground().await;
    let tokens = ground.offline_tokens().await;
    ground.code("web", &[]).await;
    // The session ends first; the refresh token outlives it.
    sign_out(&ground, &tokens["id_token"]).await;
    assert_eq!(deliver(&ground).await.len(), 2);
    let entropy = Arc::clone(&ground.entropy);
    let now = moongate_core::Clock::now(ground.clock.as_ref());
    let user = UserId::from("alice");
    let ended: Result<(), StoreError> = ground
        .store
        .write(move |tx| {
            Box::pin(async move { end_access(tx, entropy.as_ref(), &user, now).await })
        })
        .await;
    ended.unwrap();
    let posted = deliver(&ground).await;
    assert_eq!(posted.len(), 1);
    let claims = claims(&token_of(&posted[0]));
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!("spa"), &json!("alice"))
    );
    assert!(claims.get("sid").is_none(), "no session is left");
    let refreshed = ground
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert!(refreshed.is_err());
}

#[tokio::test]
async fn an_application_that_went_away_is_forgotten() {
    let ground = ground().await;
    let id_token = id_token(&ground).await;
    sign_out(&ground, &id_token).await;
    let gone = ground.store.write(|tx| {
        Box::pin(async move { tx.delete_application(&ApplicationId::from("spa")).await })
    });
    gone.await.unwrap();
    assert!(deliver(&ground).await.is_empty());
}
