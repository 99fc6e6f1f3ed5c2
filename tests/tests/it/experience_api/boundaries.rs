//! Whose sign-in it is, where requests may come from, and what is never told.

use axum::body::Body;
use http::header;
use moongate_tests::{BOOKSTORE_ID, RelyingParty, TestApp, fresh_number};
use serde_json::{Value, json};

use super::{Own, PASSWORD, created, gone, ok, phone, refused, username, with_sign_up};

#[tokio::test]
async fn without_its_cookie_there_is_no_interaction() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    let mut stranger = Own::begun(&app, "Register").await;
    // Each browser finds its own.
    assert_eq!(
        ok(&own.get("interaction").await)["interactionEvent"],
        "SignIn"
    );
    let other = ok(&stranger.get("interaction").await);
    assert_eq!(other["interactionEvent"], "Register");
    stranger.visitor.forget("moongate_interactions");
    for (method, path) in [
        ("PUT", "experience"),
        ("GET", "experience/interaction"),
        ("POST", "experience/submit"),
        ("POST", "experience/verification/totp/secret"),
        ("GET", "interaction/consent"),
    ] {
        refused(
            &stranger.call(method, path, None).await,
            400,
            "session.not_found",
        );
    }
    let mut own = Own::begun(&app, "SignIn").await;
    let number = fresh_number();
    let record = own.prove_phone(&number, "SignIn").await;
    let mut stranger = Own::begun(&app, "SignIn").await;
    let answer = stranger.identify(&record).await;
    refused(&answer, 404, "session.verification_session_not_found");
}

#[tokio::test]
async fn after_an_hour_it_is_over() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    app.advance(std::time::Duration::from_hours(1));
    refused(&own.get("interaction").await, 400, "session.not_found");
}

#[tokio::test]
async fn a_finished_sign_in_is_no_longer_there() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "Register").await;
    let record = own.prove_phone(&fresh_number(), "Register").await;
    created(&own.identify(&record).await);
    own.arrive().await;
    refused(&own.get("interaction").await, 400, "session.not_found");
    refused(&own.submit().await, 400, "session.not_found");
}

#[tokio::test]
async fn the_application_or_the_newest_decides_which_one_it_is() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    app.advance(std::time::Duration::from_secs(1));
    let second = RelyingParty::new("second").request(&app, &[]);
    own.visitor.open(&second).await;
    // The newest has not begun.
    let code = "session.interaction_not_found";
    refused(&own.get("interaction").await, 404, code);
    let named = format!("interaction?app_id={BOOKSTORE_ID}");
    refused(&own.get(&named).await, 404, code);
    let answer = own.get("interaction?app_id=unknown").await;
    refused(&answer, 400, "session.not_found");
    own.visitor = own.visitor.saying("logto-app-id", "unknown");
    refused(&own.get(&named).await, 400, "session.not_found");
    own.visitor = own.visitor.saying("logto-app-id", BOOKSTORE_ID);
    refused(&own.get("interaction").await, 404, code);
}

#[tokio::test]
async fn two_fresh_tabs_each_find_one() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut first = Own::begun(&app, "SignIn").await;
    app.advance(std::time::Duration::from_secs(1));
    let mut second = Own::begun(&app, "Register").await;
    // One browser: the cookie of the second replaced the one that both share.
    first.visitor.share(&second.visitor);
    second.visitor = first.visitor.clone();
    let record = second.prove_phone(&fresh_number(), "Register").await;
    created(&second.identify(&record).await);
    let found = ok(&second.get("interaction").await);
    assert_eq!(found["interactionEvent"], "Register");
    second.arrive().await;
    let left = ok(&first.get("interaction").await);
    assert_eq!(left["interactionEvent"], "SignIn");
}

#[tokio::test]
async fn another_site_gets_nowhere() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let own = Own::begun(&app, "SignIn").await;
    for (method, path) in [
        ("PUT", "experience"),
        ("PUT", "experience/interaction-event"),
        ("POST", "experience/identification"),
        ("POST", "experience/submit"),
        ("POST", "experience/profile"),
        ("POST", "experience/verification/password"),
        ("POST", "experience/profile/mfa/mfa-skipped"),
        ("POST", "interaction/consent"),
    ] {
        for (origin, site) in [
            ("https://evil.example", "cross-site"),
            ("http://localhost:3000", "same-site"),
            ("null", "cross-site"),
        ] {
            let mut visitor = own.visitor.clone();
            let request = visitor
                .request(method, &format!("/api/{path}"))
                .header(header::ORIGIN, origin)
                .header("sec-fetch-site", site)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from("{}"))
                .unwrap();
            let answer = visitor.send(request).await;
            refused(&answer, 403, "auth.forbidden");
            assert!(answer.header("access-control-allow-origin").is_empty());
        }
    }
    let mut visitor = own.visitor.clone();
    for method in ["GET", "OPTIONS"] {
        let request = visitor
            .request(method, "/api/experience/interaction")
            .header(header::ORIGIN, "http://localhost:3000")
            .header("access-control-request-method", "GET")
            .body(Body::empty())
            .unwrap();
        let answer = visitor.send(request).await;
        assert!(answer.header("access-control-allow-origin").is_empty());
    }
}

#[tokio::test]
async fn a_form_is_no_body() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let mut request = own
            .visitor
            .request("POST", "/api/experience/identification")
            .header(header::ORIGIN, "http://localhost:3001");
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from("{}")).unwrap();
        let answer = own.visitor.send(request).await;
        refused(&answer, 400, "guard.invalid_input");
    }
}

#[tokio::test]
async fn codes_and_hashes_are_never_told() {
    let app = with_sign_up(json!(["username", "phone"]), true).await;
    let number = fresh_number();
    let mut own = Own::begun(&app, "Register").await;
    let body = json!({ "identifier": username("ann"), "password": PASSWORD });
    let answer = own.post("verification/new-password-identity", body).await;
    let record = super::id(&answer);
    refused(&own.identify(&record).await, 422, "user.missing_profile");
    let sent = own.send(&phone(&number), "Register").await;
    let answer = own.get("interaction").await;
    for secret in [&app.code_for(&number), PASSWORD, "argon2", "hash", "mac"] {
        assert!(
            !answer.text().contains(secret),
            "{secret}: {}",
            answer.text()
        );
    }
    let mut body = ok(&answer);
    assert_eq!(body["signInContext"].take(), json!({}));
    assert_eq!(
        body,
        json!({
            "interactionEvent": "Register",
            "profile": { "username": "ann" },
            "verificationRecords": [
                {
                    "id": record, "type": "NewPasswordIdentity", "verified": true,
                    "identifier": { "type": "username", "value": "ann" },
                },
                {
                    "id": sent, "type": "PhoneVerificationCode", "templateType": "Register",
                    "verified": false, "identifier": phone(&number),
                },
            ],
            "mfa": {},
            "signInContext": null,
            "captcha": { "verified": false, "skipped": false },
        })
    );
}

#[tokio::test]
async fn refusals_speak_the_readers_language() {
    let app = TestApp::new().await;
    let mut own = Own::new(&app).await;
    let english = own.get("interaction").await.json()["message"].clone();
    own.visitor = own.visitor.saying("accept-language", "zh-CN");
    let answer = own.get("interaction").await;
    assert_ne!(answer.json()["message"], english);
    assert_eq!(answer.header("content-language"), "zh-CN");
}

#[tokio::test]
async fn under_a_path_it_is_the_same() {
    let app = TestApp::at("http://localhost:3001/id").await;
    let mut own = Own::begun(&app, "Register").await;
    let number = fresh_number();
    let record = own.prove_phone(&number, "Register").await;
    created(&own.identify(&record).await);
    let claims: Value = own.arrive().await;
    assert_eq!(claims["phone_number"], format!("86{number}"));
    gone(&{
        let mut own = Own::new(&app).await;
        let body = json!({ "interactionEvent": "SignIn" });
        own.call("PUT", "experience/", Some(body)).await
    });
}
