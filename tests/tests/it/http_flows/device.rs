//! A device without a browser, from its first request to its tokens (RFC 8628).

use std::time::Duration;

use http::StatusCode;
use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata, UnixMillis,
};
use moongate_tests::{Log, Page, RelyingParty, TestApp, Visitor, claims, fresh_number};
use serde_json::Value;

use super::{code_form, phone_form};

const TV: &str = "tv";

fn tv() -> Application {
    Application {
        id: ApplicationId::from(TV),
        name: "Bookstore TV".into(),
        description: None,
        kind: ApplicationType::Native,
        oidc_client_metadata: OidcClientMetadata::default(),
        custom_client_metadata: CustomClientMetadata {
            is_device_flow: Some(true),
            ..CustomClientMetadata::default()
        },
        is_third_party: false,
        consent_scopes: ConsentScopes::default(),
        custom_data: serde_json::Map::new(),
        created_at: UnixMillis(1),
    }
}

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.put_application(tv()).await;
    app
}

async fn begin(app: &TestApp, client_id: &str, scope: &str) -> Page {
    let fields = [
        ("client_id", client_id.to_owned()),
        ("scope", scope.to_owned()),
    ];
    app.visitor().post("/oidc/device/auth", &fields).await
}

/// A device that has begun.
async fn device(app: &TestApp) -> Value {
    let begun = begin(app, TV, "openid offline_access phone").await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    begun.json()
}

async fn poll(app: &TestApp, device: &Value) -> Page {
    let fields = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
        ),
        ("client_id", TV.to_owned()),
        (
            "device_code",
            device["device_code"].as_str().unwrap().to_owned(),
        ),
    ];
    app.visitor().post("/oidc/token", &fields).await
}

async fn poll_error(app: &TestApp, device: &Value) -> String {
    let answer = poll(app, device).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    answer.json()["error"].as_str().unwrap().to_owned()
}

async fn type_code(visitor: &mut Visitor, code: &str) -> Page {
    let fields = [("user_code", code.to_owned())];
    visitor.submit_and_follow("/device", &fields).await
}

/// Signs in on the page that a code led to.
async fn sign_in(app: &TestApp, visitor: &mut Visitor, page: &Page) -> Page {
    let number = fresh_number();
    let form = phone_form(page, &number);
    let page = visitor.submit_and_follow("/sign-in", &form).await;
    let form = code_form(&page, &app.code_for(&number));
    let path = "/sign-in/verification-code";
    visitor.submit_and_follow(path, &form).await
}

async fn decide(visitor: &mut Visitor, page: &Page, decision: &str) -> Page {
    let fields = [
        ("interaction", page.field("interaction")),
        ("decision", decision.to_owned()),
    ];
    visitor.submit_and_follow("/device/confirm", &fields).await
}

/// A browser that somebody has signed in to.
async fn signed_in(app: &TestApp) -> Visitor {
    let mut visitor = app.visitor();
    let request = RelyingParty::new("shop").request(app, &[]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    visitor
}

fn user_code(device: &Value) -> &str {
    device["user_code"].as_str().unwrap()
}

const CONFIRM: &str = "Let Bookstore TV on your device use your account?";
const SIGN_IN: &str = "Sign in to Moongate";

#[tokio::test]
async fn the_device_is_told_what_to_show_and_where_to_ask() {
    let app = app().await;
    let answer = begin(&app, TV, "openid").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let device = answer.json();
    let code = user_code(&device);
    let (head, tail) = code.split_once('-').unwrap();
    let is_letters = |part: &str| {
        part.len() == 4
            && part
                .chars()
                .all(|char| "BCDFGHJKLMNPQRSTVWXZ".contains(char))
    };
    assert!(is_letters(head) && is_letters(tail), "{code}");
    let uri = "http://localhost:3001/device";
    assert_eq!(device["verification_uri"], uri);
    let complete = format!("{uri}?user_code={code}");
    assert_eq!(device["verification_uri_complete"], complete);
    assert_eq!(
        (&device["expires_in"], &device["interval"]),
        (&600.into(), &5.into())
    );
    let discovery = app
        .visitor()
        .get("/oidc/.well-known/openid-configuration")
        .await;
    assert_eq!(
        discovery.json()["device_authorization_endpoint"],
        "http://localhost:3001/oidc/device/auth"
    );
}

#[tokio::test]
async fn one_signs_in_compares_allows_and_the_device_has_its_tokens() {
    let app = app().await;
    let device = device(&app).await;
    assert_eq!(poll_error(&app, &device).await, "authorization_pending");
    let mut visitor = app.visitor();
    let complete = device["verification_uri_complete"].as_str().unwrap();
    let page = visitor.open(complete).await;
    assert_eq!(page.heading(), "Connect a device");
    assert_eq!(page.field("user_code"), user_code(&device));
    let page = type_code(&mut visitor, &page.field("user_code")).await;
    assert_eq!(page.heading(), SIGN_IN);
    let page = sign_in(&app, &mut visitor, &page).await;
    assert_eq!(page.heading(), CONFIRM);
    for words in [user_code(&device), "See your phone number", "+86 1"] {
        assert!(page.text().contains(words), "{words}");
    }
    let page = decide(&mut visitor, &page, "allow").await;
    assert_eq!(page.heading(), "Your device is connected");
    let tokens = poll(&app, &device).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text());
    let tokens = tokens.json();
    assert_eq!(tokens["scope"], "openid offline_access phone");
    let claims = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["aud"], TV);
    assert!(claims["phone_number"].is_string());
    assert!(claims.get("sid").is_none(), "the device has no session");
    let fields = [
        ("grant_type", "refresh_token".to_owned()),
        ("client_id", TV.to_owned()),
        (
            "refresh_token",
            tokens["refresh_token"].as_str().unwrap().to_owned(),
        ),
    ];
    let refreshed = app.visitor().post("/oidc/token", &fields).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text());
}

#[tokio::test]
async fn who_is_signed_in_only_compares() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let typed = user_code(&device).to_lowercase().replace('-', " ");
    let page = type_code(&mut visitor, &typed).await;
    assert_eq!(page.heading(), CONFIRM);
}

#[tokio::test]
async fn a_device_that_was_denied_is_told_so() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    for click in ["first", "second"] {
        let done = decide(&mut visitor, &page, "deny").await;
        assert_eq!(done.heading(), "The device was turned away", "{click}");
    }
    assert_eq!(poll_error(&app, &device).await, "access_denied");
    let late = decide(&mut visitor, &page, "allow").await;
    assert_eq!(late.heading(), "The device was turned away");
    assert_eq!(poll_error(&app, &device).await, "access_denied");
}

#[tokio::test]
async fn a_device_code_is_good_once_and_its_replay_ends_what_it_gave() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    decide(&mut visitor, &page, "allow").await;
    // A double click changes nothing.
    let done = decide(&mut visitor, &page, "allow").await;
    assert_eq!(done.heading(), "Your device is connected");
    let tokens = poll(&app, &device).await.json();
    assert_eq!(poll_error(&app, &device).await, "invalid_grant");
    let access_token = tokens["access_token"].as_str().unwrap();
    let info = RelyingParty::userinfo(&app, access_token).await;
    assert_eq!(info.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_asks_too_often_has_to_wait_longer() {
    let app = app().await;
    let device = device(&app).await;
    assert_eq!(poll_error(&app, &device).await, "authorization_pending");
    app.advance(Duration::from_secs(4));
    assert_eq!(poll_error(&app, &device).await, "slow_down");
    // Ten seconds by now.
    app.advance(Duration::from_secs(9));
    assert_eq!(poll_error(&app, &device).await, "slow_down");
    app.advance(Duration::from_secs(15));
    assert_eq!(poll_error(&app, &device).await, "authorization_pending");
}

#[tokio::test]
async fn after_ten_minutes_both_codes_are_over() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    app.advance(Duration::from_mins(10));
    let late = decide(&mut visitor, &page, "allow").await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert!(late.text().contains("This code has expired"));
    let late = type_code(&mut visitor, user_code(&device)).await;
    assert!(late.text().contains("This code has expired"));
    assert_eq!(poll_error(&app, &device).await, "expired_token");
}

#[tokio::test]
async fn a_code_that_was_decided_about_is_used() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    decide(&mut visitor, &page, "allow").await;
    let again = type_code(&mut visitor, user_code(&device)).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.text().contains("This code has been used"));
}

#[tokio::test]
async fn before_signing_in_a_wrong_code_looks_like_a_right_one() {
    let app = app().await;
    let device = device(&app).await;
    for code in [user_code(&device), "BBBB-BBBB"] {
        let mut visitor = app.visitor();
        let page = type_code(&mut visitor, code).await;
        assert_eq!(
            (page.status, page.heading()),
            (StatusCode::OK, SIGN_IN.into())
        );
    }
    let mut visitor = app.visitor();
    let page = type_code(&mut visitor, "BBBB-BBBB").await;
    let page = sign_in(&app, &mut visitor, &page).await;
    assert_eq!(page.heading(), "Connect a device");
    assert!(page.text().contains("No device shows this code"));
}

#[tokio::test]
async fn who_guesses_is_stopped_for_a_while_and_right_codes_do_not_count() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    for _ in 0..3 {
        let device = device(&app).await;
        let page = type_code(&mut visitor, user_code(&device)).await;
        assert_eq!(page.heading(), CONFIRM);
    }
    for _ in 0..10 {
        let page = type_code(&mut visitor, "BBBB-BBBB").await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.header("retry-after"), "600");
    assert!(page.text().contains("Too many tries"));
    // Others are not stopped.
    let mut other = signed_in(&app).await;
    let page = type_code(&mut other, user_code(&device)).await;
    assert_eq!(page.heading(), CONFIRM);
    app.advance(Duration::from_mins(10));
    let device = self::device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    assert_eq!(page.heading(), CONFIRM);
}

#[tokio::test]
async fn a_text_that_is_no_code_is_refused_without_counting() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let long = "x".repeat(10_000);
    for typed in ["", "abc", "WDJB\0MJHT", "<b>", &long] {
        for _ in 0..11 {
            let page = type_code(&mut visitor, typed).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{typed:.20}");
        }
    }
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    assert_eq!(page.heading(), CONFIRM);
}

#[tokio::test]
async fn no_other_browser_no_other_user_and_no_other_site_decides() {
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    let mut other = signed_in(&app).await;
    let lost = decide(&mut other, &page, "allow").await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
    let mut evil = visitor.clone().saying("sec-fetch-site", "cross-site");
    let fields = [
        ("interaction", page.field("interaction")),
        ("decision", "allow".to_owned()),
    ];
    let refused = evil.post("/device/confirm", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let again = RelyingParty::new("again").request(&app, &[("prompt", "login")]);
    app.sign_in(&mut visitor, &again, &fresh_number()).await;
    let lost = decide(&mut visitor, &page, "allow").await;
    assert_eq!(lost.status, StatusCode::BAD_REQUEST);
    assert_eq!(poll_error(&app, &device).await, "authorization_pending");
}

#[tokio::test]
async fn who_turns_back_while_signing_in_may_type_another_code() {
    let app = app().await;
    let device = device(&app).await;
    let mut visitor = app.visitor();
    let page = type_code(&mut visitor, user_code(&device)).await;
    let fields = [("interaction", page.field("interaction"))];
    let page = visitor.submit_and_follow("/sign-in/cancel", &fields).await;
    assert_eq!(page.heading(), "Connect a device");
    assert_eq!(poll_error(&app, &device).await, "authorization_pending");
}

#[tokio::test]
async fn only_native_applications_of_this_flow_may_ask() {
    let app = app().await;
    let mut browser = tv();
    browser.id = ApplicationId::from("native");
    browser.custom_client_metadata.is_device_flow = None;
    app.put_application(browser).await;
    let refused = begin(&app, "native", "openid").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["error"], "unauthorized_client");
    let nobody = begin(&app, "nobody", "openid").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let nul = begin(&app, "t\0v", "openid").await;
    assert_eq!(nul.json()["error"], "invalid_request");
    let auth = RelyingParty::new("tv").request(&app, &[("client_id", TV)]);
    let page = app.visitor().open(&auth).await;
    assert!(!page.status.is_success(), "it has no codes");
}

#[tokio::test]
async fn a_third_party_device_asks_for_what_it_may_alone_and_is_remembered() {
    let app = app().await;
    let mut third = tv();
    third.is_third_party = true;
    third.consent_scopes.user_scopes = vec!["phone".into()];
    app.put_application(third).await;
    let refused = begin(&app, TV, "openid email").await;
    assert_eq!(refused.json()["error"], "invalid_scope");
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    decide(&mut visitor, &page, "allow").await;
    let tokens = poll(&app, &device).await.json();
    let sub = claims(tokens["id_token"].as_str().unwrap())["sub"].clone();
    let user = moongate_core::UserId::from(sub.as_str().unwrap());
    let store: &dyn moongate_core::Store = app.store();
    let mut reader = store.read().await.unwrap();
    let consent = reader.consent(&user, &ApplicationId::from(TV)).await;
    let consent = consent.unwrap().expect("it is remembered");
    assert!(consent.scopes.contains("phone"));
}

#[tokio::test]
async fn another_client_gets_nothing_for_a_device_code() {
    let app = app().await;
    let mut other = tv();
    other.id = ApplicationId::from("radio");
    app.put_application(other).await;
    let device = device(&app).await;
    let fields = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
        ),
        ("client_id", "radio".to_owned()),
        (
            "device_code",
            device["device_code"].as_str().unwrap().to_owned(),
        ),
    ];
    let answer = app.visitor().post("/oidc/token", &fields).await;
    assert_eq!(answer.json()["error"], "invalid_grant");
    assert_eq!(poll_error(&app, &device).await, "authorization_pending");
}

#[tokio::test]
async fn the_code_pages_speak_chinese_and_keep_the_code_over_a_switch() {
    let app = app().await;
    let mut visitor = app.visitor().saying("accept-language", "zh-CN");
    let page = visitor.open("/device?user_code=wdjbmjht").await;
    assert_eq!(page.heading(), "连接设备");
    assert_eq!(page.field("user_code"), "WDJB-MJHT");
    assert_eq!(page.field("return_to"), "/device?user_code=WDJB-MJHT");
}

#[tokio::test]
async fn no_code_of_a_device_is_logged() {
    let log = Log::listen();
    let app = app().await;
    let mut visitor = signed_in(&app).await;
    let device = device(&app).await;
    poll(&app, &device).await;
    visitor
        .open(device["verification_uri_complete"].as_str().unwrap())
        .await;
    let page = type_code(&mut visitor, user_code(&device)).await;
    decide(&mut visitor, &page, "allow").await;
    poll(&app, &device).await;
    poll(&app, &device).await;
    let text = log.text();
    assert!(text.contains("/oidc/device/auth"), "{text}");
    let plain = user_code(&device).replace('-', "");
    for secret in [
        user_code(&device),
        &plain,
        device["device_code"].as_str().unwrap(),
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
