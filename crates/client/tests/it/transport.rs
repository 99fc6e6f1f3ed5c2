//! The provider from afar: found, lost, slow to start, and reached in other ways than over the
//! network.

use std::time::Duration;

use axum::http::{Method, Request, Response, StatusCode};

use crate::browser::{Browser, World, app, builder, options};
use crate::provider::{TestClock, TestProvider};

#[tokio::test]
async fn the_application_starts_before_its_provider() {
    let clock = TestClock::new();
    let address = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let options = options(&format!("http://{address}"));
    let client = builder(options, &clock).build().unwrap();
    let mut browser = Browser::new(app(&client));
    assert_eq!(browser.get("/").await.body, "Hello stranger");
    let page = browser.get("/SignIn?return_to=/orders").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("can’t be reached"));
    assert!(
        page.body
            .contains("href=\"/SignIn?return_to=/orders\">Try again"),
        "{}",
        page.body
    );
    assert_eq!(page.header("retry-after"), "2");

    let provider = TestProvider::start_at(&clock, address).await;
    clock.advance(Duration::from_secs(2));
    let started = browser.get("/SignIn?return_to=/orders").await;
    let callback = provider.authorize(started.location());
    assert_eq!(browser.get(&callback).await.location(), "/orders");
}

#[tokio::test]
async fn a_provider_that_fails_during_the_callback_can_be_tried_again() {
    let mut world = World::new().await;
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    world.provider.cut_off(true);
    let page = world.browser.get(&callback).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.browser.attempts(), 1);
    world.provider.cut_off(false);
    assert_eq!(world.browser.get(&callback).await.location(), "/");
}

#[tokio::test]
async fn the_endpoint_may_be_the_issuer_itself() {
    let clock = TestClock::new();
    let provider = TestProvider::start(&clock).await;
    let issuer = format!("{}/oidc", provider.endpoint());
    for options in [
        options(&issuer),
        options(&format!("{issuer}/")),
        options("http://localhost:9").issuer(issuer.as_str()),
    ] {
        let client = builder(options, &clock).build().unwrap();
        let mut browser = Browser::new(app(&client));
        let started = browser.get("/SignIn").await;
        let callback = provider.authorize(started.location());
        assert_eq!(browser.get(&callback).await.location(), "/");
    }
}

#[tokio::test]
async fn the_client_proves_itself_as_the_provider_wants() {
    for (method, has_secret) in [
        ("client_secret_basic", true),
        ("client_secret_post", true),
        ("none", false),
    ] {
        let mut world = World::with(|mut options| {
            options.app_secret = options.app_secret.filter(|_| has_secret);
            options
        })
        .await;
        world.provider.behave().authentication = method;
        world.sign_in().await;
        let from_here = [("sec-fetch-site", "same-origin")];
        world
            .browser
            .send(Method::POST, "/SignOut", &from_here)
            .await
            .location();
        assert_eq!(world.provider.calls().revoked.len(), 1, "{method}");
    }
}

#[tokio::test]
async fn a_router_in_this_process_can_be_the_provider() {
    let clock = TestClock::new();
    let provider = TestProvider::start(&clock).await;
    let client = builder(options(&provider.endpoint()), &clock)
        .transport(moongate_client::in_process(provider.router()))
        .build()
        .unwrap();
    let mut browser = Browser::new(app(&client));
    let started = browser.get("/SignIn").await;
    let callback = provider.authorize(started.location());
    assert_eq!(browser.get(&callback).await.location(), "/");
}

/// What the sign-in route answers when every answer of the provider is this one.
async fn sign_in_with(status: StatusCode, body: &'static [u8], size: usize) -> String {
    let clock = TestClock::new();
    let client = builder(options("http://id.example"), &clock)
        .transport(move |_: Request<Vec<u8>>| async move {
            let mut body = body.to_vec();
            body.resize(size.max(body.len()), b' ');
            let answer = Response::builder().status(status);
            // A redirect leads to a good document, if anybody were to follow it.
            let answer = answer.header("location", "http://id.example/oidc");
            Ok(answer.body(body).unwrap())
        })
        .build()
        .unwrap();
    let page = Browser::new(app(&client)).get("/SignIn").await;
    let code = page.body.split("<code>").nth(1).unwrap_or_default();
    code.split("</code>").next().unwrap().to_owned()
}

#[tokio::test]
async fn answers_that_are_no_answers_are_refused() {
    let check = async |status, body, size, expected| {
        assert_eq!(sign_in_with(status, body, size).await, expected, "{status}");
    };
    check(StatusCode::FOUND, b"{}", 0, "provider.invalid").await;
    check(StatusCode::NOT_FOUND, b"", 0, "provider.invalid").await;
    check(StatusCode::OK, b"<!doctype html>", 0, "provider.invalid").await;
    check(StatusCode::OK, b"{}", 1 << 20, "provider.invalid").await;
    check(StatusCode::OK, b"{}", (1 << 20) + 1, "provider.unavailable").await;
    check(StatusCode::BAD_GATEWAY, b"", 0, "provider.unavailable").await;
    check(
        StatusCode::TOO_MANY_REQUESTS,
        b"",
        0,
        "provider.unavailable",
    )
    .await;
}

#[tokio::test]
async fn a_provider_that_failed_is_left_alone_for_a_moment() {
    let mut world = World::new().await;
    world.provider.cut_off(true);
    for _ in 0..3 {
        let page = world.browser.get("/SignIn").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    world.provider.cut_off(false);
    // Still within the pause: nobody asks.
    world.browser.get("/SignIn").await;
    assert_eq!(world.provider.calls().discovery, 0);
    world.clock.advance(Duration::from_millis(250));
    world.sign_in().await;
}

#[tokio::test]
async fn metadata_are_kept_while_the_provider_is_down() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.browser.jar.clear();
    world.clock.advance(Duration::from_hours(2));
    world.provider.cut_off(true);
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    world.provider.cut_off(false);
    assert_eq!(world.browser.get(&callback).await.location(), "/");
}
