//! Where the server stands: under a path, behind TLS, behind a proxy.

use http::StatusCode;
use moongate_server::settings::Transport;
use moongate_tests::{RelyingParty, TestApp, fresh_number};

#[tokio::test]
async fn under_a_path_every_link_stays_under_it() {
    let app = TestApp::at("https://www.example.com/id").await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let number = fresh_number();
    let document = visitor
        .get("/id/oidc/.well-known/openid-configuration")
        .await
        .json();
    assert_eq!(document["issuer"], "https://www.example.com/id/oidc");
    for (name, value) in document.as_object().unwrap() {
        if let Some(url) = value.as_str().filter(|_| name.ends_with("_endpoint")) {
            assert!(url.starts_with("https://www.example.com/id/oidc/"), "{url}");
        }
    }

    let request = shop.request(&app, &[]);
    let answer = visitor.get(&request).await;
    assert!(answer.location().starts_with("/id/sign-in?"));
    let page = visitor.follow(answer).await;
    for part in page.text().split('"') {
        let is_path = part.starts_with('/') && !part.starts_with("//");
        // The language switch keeps a path without it, and puts it in front when it is used.
        if is_path && !page.field("return_to").contains(part) {
            assert!(part.starts_with("/id/"), "{part}");
        }
    }
    for asset in page.assets() {
        assert_eq!(visitor.get(asset).await.status, StatusCode::OK, "{asset}");
    }
    let language = [
        ("language", "zh-CN".to_owned()),
        ("return_to", page.field("return_to")),
    ];
    let answer = visitor.submit("/language", &language).await;
    assert!(answer.location().starts_with("/id/sign-in?interaction="));
    let page = visitor.follow(answer).await;
    assert_eq!(page.heading(), "登录 Bookstore");

    let answer = app.sign_in(&mut visitor, &request, &number).await;
    let tokens = shop.exchange(&app, &answer).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text());
}

#[tokio::test]
async fn a_proxy_may_strip_the_path() {
    let app = TestApp::at("https://www.example.com/id").await;
    let mut visitor = app.visitor();
    let page = visitor.get("/oidc/.well-known/openid-configuration").await;
    let issuer = page.json()["issuer"].clone();
    assert_eq!(issuer, "https://www.example.com/id/oidc");
}

#[tokio::test]
async fn plain_http_on_a_private_network_is_said_on_each_page() {
    let app = TestApp::with("http://localhost:3001", |settings| {
        settings.endpoint = "http://192.168.1.5:3001".parse().unwrap();
        settings.transport = Transport::InsecureHttp;
    })
    .await;
    let page = app.visitor().get("/").await;
    assert!(page.text().contains("This page is not encrypted."));
    let app = TestApp::new().await;
    let page = app.visitor().get("/").await;
    assert!(!page.text().contains("This page is not encrypted."));
}

#[tokio::test]
async fn a_request_s_name_is_taken_from_a_trusted_proxy_alone() {
    let id = "abc-123";
    let trusting = TestApp::with("https://id.example.com", |it| it.trust_proxy = true).await;
    let mut visitor = trusting.visitor().saying("x-request-id", id);
    assert_eq!(visitor.get("/").await.header("x-request-id"), id);
    let app = TestApp::new().await;
    let mut visitor = app.visitor().saying("x-request-id", id);
    assert_ne!(visitor.get("/").await.header("x-request-id"), id);
    // And never what could break a log line.
    let mut visitor = trusting.visitor().saying("x-request-id", "a b\"c");
    assert_ne!(visitor.get("/").await.header("x-request-id"), "a b\"c");
}
