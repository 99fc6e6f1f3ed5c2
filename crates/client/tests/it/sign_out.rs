//! Signing out: here at once, at the provider if it is there, and never at another site's wish.

use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use url::Url;

use crate::browser::World;

const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let mut world = World::new().await;
    world.sign_in().await;
    let before = world.browser.clone();
    let page = world
        .browser
        .send(Method::POST, "/SignOut", &[SAME_ORIGIN])
        .await;
    let location = page.location();
    assert!(location.starts_with(&format!("{}/oidc/session/end?", world.provider.endpoint())));
    let request = query(location);
    assert_eq!(request["client_id"], "shop");
    assert_eq!(
        request["post_logout_redirect_uri"],
        "http://localhost:3000/SignedOutCallback"
    );
    assert_eq!(request["id_token_hint"].split('.').count(), 3);
    assert_eq!(request["state"].len(), 43);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(world.provider.calls().revoked, ["refresh-3"]);

    assert!(world.browser.jar.is_empty());
    // Not only the cookie is gone.
    assert_eq!(before.clone().get("/").await.body, "Hello stranger");
    assert_eq!(
        world
            .browser
            .get("/SignedOutCallback?state=x")
            .await
            .location(),
        "/"
    );
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");
}

#[tokio::test]
async fn who_is_not_signed_in_goes_to_the_front_page() {
    let mut world = World::new().await;
    assert_eq!(world.browser.get("/SignOut").await.location(), "/");
    let page = world
        .browser
        .send(Method::POST, "/SignOut", &[SAME_ORIGIN])
        .await;
    assert_eq!(page.location(), "/");
    assert_eq!(world.provider.calls().discovery, 0);
}

#[tokio::test]
async fn a_form_on_another_site_signs_nobody_out() {
    let check = async |headers: &[(&str, &str)], expected| {
        let mut world = World::new().await;
        world.sign_in().await;
        let page = world.browser.send(Method::POST, "/SignOut", headers).await;
        assert_eq!(page.status, expected, "{headers:?}");
        assert_eq!(
            world.browser.has_session(),
            expected == StatusCode::FORBIDDEN
        );
    };
    let (done, refused) = (StatusCode::SEE_OTHER, StatusCode::FORBIDDEN);
    check(&[("sec-fetch-site", "same-origin")], done).await;
    check(&[("sec-fetch-site", "none")], done).await;
    check(&[("origin", "http://localhost:3000")], done).await;
    check(&[("sec-fetch-site", "cross-site")], refused).await;
    check(&[("sec-fetch-site", "same-site")], refused).await;
    check(
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://localhost:3000"),
        ],
        refused,
    )
    .await;
    check(&[("origin", "http://evil.example")], refused).await;
    check(&[("origin", "null")], refused).await;
    check(&[], refused).await;
}

#[tokio::test]
async fn a_link_signs_out_only_from_here() {
    let check =
        async |headers: &[(&str, &str)], expected| {
            let mut world = World::new().await;
            world.sign_in().await;
            let page = world.browser.send(Method::GET, "/SignOut", headers).await;
            assert_eq!(page.status, expected, "{headers:?}");
            if expected == StatusCode::OK {
                assert!(world.browser.has_session());
                assert!(page.body.contains(
                    "<form method=\"post\" action=\"/SignOut\"><button>Sign out</button>"
                ));
                // Chromium holds the redirect after the form to this policy too.
                let policy = page.header("content-security-policy");
                assert!(policy.contains(&format!(
                    "form-action 'self' {};",
                    world.provider.endpoint()
                )));
                // Under `no-referrer` the form would arrive with `Origin: null`.
                assert_eq!(page.header("referrer-policy"), "same-origin");
            }
        };
    check(&[("sec-fetch-site", "same-origin")], StatusCode::SEE_OTHER).await;
    check(&[("sec-fetch-site", "none")], StatusCode::SEE_OTHER).await;
    check(&[("sec-fetch-site", "cross-site")], StatusCode::OK).await;
    check(&[("sec-fetch-site", "same-site")], StatusCode::OK).await;
    check(
        &[
            ("sec-fetch-site", "same-origin"),
            ("sec-purpose", "prefetch"),
        ],
        StatusCode::OK,
    )
    .await;
    check(&[], StatusCode::OK).await;
}

#[tokio::test]
async fn the_page_speaks_chinese() {
    let mut world = World::new().await;
    world.sign_in().await;
    let chinese = [("accept-language", "zh-CN,zh;q=0.9")];
    let page = world.browser.send(Method::GET, "/SignOut", &chinese).await;
    assert!(page.body.contains("<html lang=\"zh-CN\">"));
    assert!(page.body.contains("退出登录"));
}

#[tokio::test]
async fn a_provider_in_trouble_does_not_keep_anybody_signed_in() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.provider.cut_off(true);
    let page = world
        .browser
        .send(Method::POST, "/SignOut", &[SAME_ORIGIN])
        .await;
    assert_eq!(page.location(), "/");
    assert!(world.browser.jar.is_empty());
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");
}

#[tokio::test]
async fn a_provider_without_logout_is_signed_out_of_here() {
    let mut world = World::new().await;
    world.sign_in().await;
    world.provider.behave().without = &["end_session_endpoint", "revocation_endpoint"];
    world.clock.advance(std::time::Duration::from_secs(3601));
    let page = world
        .browser
        .send(Method::POST, "/SignOut", &[SAME_ORIGIN])
        .await;
    assert_eq!(page.location(), "/");
    assert!(world.browser.jar.is_empty());
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");
}

#[tokio::test]
async fn htmx_is_told_where_to_go() {
    let mut world = World::new().await;
    world.sign_in().await;
    let headers = [SAME_ORIGIN, ("hx-request", "true")];
    let page = world.browser.send(Method::POST, "/SignOut", &headers).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("hx-redirect").contains("/oidc/session/end?"));
}
