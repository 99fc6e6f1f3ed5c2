//! Access tokens and their renewal.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use crate::browser::World;

const HOUR: Duration = Duration::from_hours(1);

/// A world whose access token has just run out.
async fn run_out() -> World {
    let mut world = World::new().await;
    world.sign_in().await;
    world.clock.advance(HOUR);
    world
}

#[tokio::test]
async fn a_good_token_is_used_as_it_is() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.clock.advance(Duration::from_secs(3600 - 31));
    assert_eq!(world.browser.get("/api/token").await.body, "access-2");
    assert_eq!(world.provider.calls().refreshes, 0);
}

#[tokio::test]
async fn many_requests_at_once_renew_once() {
    let world = run_out().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let mut browser = world.browser.clone();
        tasks.spawn(async move { browser.get("/api/token").await.body });
    }
    let tokens = tasks.join_all().await;
    assert_eq!(tokens, vec!["access-4"; 16]);
    assert_eq!(world.provider.calls().refreshes, 1);
}

#[tokio::test]
async fn a_renewal_outlives_the_request_that_began_it() {
    let world = run_out().await;
    let mut impatient = world.browser.clone();
    // The browser hangs up as soon as the call is under way.
    let request = async move { impatient.get("/api/token").await };
    let hung_up = tokio::select! {
        biased;
        _ = request => false,
        () = tokio::task::yield_now() => true,
    };
    let mut browser = world.browser.clone();
    assert_eq!(browser.get("/api/token").await.body, "access-4");
    // One renewal in all: the second request found the first one's token, or waited for it.
    assert_eq!(world.provider.calls().refreshes, 1, "hung up: {hung_up}");
}

#[tokio::test]
async fn a_refresh_brings_new_claims() {
    let mut world = run_out().await;
    world.provider.behave().claims = Box::new(|claims| {
        claims.insert("name".into(), "Li".into());
    });
    assert_eq!(world.browser.get("/").await.body, "Hello Li");
}

#[tokio::test]
async fn a_refresh_cannot_change_the_person() {
    let mut world = run_out().await;
    world.provider.behave().claims = Box::new(|claims| {
        claims.insert("sub".into(), "u-2".into());
        claims.insert("username".into(), "mallory".into());
    });
    assert_eq!(world.browser.get("/").await.body, "Hello li");
    assert_eq!(world.browser.get("/orders").await.body, "Orders of u-1");
}

#[tokio::test]
async fn a_provider_in_trouble_keeps_the_session() {
    let mut world = run_out().await;
    for answer in [
        (StatusCode::INTERNAL_SERVER_ERROR, "oops"),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"error":"temporarily_unavailable"}"#,
        ),
        (StatusCode::UNAUTHORIZED, r#"{"error":"invalid_client"}"#),
        (StatusCode::OK, "{}"),
    ] {
        world.provider.behave().refresh_answer = Some(answer);
        world.clock.advance(Duration::from_secs(15));
        assert_eq!(world.browser.get("/").await.body, "Hello li", "{answer:?}");
        let json = [("accept", "application/json")];
        let page = world.browser.send(Method::GET, "/api/token", &json).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("provider.unavailable"));
    }
    // The second request of each round did not ask again.
    assert_eq!(world.provider.calls().refreshes, 4);

    world.provider.behave().refresh_answer = None;
    world.clock.advance(Duration::from_secs(15));
    assert_eq!(world.browser.get("/api/token").await.body, "access-4");
}

#[tokio::test]
async fn a_refused_grant_ends_the_session() {
    let mut world = run_out().await;
    world.provider.behave().refresh_answer =
        Some((StatusCode::BAD_REQUEST, r#"{"error":"invalid_grant"}"#));
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");
    assert!(world.browser.jar.is_empty());
}

#[tokio::test]
async fn without_a_refresh_token_only_a_new_sign_in_helps() {
    let mut world = World::new().await;
    world.provider.behave().gives_refresh_token = false;
    world.sign_in().await;
    world.clock.advance(HOUR);
    // Who they are is still known …
    assert_eq!(world.browser.get("/").await.body, "Hello li");
    // … but a token is not to be had, and the way to one must not lead in a circle.
    let page = world.browser.get("/api/token").await;
    assert_eq!(
        page.location(),
        "/SignIn?return_to=%2Fapi%2Ftoken&required=1"
    );
    let started = world.browser.get("/SignIn?return_to=%2Fapi%2Ftoken").await;
    let callback = world.provider.authorize(started.location());
    assert_eq!(world.browser.get(&callback).await.location(), "/api/token");
}

#[tokio::test]
async fn tokens_for_resources_are_fetched_once() {
    let mut world = World::with(|options| options.resource("https://api.example.com")).await;
    world.sign_in().await;
    assert_eq!(world.browser.get("/api/resource").await.body, "access-4");
    assert_eq!(
        world.provider.calls().token_form["resource"],
        "https://api.example.com"
    );
    assert_eq!(world.browser.get("/api/resource").await.body, "access-4");
    assert_eq!(world.provider.calls().refreshes, 1);
    assert_eq!(world.browser.get("/api/token").await.body, "access-2");
}

#[tokio::test]
async fn a_resource_that_is_not_named_is_refused() {
    let mut world = World::new().await;
    world.sign_in().await;
    assert_eq!(
        world.browser.get("/api/resource").await.body,
        "options.invalid"
    );
}
