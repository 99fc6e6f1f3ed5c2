//! What the extractors answer to whom.

use axum::http::{Method, StatusCode};
use axum::routing::get;
use moongate_client::User;

use crate::browser::{Browser, World};

#[tokio::test]
async fn a_page_is_sent_to_sign_in_and_comes_back() {
    let mut world = World::new().await;
    let page = world.browser.get("/orders?page=2").await;
    let location = page.location().to_owned();
    assert_eq!(
        location,
        "/SignIn?return_to=%2Forders%3Fpage%3D2&required=1"
    );
    assert_eq!(page.header("cache-control"), "no-store");
    let started = world.browser.get(&location).await;
    let callback = world.provider.authorize(started.location());
    assert_eq!(
        world.browser.get(&callback).await.location(),
        "/orders?page=2"
    );
}

#[tokio::test]
async fn a_program_gets_401() {
    let mut world = World::new().await;
    for headers in [
        &[("accept", "application/json")][..],
        &[][..],
        &[("accept", "text/html"), ("sec-fetch-mode", "cors")][..],
    ] {
        let page = world.browser.send(Method::GET, "/api/me", headers).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.header("www-authenticate"), "Bearer");
        assert_eq!(page.header("content-type"), "application/json");
        assert_eq!(
            page.body,
            r#"{"error":"session.not_signed_in","message":"nobody is signed in"}"#
        );
    }
}

#[tokio::test]
async fn htmx_is_sent_with_the_whole_page() {
    let mut world = World::new().await;
    let headers = [
        ("hx-request", "true"),
        ("hx-current-url", "http://localhost:3000/books?q=a"),
        ("accept", "text/html"),
    ];
    let page = world.browser.send(Method::GET, "/orders", &headers).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        page.header("hx-redirect"),
        "/SignIn?return_to=%2Fbooks%3Fq%3Da&required=1"
    );
    assert!(page.header("vary").contains("HX-Request"));
    // A page of another site is none to come back to.
    let headers = [
        ("hx-request", "true"),
        ("hx-current-url", "http://evil.example/x"),
    ];
    let page = world.browser.send(Method::GET, "/orders", &headers).await;
    assert_eq!(
        page.header("hx-redirect"),
        "/SignIn?return_to=%2F&required=1"
    );
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_shows_a_page() {
    let mut world = World::new().await;
    let html = [("accept", "text/html")];
    let page = world.browser.send(Method::POST, "/orders", &html).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.body.contains("Your session has ended"));
    assert!(
        page.body
            .contains("href=\"/SignIn?return_to=%2F&amp;required=1\""),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_made_up_session_is_nobody_and_its_cookie_goes() {
    let mut world = World::new().await;
    for value in ["rubbish", "AAAAAAAAAAAAAAAAAAAAAA"] {
        world
            .browser
            .jar
            .insert("moongate.shop".to_owned(), value.to_owned());
        assert_eq!(world.browser.get("/").await.body, "Hello stranger");
        assert!(!world.browser.has_session(), "{value}");
    }
}

#[tokio::test]
async fn a_session_ends_after_a_fortnight() {
    let mut world = World::new().await;
    world.sign_in().await;
    world
        .clock
        .advance(std::time::Duration::from_secs(14 * 24 * 3600 - 1));
    assert_eq!(world.browser.get("/").await.body, "Hello li");
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");
}

#[tokio::test]
async fn a_route_outside_of_the_layer_fails_closed() {
    let router = axum::Router::new().route("/", get(|_: Option<User>| async { "open" }));
    let page = Browser::new(router).get("/").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("setup.layer_missing"), "{}", page.body);
}
