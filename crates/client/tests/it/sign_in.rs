//! Signing in: the way there and back, and everything that must not get in.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::browser::World;

fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

#[tokio::test]
async fn a_person_signs_in_and_is_known() {
    let mut world = World::new().await;
    assert_eq!(world.browser.get("/").await.body, "Hello stranger");

    let started = world
        .browser
        .get("/SignIn?return_to=/orders?page%3D2")
        .await;
    let request = query(started.location());
    assert_eq!(request["client_id"], "shop");
    assert_eq!(request["response_type"], "code");
    assert_eq!(request["redirect_uri"], "http://localhost:3000/Callback");
    assert_eq!(request["scope"], "openid offline_access profile phone");
    assert_eq!(request["prompt"], "consent");
    assert_eq!(request["code_challenge_method"], "S256");
    assert_eq!(started.header("referrer-policy"), "no-referrer");
    assert_eq!(started.header("cache-control"), "no-store");
    assert_eq!(world.browser.attempts(), 1);

    let callback = world.provider.authorize(started.location());
    let finished = world.browser.get(&callback).await;
    assert_eq!(finished.location(), "/orders?page=2");
    assert_eq!(world.browser.attempts(), 0);
    assert!(world.browser.has_session());

    // The name is null, so the username speaks.
    assert_eq!(world.browser.get("/").await.body, "Hello li");
    assert_eq!(world.browser.get("/orders").await.body, "Orders of u-1");
    let claims: Value = serde_json::from_str(&world.browser.get("/api/me").await.body).unwrap();
    assert_eq!(claims["custom_data"], json!({"a": [1, "<b>"]}));
    assert_eq!(claims["roles"], json!(["reader", "clerk"]));
    assert!(claims.get("nonce").is_none());
    assert!(claims.get("at_hash").is_none());
    assert_eq!(world.provider.calls().discovery, 1);
    assert_eq!(world.provider.calls().jwks, 1);
}

#[tokio::test]
async fn nothing_about_the_person_is_in_the_cookies() {
    let mut world = World::new().await;
    world.sign_in().await;
    assert_eq!(world.browser.jar.len(), 1);
    assert_eq!(world.browser.jar["moongate.shop"].len(), 22);
}

#[tokio::test]
async fn who_is_signed_in_goes_on_at_once() {
    let mut world = World::new().await;
    world.sign_in().await;
    assert_eq!(world.browser.get("/SignIn").await.location(), "/");
    let page = world.browser.get("/SignIn?return_to=/orders").await;
    assert_eq!(page.location(), "/orders");
    assert_eq!(
        world
            .browser
            .get("/SignIn?return_to=//evil.example")
            .await
            .location(),
        "/"
    );
}

#[tokio::test]
async fn the_way_back_leads_nowhere_else() {
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "/.//evil.example",
        "/SignOut",
    ] {
        let mut world = World::new().await;
        let start: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        let started = world
            .browser
            .get(&format!("/SignIn?return_to={start}"))
            .await;
        let callback = world.provider.authorize(started.location());
        let target = world.browser.get(&callback).await.location().to_owned();
        let resolved = Url::parse("http://localhost:3000/Callback")
            .unwrap()
            .join(&target)
            .unwrap();
        assert_eq!(
            resolved.origin().ascii_serialization(),
            "http://localhost:3000"
        );
        assert!(
            matches!(target.as_str(), "/" | "/%5Cevil.example"),
            "{target}"
        );
    }
}

#[tokio::test]
async fn known_parameters_are_passed_on_and_others_are_not() {
    let mut world =
        World::with(|options| options.resource("https://api.example.com").prompt("login")).await;
    let started = world
        .browser
        .get("/SignIn?first_screen=register&identifier=email+phone&ui_locales=zh-CN&login_hint=li&scope=admin&state=x")
        .await;
    let request = query(started.location());
    assert_eq!(request["first_screen"], "register");
    assert_eq!(request["identifier"], "email phone");
    assert_eq!(request["ui_locales"], "zh-CN");
    assert_eq!(request["login_hint"], "li");
    assert_eq!(request["resource"], "https://api.example.com");
    assert_eq!(request["prompt"], "login");
    assert_eq!(request["scope"], "openid offline_access profile phone");
    assert_ne!(request["state"], "x");

    let started = world
        .browser
        .get("/SignIn?first_screen=admin&identifier=phone+x&ui_locales=%3Cb%3E")
        .await;
    let request = query(started.location());
    for name in ["first_screen", "identifier", "ui_locales", "login_hint"] {
        assert!(!request.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn two_tabs_sign_in_at_once() {
    let mut world = World::new().await;
    let first = world.browser.get("/SignIn?return_to=/orders").await;
    let second = world.browser.get("/SignIn?return_to=/").await;
    assert_eq!(world.browser.attempts(), 2);
    let second = world.provider.authorize(second.location());
    let first = world.provider.authorize(first.location());
    assert_eq!(world.browser.get(&second).await.location(), "/");
    let before = world.browser.jar["moongate.shop"].clone();
    assert_eq!(world.browser.get(&first).await.location(), "/orders");
    assert_ne!(world.browser.jar["moongate.shop"], before);
    assert_eq!(world.browser.attempts(), 0);
}

#[tokio::test]
async fn attempts_do_not_pile_up() {
    let mut world = World::new().await;
    for _ in 0..12 {
        world.browser.get("/SignIn").await.location();
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(world.browser.attempts(), 8);
}

#[tokio::test]
async fn a_new_sign_in_ends_the_session_before_it() {
    let mut world = World::new().await;
    world.sign_in().await;
    let mut thief = world.browser.clone();
    let mut other_tab = world.browser.clone();
    other_tab.jar.clear();
    let started = other_tab.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    other_tab.jar.extend(world.browser.jar.clone());
    other_tab.get(&callback).await.location();
    assert_ne!(other_tab.jar["moongate.shop"], thief.jar["moongate.shop"]);
    assert_eq!(thief.get("/").await.body, "Hello stranger");
}

#[tokio::test]
async fn a_callback_loaded_twice_is_no_error() {
    let mut world = World::new().await;
    let started = world.browser.get("/SignIn?return_to=/orders").await;
    let callback = world.provider.authorize(started.location());
    let mut twice = world.browser.clone();
    assert_eq!(world.browser.get(&callback).await.location(), "/orders");
    // Before the first answer reached the browser …
    assert_eq!(twice.get(&callback).await.location(), "/orders");
    assert_eq!(twice.jar, world.browser.jar);
    // … and after it.
    assert_eq!(world.browser.get(&callback).await.location(), "/orders");
    assert_eq!(
        world
            .browser
            .get("/Callback?state=other&code=x")
            .await
            .location(),
        "/"
    );
    assert_eq!(world.provider.calls().exchanges, 1);
}

#[tokio::test]
async fn a_callback_of_another_browser_is_refused() {
    let mut world = World::new().await;
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    let mut victim = world.browser.clone();
    victim.jar.clear();
    for path in [
        callback.as_str(),
        "/Callback",
        "/Callback?code=x",
        "/Callback?state=a&state=b",
    ] {
        let page = victim.get(path).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.body.contains("Start again"), "{}", page.body);
        assert!(page.body.contains("href=\"/SignIn\""));
    }
    assert!(!victim.has_session());
    assert_eq!(world.provider.calls().exchanges, 0);
}

#[tokio::test]
async fn an_attempt_ends_after_an_hour() {
    let mut world = World::new().await;
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(
        world.browser.get(&callback).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn whoever_cancels_goes_back_politely() {
    let mut world = World::new().await;
    let started = world.browser.get("/SignIn?return_to=/books/3").await;
    let callback = world.provider.refuse(started.location(), "access_denied");
    assert_eq!(world.browser.get(&callback).await.location(), "/books/3");
    assert_eq!(world.browser.attempts(), 0);

    // A page that needs a sign-in would only ask again.
    let orders = world.browser.get("/orders").await.location().to_owned();
    let started = world.browser.get(&orders).await;
    let callback = world.provider.refuse(started.location(), "access_denied");
    assert_eq!(world.browser.get(&callback).await.location(), "/");
}

#[tokio::test]
async fn other_errors_of_the_provider_are_named() {
    let mut world = World::new().await;
    for (error, shown) in [("invalid_scope", "invalid_scope"), ("<script>", "unknown")] {
        let started = world.browser.get("/SignIn").await;
        let callback = world.provider.refuse(started.location(), error);
        let page = world.browser.get(&callback).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(
            page.body.contains(&format!("<code>{shown}</code>")),
            "{}",
            page.body
        );
        assert!(!page.body.contains("<script"));
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none';")
        );
    }
}

#[tokio::test]
async fn the_issuer_of_the_answer_is_checked() {
    for (change, without, expected) in [
        (
            Some("iss=http%3A%2F%2Fevil.example"),
            &[][..],
            StatusCode::BAD_REQUEST,
        ),
        (Some(""), &[][..], StatusCode::BAD_REQUEST),
        (
            Some(""),
            &["authorization_response_iss_parameter_supported"][..],
            StatusCode::SEE_OTHER,
        ),
        (None, &[][..], StatusCode::SEE_OTHER),
    ] {
        let mut world = World::new().await;
        world.provider.behave().without = without;
        let started = world.browser.get("/SignIn").await;
        let mut callback = world.provider.authorize(started.location());
        if let Some(change) = change {
            let start = callback.find("iss=").unwrap();
            let end = start + callback[start..].find('&').unwrap();
            callback.replace_range(start..end, change);
        }
        assert_eq!(
            world.browser.get(&callback).await.status,
            expected,
            "{callback}"
        );
    }
}

#[tokio::test]
async fn claims_come_from_userinfo_where_asked_for() {
    let mut world = World::with(|options| options.get_claims_from_userinfo_endpoint(true)).await;
    world.provider.behave().userinfo =
        json!({"sub": "u-1", "email": "li@example.com", "iss": "evil"});
    world.sign_in().await;
    let claims: Value = serde_json::from_str(&world.browser.get("/api/me").await.body).unwrap();
    assert_eq!(claims["email"], "li@example.com");
    assert_eq!(claims["username"], "li");
    assert_ne!(claims["iss"], "evil");
}

#[tokio::test]
async fn userinfo_about_someone_else_is_refused() {
    let mut world = World::with(|options| options.get_claims_from_userinfo_endpoint(true)).await;
    world.provider.behave().userinfo = json!({"sub": "u-2"});
    let started = world.browser.get("/SignIn").await;
    let callback = world.provider.authorize(started.location());
    let page = world.browser.get(&callback).await;
    assert!(page.body.contains("userinfo.invalid"), "{}", page.body);
}

#[tokio::test]
async fn cookies_follow_the_base_url() {
    let check = async |base: &str, domain: Option<&str>, name: &str, attribute: &str| {
        let mut world = World::with(|mut options| {
            options.base_url = base.to_owned();
            options.cookie_domain = domain.map(str::to_owned);
            options
        })
        .await;
        let started = world.browser.get("/SignIn").await;
        let attempt = started.cookies()[0].to_owned();
        assert!(attempt.starts_with(&format!("{name}.")), "{attempt}");
        assert!(attempt.contains(attribute), "{attempt}");
        let callback = world.provider.authorize(started.location());
        let callback = callback.strip_prefix("/shop").unwrap_or(&callback);
        let finished = world.browser.get(callback).await;
        assert!(world.browser.jar.contains_key(name));
        // The removal must carry `Secure` too, or browsers ignore it.
        for cookie in finished.cookies() {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        finished.location().to_owned()
    };
    assert_eq!(
        check("http://localhost:3000", None, "moongate.shop", "").await,
        "/"
    );
    assert_eq!(
        check(
            "https://a.example.com",
            None,
            "__Host-moongate.shop",
            "; Secure"
        )
        .await,
        "/"
    );
    let domain = Some("example.com");
    let attribute = "; Secure; Path=/; Domain=example.com";
    assert_eq!(
        check(
            "https://a.example.com",
            domain,
            "__Secure-moongate.shop",
            attribute
        )
        .await,
        "/"
    );
    // Behind a proxy that strips `/shop`.
    assert_eq!(
        check(
            "https://a.example.com/shop",
            None,
            "__Host-moongate.shop",
            "; Secure"
        )
        .await,
        "/shop/"
    );
}
