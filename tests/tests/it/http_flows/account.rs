//! The account page, from a browser without script: one signs in to it, changes what one may, and
//! proves anew who is there where that is needed.

use std::time::Duration;

use http::StatusCode;
use moongate_core::{Document, Store, StoreError, UnixMillis, token_hash};
use moongate_tests::{Log, Page, RelyingParty, TestApp, Visitor, fresh_number};
use serde_json::{Value, json};

use super::{code_form, phone_form};

const PASSWORD: &str = "wind over the old harbour";
const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0";

/// A browser that signed in at the account page, and that page.
async fn at_account(app: &TestApp, number: &str) -> (Visitor, Page) {
    let mut visitor = app.visitor().saying("user-agent", FIREFOX);
    let page = visitor.open("/account").await;
    assert_eq!(page.heading(), "Sign in to Moongate");
    let form = phone_form(&page, number);
    let page = visitor.submit_and_follow("/sign-in", &form).await;
    let form = code_form(&page, &app.code_for(number));
    let path = "/sign-in/verification-code";
    let page = visitor.submit_and_follow(path, &form).await;
    assert_eq!(page.heading(), "Your account", "{}", page.text());
    (visitor, page)
}

/// Lays fields over the settings of the sign-in experience.
pub(super) async fn set(app: &TestApp, fields: Value) {
    let store: &dyn Store = app.store();
    let saved: Result<bool, StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                let key = "sign-in-experience";
                let stored = tx.document(key).await?.expect("config/resources has one");
                let mut settings: Value = serde_json::from_str(&stored.body).unwrap();
                for (name, value) in fields.as_object().unwrap() {
                    settings[name] = value.clone();
                }
                tx.save_document(&Document {
                    key: key.to_owned(),
                    revision: stored.revision + 1,
                    body: settings.to_string(),
                    author: String::new(),
                    comment: None,
                    updated_at: UnixMillis(0),
                })
                .await
            })
        })
        .await;
    assert!(saved.is_ok_and(|saved| saved));
}

/// Every identifier signs in, each by all it can.
async fn with_passwords() -> TestApp {
    let app = TestApp::new().await;
    let method = |identifier: &str, code: bool| {
        json!({ "identifier": identifier, "password": true, "verificationCode": code,
                "isPasswordPrimary": false })
    };
    let methods = [
        method("phone", true),
        method("email", true),
        method("username", false),
    ];
    set(&app, json!({ "signIn": { "methods": methods } })).await;
    app
}

fn field(name: &'static str, value: &str) -> [(&'static str, String); 1] {
    [(name, value.to_owned())]
}

fn session_cookie(visitor: &Visitor) -> String {
    visitor.cookies()["moongate_session"].clone()
}

async fn set_password(visitor: &mut Visitor, password: &str) -> Page {
    let form = field("password", password);
    visitor.submit_and_follow("/account/password", &form).await
}

#[tokio::test]
async fn one_signs_in_at_the_page_itself() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_account(&app, &number).await;
    let tail = &number[number.len() - 4..];
    for words in ["Firefox 142", "Windows", "This browser", "UTC", tail] {
        assert!(page.text().contains(words), "{words}");
    }
    assert!(!page.text().contains(&number), "the number is masked");
    assert_eq!(page.header("cache-control"), "no-store");
    let page = visitor.get("/account").await;
    assert_eq!(page.heading(), "Your account");
    // It is a session like any other.
    let answer = visitor
        .get(&RelyingParty::new("shop").request(&app, &[]))
        .await;
    assert!(answer.parameter("code").is_some());
    let page = visitor.get("/account").await;
    assert!(page.text().contains("Apps: "), "{}", page.text());
    assert!(page.text().contains("Bookstore"));
}

#[tokio::test]
async fn turning_back_from_its_sign_in_leads_home() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let page = visitor.open("/account").await;
    let form = field("interaction", &page.field("interaction"));
    let answer = visitor.submit("/sign-in/cancel", &form).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/")
    );
}

#[tokio::test]
async fn without_a_session_every_page_and_form_leads_to_the_sign_in() {
    let app = TestApp::new().await;
    let forms = [
        "/account/name",
        "/account/name/remove",
        "/account/username",
        "/account/email",
        "/account/email/remove",
        "/account/phone",
        "/account/phone/remove",
        "/account/password",
        "/account/step-up/password",
        "/account/step-up/code",
        "/account/verification-code",
        "/account/verification-code/resend",
        "/account/verification-code/password",
        "/account/sessions/sign-out",
        "/account/sessions/sign-out-others",
        "/account/sign-out",
    ];
    for path in forms {
        let mut visitor = app.visitor();
        let answer = visitor.submit(path, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.location(), "/account", "{path}");
        assert!(answer.set_cookies().is_empty(), "a form begins nothing");
        let page = app.visitor().open(path).await;
        assert_eq!(page.heading(), "Sign in to Moongate", "{path}");
    }
    // What a script or a picture loads begins nothing; htmx has the browser open the page.
    for mode in ["cors", "no-cors", "same-origin"] {
        let mut visitor = app.visitor().saying("sec-fetch-mode", mode);
        let answer = visitor.get("/account").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{mode}");
        assert!(answer.set_cookies().is_empty(), "{mode}");
        let answer = visitor.saying("hx-request", "true").get("/account").await;
        assert_eq!(answer.status, StatusCode::OK, "{mode}");
        assert_eq!(answer.header("hx-redirect"), "/account");
    }
    let mut visitor = app.visitor().saying("sec-fetch-mode", "navigate");
    let answer = visitor.get("/account").await;
    assert!(answer.location().starts_with("/sign-in?interaction="));
    // A cookie that is none counts as none.
    let mut visitor = app.visitor().saying("cookie", "moongate_session=made-up");
    let answer = visitor.get("/account").await;
    assert!(answer.location().starts_with("/sign-in?interaction="));
}

#[tokio::test]
async fn no_other_site_changes_anything() {
    let app = TestApp::new().await;
    let (visitor, _) = at_account(&app, &fresh_number()).await;
    for path in [
        "/account/name",
        "/account/phone",
        "/account/email/remove",
        "/account/password",
        "/account/step-up/password",
        "/account/verification-code",
        "/account/sessions/sign-out-others",
        "/account/sign-out",
    ] {
        let mut evil = visitor.clone().saying("sec-fetch-site", "cross-site");
        let refused = evil.post(path, &field("name", "Eve")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        let mut evil = visitor.clone().saying("origin", "https://evil.example");
        let refused = evil.post(path, &field("name", "Eve")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    let page = visitor.clone().get("/account").await;
    assert!(!page.text().contains("Eve"));
}

#[tokio::test]
async fn a_name_is_given_and_taken_away() {
    let app = TestApp::new().await;
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    let form = field("name", "Alice <b>");
    let answer = visitor.submit("/account/name", &form).await;
    assert_eq!(answer.location(), "/account?saved=value");
    let page = visitor.follow(answer).await;
    assert!(page.text().contains("Alice &lt;b&gt;"));
    assert!(page.text().contains("role=\"status\""));
    let page = visitor.get("/account/name").await;
    assert!(page.text().contains("value=\"Alice &lt;b&gt;\""));
    let long = field("name", &"a".repeat(129));
    let page = visitor.submit("/account/name", &long).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text().contains("128"));
    let answer = visitor.submit("/account/name/remove", &[]).await;
    assert_eq!(answer.location(), "/account?saved=removed");
    // What an address says is one of a few words, or nothing.
    let page = visitor.get("/account?saved=%3Cb%3EEve").await;
    assert!(!page.text().contains("Eve") && !page.text().contains("role=\"status\""));
}

#[tokio::test]
async fn an_address_is_linked_by_its_code_and_given_up_again() {
    let app = with_passwords().await;
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    let page = visitor.get("/account/email").await;
    assert_eq!(page.status, StatusCode::OK);
    let bad = field("identifier", "nobody");
    let page = visitor.submit("/account/email", &bad).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text().contains("value=\"nobody\""));
    let form = field("identifier", "alice@mail.example");
    let answer = visitor.submit("/account/email", &form).await;
    assert_eq!(answer.location(), "/account/verification-code");
    let page = visitor.follow(answer).await;
    assert!(!page.text().contains("alice@mail.example"), "it is masked");
    let wrong = field("code", "12345");
    let page = visitor.submit("/account/verification-code", &wrong).await;
    assert!(page.status.is_client_error());
    let too_soon = visitor
        .submit("/account/verification-code/resend", &[])
        .await;
    assert_eq!(too_soon.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!too_soon.header("retry-after").is_empty());
    let code = field("code", &app.code_by_email("alice@mail.example"));
    let answer = visitor.submit("/account/verification-code", &code).await;
    assert_eq!(answer.location(), "/account?saved=value");
    let page = visitor.follow(answer).await;
    assert!(page.text().contains("@mail.example"));
    // Nothing is left to enter.
    let answer = visitor.get("/account/verification-code").await;
    assert_eq!(answer.location(), "/account");
    let answer = visitor.submit("/account/email/remove", &[]).await;
    assert_eq!(answer.location(), "/account?saved=removed");
    let page = visitor.follow(answer).await;
    assert!(!page.text().contains("@mail.example"));
}

#[tokio::test]
async fn that_somebody_else_has_a_number_is_told_to_who_has_it_alone() {
    let app = TestApp::new().await;
    let theirs = fresh_number();
    at_account(&app, &theirs).await;
    app.advance(Duration::from_mins(1));
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    let form = [("identifier", theirs.clone()), ("region", "CN".to_owned())];
    let answer = visitor.submit("/account/phone", &form).await;
    assert_eq!(answer.location(), "/account/verification-code");
    let code = field("code", &app.code_for(&theirs));
    let page = visitor.submit("/account/verification-code", &code).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("action=\"/account/phone\""));
    assert!(page.text().contains("aria-invalid"));
}

#[tokio::test]
async fn the_last_way_in_is_not_given_up() {
    let app = TestApp::new().await;
    let (mut visitor, page) = at_account(&app, &fresh_number()).await;
    assert!(!page.text().contains("/account/phone/remove"));
    let page = visitor.submit("/account/phone/remove", &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.heading(), "Your account");
    assert!(page.text().contains("role=\"alert\""));
}

#[tokio::test]
async fn what_the_settings_do_not_use_is_not_offered() {
    let app = TestApp::new().await;
    let (mut visitor, page) = at_account(&app, &fresh_number()).await;
    for path in ["/account/username", "/account/password"] {
        assert!(!page.text().contains(path), "{path}");
        let answer = visitor.get(path).await;
        assert_eq!(answer.location(), "/account", "{path}");
    }
    let store: &dyn Store = app.store();
    store
        .write(|tx| {
            Box::pin(async move {
                for connector in tx.connectors().await? {
                    tx.delete_connector(&connector.id).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    let page = visitor.get("/account").await;
    for path in ["/account/email", "/account/phone"] {
        assert!(!page.text().contains(path), "{path}");
        let answer = visitor.get(path).await;
        assert_eq!(answer.location(), "/account", "{path}");
    }
}

#[tokio::test]
async fn a_change_waits_for_a_fresh_proof_by_password() {
    let app = with_passwords().await;
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    let page = set_password(&mut visitor, PASSWORD).await;
    assert_eq!(page.heading(), "Your account", "{}", page.text());
    app.advance(Duration::from_mins(11));
    let answer = visitor.get("/account/username").await;
    assert_eq!(answer.location(), "/account/step-up");
    let page = visitor.follow(answer).await;
    assert!(page.text().contains("action=\"/account/step-up/password\""));
    let before = session_cookie(&visitor);
    let wrong = field("password", "not the password");
    let page = visitor.submit("/account/step-up/password", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = field("password", PASSWORD);
    let answer = visitor.submit("/account/step-up/password", &right).await;
    assert_eq!(answer.location(), "/account/username");
    let cookie = answer.set_cookies()[0].to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_ne!(before, session_cookie(&visitor), "a new identifier");
    let name = field("identifier", "alice");
    let answer = visitor.submit("/account/username", &name).await;
    assert_eq!(answer.location(), "/account?saved=value");
    let old = app
        .store()
        .read()
        .await
        .unwrap()
        .session_by_cookie(&token_hash(&before))
        .await;
    assert!(old.unwrap().is_none(), "the old identifier is dead");
}

#[tokio::test]
async fn a_removal_waits_for_a_fresh_proof_by_code_and_then_is_done() {
    let app = with_passwords().await;
    let number = fresh_number();
    let (mut visitor, _) = at_account(&app, &number).await;
    let form = field("identifier", "alice@mail.example");
    visitor.submit("/account/email", &form).await;
    let code = field("code", &app.code_by_email("alice@mail.example"));
    visitor.submit("/account/verification-code", &code).await;
    app.advance(Duration::from_mins(11));
    let page = visitor
        .submit_and_follow("/account/email/remove", &[])
        .await;
    assert!(page.text().contains("value=\"sms\""), "{}", page.text());
    let form = field("channel", "sms");
    let answer = visitor.submit("/account/step-up/code", &form).await;
    assert_eq!(answer.location(), "/account/verification-code");
    let code = field("code", &app.code_for(&number));
    let answer = visitor.submit("/account/verification-code", &code).await;
    assert_eq!(answer.location(), "/account?saved=removed");
    let page = visitor.follow(answer).await;
    assert!(!page.text().contains("@mail.example"));
}

#[tokio::test]
async fn every_sensitive_form_waits_for_a_fresh_proof() {
    let app = with_passwords().await;
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    app.advance(Duration::from_mins(11));
    for (path, form) in [
        ("/account/username", field("identifier", "alice")),
        ("/account/email", field("identifier", "alice@mail.example")),
        ("/account/phone", field("identifier", "13800138000")),
        ("/account/password", field("password", PASSWORD)),
        ("/account/email/remove", field("x", "")),
    ] {
        let answer = visitor.submit(path, &form).await;
        assert_eq!(answer.location(), "/account/step-up", "{path}");
    }
    let answer = visitor
        .submit("/account/name", &field("name", "Alice"))
        .await;
    assert_eq!(answer.location(), "/account?saved=value");
}

#[tokio::test]
async fn a_new_password_signs_other_browsers_out() {
    let app = with_passwords().await;
    let number = fresh_number();
    let (mut other, _) = at_account(&app, &number).await;
    app.advance(Duration::from_mins(1));
    let (mut visitor, page) = at_account(&app, &number).await;
    assert!(page.text().contains("/account/sessions/sign-out-others"));
    let page = visitor
        .submit("/account/password", &field("password", "abc"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = field("password", PASSWORD);
    let answer = visitor.submit("/account/password", &form).await;
    assert_eq!(answer.location(), "/account?saved=password");
    let page = visitor.follow(answer).await;
    assert!(!page.text().contains("/account/sessions/sign-out-others"));
    let answer = other.get("/account").await;
    assert!(answer.location().starts_with("/sign-in?interaction="));
}

#[tokio::test]
async fn sessions_end_from_another_browser_and_all_at_once() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut phone, _) = at_account(&app, &number).await;
    app.advance(Duration::from_mins(1));
    let (mut tablet, _) = at_account(&app, &number).await;
    app.advance(Duration::from_mins(1));
    let (mut visitor, page) = at_account(&app, &number).await;
    let form = field("session", &page.field("session"));
    let answer = visitor.submit("/account/sessions/sign-out", &form).await;
    assert_eq!(answer.location(), "/account?saved=session");
    // The newest of the others stands first.
    assert!(
        tablet
            .get("/account")
            .await
            .location()
            .starts_with("/sign-in")
    );
    assert_eq!(phone.get("/account").await.status, StatusCode::OK);
    let again = visitor.submit("/account/sessions/sign-out", &form).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let answer = visitor
        .submit("/account/sessions/sign-out-others", &[])
        .await;
    assert_eq!(answer.location(), "/account?saved=other-sessions");
    assert!(
        phone
            .get("/account")
            .await
            .location()
            .starts_with("/sign-in")
    );
    assert_eq!(visitor.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_users_session_is_not_found() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut theirs, _) = at_account(&app, &number).await;
    let hash = token_hash(&session_cookie(&theirs));
    let session = app
        .store()
        .read()
        .await
        .unwrap()
        .session_by_cookie(&hash)
        .await;
    let id = session.unwrap().unwrap().id.to_string();
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    for id in [id.as_str(), "nothing", "", "<b>", &"x".repeat(1000)] {
        let form = field("session", id);
        let page = visitor.submit("/account/sessions/sign-out", &form).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{id:.20}");
    }
    assert_eq!(theirs.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_clears_the_cookie_and_says_so() {
    let app = TestApp::new().await;
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    let kept = visitor.clone();
    let answer = visitor.submit("/account/sign-out", &[]).await;
    assert_eq!(answer.location(), "/oidc/session/end/success");
    assert!(answer.set_cookies()[0].starts_with("moongate_session=; "));
    assert!(answer.set_cookies()[0].contains("Max-Age=0"));
    let page = visitor.follow(answer).await;
    assert_eq!(page.heading(), "You are signed out");
    let answer = kept.clone().get("/account").await;
    assert!(
        answer.location().starts_with("/sign-in"),
        "a copy is dead, too"
    );
}

#[tokio::test]
async fn by_https_the_renewed_cookie_keeps_its_attributes() {
    let app = TestApp::at("https://id.example").await;
    let number = fresh_number();
    let (mut visitor, _) = at_account(&app, &number).await;
    app.advance(Duration::from_mins(11));
    visitor.get("/account/phone").await;
    visitor
        .submit("/account/step-up/code", &field("channel", "sms"))
        .await;
    let code = field("code", &app.code_for(&number));
    let answer = visitor.submit("/account/verification-code", &code).await;
    assert_eq!(answer.location(), "/account/phone");
    let cookie = answer.set_cookies()[0].to_owned();
    assert!(cookie.starts_with("__Host-moongate_session="), "{cookie}");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn the_built_in_application_is_nobodys_to_use() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let request = "/oidc/auth?client_id=account-center&response_type=code&scope=openid\
                   &redirect_uri=https%3A%2F%2Fevil.example%2Fcb";
    let page = visitor.get(request).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let manager = moongate_tests::Manager::new(&app).await;
    let list = manager.get("/api/applications").await;
    assert!(!list.text().contains("account-center"));
    for answer in [
        manager.get("/api/applications/account-center").await,
        manager.delete("/api/applications/account-center").await,
        manager
            .patch("/api/applications/account-center", json!({ "name": "Eve" }))
            .await,
        manager
            .get("/api/applications/account-center/secrets")
            .await,
        manager
            .post(
                "/api/applications/account-center/secrets",
                json!({ "name": "x" }),
            )
            .await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
    }
}

#[tokio::test]
async fn no_address_code_or_password_is_logged() {
    let log = Log::listen();
    let app = with_passwords().await;
    let (mut visitor, _) = at_account(&app, &fresh_number()).await;
    let form = field("identifier", "alice@mail.example");
    visitor.submit("/account/email", &form).await;
    let code = app.code_by_email("alice@mail.example");
    let form = field("code", &code);
    visitor.submit("/account/verification-code", &form).await;
    set_password(&mut visitor, PASSWORD).await;
    app.advance(Duration::from_mins(11));
    visitor.get("/account/password").await;
    for password in ["not the password", PASSWORD] {
        let form = field("password", password);
        visitor.submit("/account/step-up/password", &form).await;
    }
    let text = log.text();
    for secret in [
        "alice@mail.example",
        &code,
        PASSWORD,
        "not the password",
        &session_cookie(&visitor),
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
