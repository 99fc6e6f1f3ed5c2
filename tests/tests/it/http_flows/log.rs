//! What the log holds, and what it never does.

use std::time::Duration;

use moongate_core::SendError;
use moongate_tests::{BOOKSTORE_SECRET, Log, RelyingParty, TestApp, fresh_number};

use super::{at_phone, code_form, phone_form, plain_form};

#[tokio::test]
async fn no_number_code_token_or_secret_is_ever_logged() {
    let log = Log::listen();
    let app = TestApp::new().await;
    let number = fresh_number();
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let hint = [("login_hint", number.as_str())];
    let page = visitor.open(&shop.request(&app, &hint)).await;
    let mut secrets = vec![number.clone(), BOOKSTORE_SECRET.to_owned()];

    // Everything that can go wrong on the way, then the way itself.
    app.fail_sending_with(Some(SendError::Failed));
    let form = phone_form(&page, &number);
    let answer = visitor.submit("/sign-in", &form).await;
    let page = visitor.follow(answer).await;
    app.fail_sending_with(None);
    let resend = plain_form(&page);
    let resend_path = "/sign-in/verification-code/resend";
    let page = visitor.submit_and_follow(resend_path, &resend).await;
    visitor.submit(resend_path, &resend).await;
    let code = app.code_for(&number);
    let wrong = app.wrong_code_for(&number);
    let verify = "/sign-in/verification-code";
    visitor.submit(verify, &code_form(&page, &wrong)).await;
    let answer = visitor.submit(verify, &code_form(&page, &code)).await;
    let answer = visitor.follow(answer).await;
    let authorization_code = answer.parameter("code").unwrap();
    let tokens = shop.exchange(&app, &answer).await.json();
    shop.exchange(&app, &answer).await;
    secrets.extend([code, wrong, authorization_code]);
    for name in ["access_token", "refresh_token", "id_token"] {
        secrets.push(tokens[name].as_str().unwrap().to_owned());
    }
    let access_token = tokens["access_token"].as_str().unwrap();
    RelyingParty::userinfo(&app, access_token).await;
    RelyingParty::userinfo(&app, &format!("{access_token}x")).await;
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    RelyingParty::token(&app, &refresh).await;
    secrets.extend(visitor.cookies().values().cloned());
    let hint = tokens["id_token"].as_str().unwrap();
    visitor
        .get(&format!("/oidc/session/end?id_token_hint={hint}"))
        .await;
    app.advance(Duration::from_hours(1));

    let text = log.text();
    assert!(text.contains("moongate_server"), "nothing was heard");
    assert!(text.contains("/oidc/token"), "{text}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in the log");
    }
    for part in [
        "138****",
        "code=",
        "phone=",
        "identifier=",
        "login_hint",
        "access_token",
    ] {
        assert!(!text.contains(part), "{part} is in the log:\n{text}");
    }
}

#[tokio::test]
async fn a_request_s_lines_carry_its_name() {
    let log = Log::listen();
    let app = TestApp::new().await;
    let page = app.visitor().get("/oidc/auth?client_id=nobody").await;
    let id = page.header("x-request-id").to_owned();
    let text = log.text();
    let line = text
        .lines()
        .find(|line| line.contains("was refused with a page"))
        .unwrap_or_else(|| panic!("no line in {text}"));
    assert!(line.contains(&id), "{line}");
    assert!(line.contains("path=\"/oidc/auth\""), "{line}");
    assert!(!line.contains("client_id=nobody"), "a query in {line}");
}

#[tokio::test]
async fn a_refused_form_is_a_line_in_the_log() {
    let log = Log::listen();
    let app = TestApp::new().await;
    let (visitor, page) = at_phone(&app).await;
    let mut evil = visitor.saying("sec-fetch-site", "cross-site");
    let number = fresh_number();
    evil.post("/sign-in", &phone_form(&page, &number)).await;
    let text = log.text();
    assert!(text.contains("a form from another site was refused"));
    assert!(!text.contains(&number));
}
