//! The first administrator: a link that is printed once makes the account, and nothing else does.

use std::time::Duration;

use http::StatusCode;
use moongate_core::{Role, RoleId, Store, StoreError, User, UserFilter};
use moongate_tests::{Log, Manager, Page, TestApp, Visitor};
use serde_json::json;

const PASSWORD: &str = "wind over the old harbour";

async fn submit(visitor: &mut Visitor, page: &Page, username: &str, password: &str) -> Page {
    let form = [
        ("token", page.field("token")),
        ("username", username.to_owned()),
        ("password", password.to_owned()),
    ];
    visitor.submit("/setup", &form).await
}

async fn administrators(app: &TestApp) -> i64 {
    let filter = UserFilter {
        with_role: Some(RoleId::from(Role::ADMINISTRATOR)),
        ..UserFilter::default()
    };
    let mut reader = app.store().read().await.unwrap();
    reader.count_users(&filter).await.unwrap()
}

#[tokio::test]
async fn the_link_makes_the_first_administrator_once() {
    let app = TestApp::new().await;
    let link = app.setup_link().await.unwrap();
    let mut visitor = app.visitor();
    let page = visitor.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    let done = submit(&mut visitor, &page, "admin", PASSWORD).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert!(done.text().contains("href=\"/account\""));
    let cookie = done.set_cookies()[0].to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert_eq!(administrators(&app).await, 1);
    // Signed in at once.
    let account = visitor.get("/account").await;
    assert_eq!(account.heading(), "Your account");
    assert!(account.text().contains("admin"));

    let mut other = app.visitor();
    let again = submit(&mut other, &page, "second", PASSWORD).await;
    assert_eq!(again.status, StatusCode::GONE);
    for target in [link.as_str(), "/setup"] {
        let page = other.get(target).await;
        assert_eq!(page.status, StatusCode::GONE, "{target}");
    }
    assert_eq!(administrators(&app).await, 1);
    assert_eq!(app.setup_link().await, None);
}

#[tokio::test]
async fn without_a_good_link_there_is_no_form() {
    let app = TestApp::new().await;
    let first = app.setup_link().await.unwrap();
    let second = app.setup_link().await.unwrap();
    let mut visitor = app.visitor();
    let good = visitor.get(&second).await;
    for target in [first.as_str(), "/setup", "/setup?token=%3Cb%3E"] {
        let page = visitor.get(target).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{target}");
        assert!(!page.text().contains("name=\"password\""), "{target}");
        assert!(!page.text().contains("<b>"));
    }
    app.advance(Duration::from_mins(30));
    let late = submit(&mut visitor, &good, "admin", PASSWORD).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert_eq!(administrators(&app).await, 0);
}

#[tokio::test]
async fn what_is_wrong_with_name_or_password_is_told_and_the_link_stays_good() {
    let app = TestApp::new().await;
    let link = app.setup_link().await.unwrap();
    let mut visitor = app.visitor();
    let page = visitor.get(&link).await;
    for (username, password) in [
        ("", PASSWORD),
        ("1st", PASSWORD),
        ("admin", "abc"),
        ("admin", ""),
    ] {
        let again = submit(&mut visitor, &page, username, password).await;
        assert!(again.status.is_client_error(), "{username} {password}");
        assert_eq!(again.field("username"), username);
        assert!(!again.text().contains(PASSWORD));
    }
    let done = submit(&mut visitor, &page, "admin", PASSWORD).await;
    assert_eq!(done.status, StatusCode::OK);
}

#[tokio::test]
async fn no_other_site_sends_the_form() {
    let app = TestApp::new().await;
    let link = app.setup_link().await.unwrap();
    let page = app.visitor().get(&link).await;
    let mut evil = app.visitor().saying("sec-fetch-site", "cross-site");
    let form = [
        ("token", page.field("token")),
        ("username", "eve".to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let refused = evil.post("/setup", &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(administrators(&app).await, 0);
}

#[tokio::test]
async fn neither_token_nor_password_is_logged() {
    let log = Log::listen();
    let app = TestApp::new().await;
    let link = app.setup_link().await.unwrap();
    let mut visitor = app.visitor();
    let page = visitor.get(&link).await;
    let token = page.field("token");
    assert!(link.contains(&token));
    submit(&mut visitor, &page, "admin", "abc").await;
    submit(&mut visitor, &page, "admin", PASSWORD).await;
    let text = log.text();
    assert!(text.contains("/setup"), "the path is heard");
    for secret in [token.as_str(), PASSWORD] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_administrators_role_stays_as_it_is() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let role = "/api/roles/administrator";
    for answer in [
        manager.delete(role).await,
        manager.patch(role, json!({ "name": "Everybody" })).await,
        manager.patch(role, json!({ "isDefault": true })).await,
    ] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
        assert_eq!(answer.json()["code"], "role.internal_role_violation");
    }
    let role = manager.get(role).await.json();
    assert_eq!(role["name"], "Moongate administrator");
    assert_eq!(role["isDefault"], false);
}

#[tokio::test]
async fn settings_that_let_no_administrator_back_in_are_told_beforehand() {
    const WARNING: &str = "can’t sign in again";
    let app = TestApp::new().await;
    let method = |identifier: &str, password: bool| {
        json!({ "identifier": identifier, "password": password, "verificationCode": !password,
                "isPasswordPrimary": password })
    };
    let only_phone = json!({ "signIn": { "methods": [method("phone", false)] } });
    let both =
        json!({ "signIn": { "methods": [method("phone", false), method("username", true)] } });
    let link = app.setup_link().await.unwrap();
    let mut visitor = app.visitor();
    super::account::set(&app, both).await;
    let page = visitor.get(&link).await;
    assert!(!page.text().contains(WARNING));
    super::account::set(&app, only_phone).await;
    let page = visitor.get(&link).await;
    assert!(page.text().contains(WARNING), "{}", page.text());
    let done = submit(&mut visitor, &page, "admin", PASSWORD).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.text().contains(WARNING), "{}", done.text());
}

#[tokio::test]
async fn a_barred_administrator_is_none() {
    let app = TestApp::new().await;
    let link = app.setup_link().await.unwrap();
    let mut visitor = app.visitor();
    let page = visitor.get(&link).await;
    submit(&mut visitor, &page, "admin", PASSWORD).await;
    assert_eq!(app.setup_link().await, None);
    let store: &dyn Store = app.store();
    let saved: Result<(), StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                let user = tx.user_by_username("admin").await?.expect("just made");
                let barred = User {
                    is_suspended: true,
                    ..user
                };
                tx.update_user(&barred).await?;
                Ok(())
            })
        })
        .await;
    saved.unwrap();
    assert!(app.setup_link().await.is_some());
}
