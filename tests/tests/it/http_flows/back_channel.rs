//! Back-channel logout from the browser's sign-out to the application's endpoint.

use std::time::Duration;

use moongate_core::{ApplicationId, Store as _};
use moongate_tests::{BOOKSTORE_ID, Log, RelyingParty, TestApp, Visitor, claims, fresh_number};
use serde_json::Value;

const LOGOUT: &str = "https://bookstore.example/logout";

/// A server that Bookstore wants to be told by.
async fn app() -> TestApp {
    let app = TestApp::new().await;
    let mut reader = app.store().read().await.unwrap();
    let bookstore = reader.application(&ApplicationId::from(BOOKSTORE_ID)).await;
    drop(reader);
    let mut bookstore = bookstore.unwrap().unwrap();
    bookstore.oidc_client_metadata.backchannel_logout_uri = Some(LOGOUT.into());
    app.put_application(bookstore).await;
    app.outbound().answer(LOGOUT, 200, "");
    app
}

async fn signed_in(app: &TestApp) -> (Visitor, Value) {
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let answer = app
        .sign_in(&mut visitor, &shop.request(app, &[]), &fresh_number())
        .await;
    let tokens = shop.exchange(app, &answer).await.json();
    (visitor, tokens)
}

async fn sign_out(visitor: &mut Visitor, tokens: &Value) {
    let hint = tokens["id_token"].as_str().unwrap();
    let path = format!("/oidc/session/end?id_token_hint={hint}");
    let page = visitor.open(&path).await;
    assert_eq!(page.heading(), "You are signed out");
}

fn logout_token(app: &TestApp) -> String {
    let posted = app.outbound().posted();
    let form = posted.last().expect("a logout token was posted");
    assert_eq!(form.url, LOGOUT);
    form.field("logout_token").unwrap().to_owned()
}

#[tokio::test]
async fn signing_out_tells_the_application_whose_session_ended() {
    let app = app().await;
    let (mut visitor, tokens) = signed_in(&app).await;
    sign_out(&mut visitor, &tokens).await;
    app.deliver_logouts().await;
    let told = claims(&logout_token(&app));
    let known = claims(tokens["id_token"].as_str().unwrap());
    for name in ["iss", "aud", "sub", "sid"] {
        assert_eq!(told[name], known[name], "{name}");
    }
}

#[tokio::test]
async fn whoever_signs_in_over_another_ends_that_session() {
    let app = app().await;
    let (mut visitor, tokens) = signed_in(&app).await;
    let request = RelyingParty::new("other").request(&app, &[("prompt", "login")]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    app.deliver_logouts().await;
    let told = claims(&logout_token(&app));
    let known = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&told["sub"], &told["sid"]), (&known["sub"], &known["sid"]));
}

#[tokio::test]
async fn who_signs_in_again_keeps_the_session() {
    let app = app().await;
    let shop = RelyingParty::new("shop");
    let (mut visitor, number) = (app.visitor(), fresh_number());
    app.sign_in(&mut visitor, &shop.request(&app, &[]), &number)
        .await;
    app.advance(Duration::from_mins(2));
    let again = RelyingParty::new("again").request(&app, &[("prompt", "login")]);
    app.sign_in(&mut visitor, &again, &number).await;
    app.deliver_logouts().await;
    assert!(app.outbound().posted().is_empty());
}

#[tokio::test]
async fn what_is_on_its_way_survives_a_restart() {
    let app = app().await;
    let (mut visitor, tokens) = signed_in(&app).await;
    app.outbound().answer(LOGOUT, 503, "");
    sign_out(&mut visitor, &tokens).await;
    app.deliver_logouts().await;
    assert_eq!(app.outbound().posted().len(), 1);
    let app = app.restarted().await;
    app.outbound().answer(LOGOUT, 200, "");
    app.advance(Duration::from_secs(5));
    app.deliver_logouts().await;
    assert_eq!(app.outbound().posted().len(), 2);
    app.advance(Duration::from_hours(24));
    app.deliver_logouts().await;
    assert_eq!(app.outbound().posted().len(), 2, "it arrived");
}

#[tokio::test]
async fn giving_up_is_one_line_of_the_log_without_address_or_token() {
    let log = Log::listen();
    let app = app().await;
    let (mut visitor, tokens) = signed_in(&app).await;
    app.outbound().answer(LOGOUT, 400, "");
    sign_out(&mut visitor, &tokens).await;
    app.deliver_logouts().await;
    let text = log.text();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains("gave up"))
        .collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(
        lines[0].contains("WARN") && lines[0].contains("status 400"),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains(BOOKSTORE_ID), "{}", lines[0]);
    assert!(!text.contains(LOGOUT) && !text.contains(&logout_token(&app)));
}

#[tokio::test]
async fn discovery_says_so() {
    let app = app().await;
    let discovery = app
        .visitor()
        .get("/oidc/.well-known/openid-configuration")
        .await;
    let discovery = discovery.json();
    assert_eq!(discovery["backchannel_logout_supported"], true);
    assert_eq!(discovery["backchannel_logout_session_supported"], true);
}
