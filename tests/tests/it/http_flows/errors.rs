//! What goes wrong, and where nothing is.

use std::time::Duration;

use http::StatusCode;
use moongate_tests::{RelyingParty, TestApp, fresh_number};

use super::{at_code, code_form};

#[tokio::test]
async fn an_unregistered_redirect_uri_is_named_and_not_followed() {
    let app = TestApp::new().await;
    for uri in [
        "http://localhost:3000/Foo",
        "http://localhost:3000/callback",
        "http://localhost:3000/Callback/",
        "http://localhost:3000/Callback?x=1",
        "https://evil.example/Callback",
    ] {
        let request = RelyingParty::new("shop").request(&app, &[("redirect_uri", uri)]);
        let page = app.visitor().get(&request).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.header("location").is_empty());
        assert_eq!(page.heading(), "This address is not registered");
        assert!(
            page.text()
                .contains(&format!("<code dir=\"ltr\">{uri}</code>"))
        );
        assert!(page.text().contains("invalid_redirect_uri"));
    }
}

#[tokio::test]
async fn a_uri_that_is_markup_stays_text() {
    let app = TestApp::new().await;
    let uri = "https://evil.example/\"><script>alert(1)</script>";
    let request = RelyingParty::new("shop").request(&app, &[("redirect_uri", uri)]);
    let page = app.visitor().get(&request).await;
    assert!(!page.text().contains("<script>"));
    assert!(page.text().contains("&lt;script&gt;"));
}

#[tokio::test]
async fn an_unregistered_address_after_signing_out_is_named_and_not_followed() {
    let app = TestApp::new().await;
    let uri = "https://evil.example/bye";
    let query = format!("client_id=bookstore&post_logout_redirect_uri={uri}");
    let page = app
        .visitor()
        .get(&format!("/oidc/session/end?{query}"))
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text().contains(uri));
    assert!(page.header("location").is_empty());
}

#[tokio::test]
async fn an_application_that_nobody_knows_is_told_on_a_page() {
    let app = TestApp::new().await;
    let request = RelyingParty::new("shop").request(&app, &[("client_id", "nobody")]);
    let page = app.visitor().get(&request).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text().contains("invalid_client"));
}

#[tokio::test]
async fn an_error_page_names_the_request() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    for path in ["/oidc/auth", "/nowhere"] {
        let page = visitor.get(path).await;
        let id = page.header("x-request-id");
        assert!(id.len() >= 16, "{id}");
        assert!(
            page.text()
                .contains(&format!("<code dir=\"ltr\">{id}</code>"))
        );
    }
    let one = visitor.get("/").await;
    let other = visitor.get("/").await;
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}

#[tokio::test]
async fn where_nothing_is_the_answer_is_404() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    for path in [
        "/nowhere",
        "/sign-in/nowhere",
        "/assets/nowhere.css",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/oidc/nowhere",
        "/console",
        "/api/nowhere",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = visitor.get("/oidc/nowhere").await;
    assert_eq!(
        page.header("content-type"),
        "application/json; charset=utf-8"
    );
    assert_eq!(page.json()["error"], "invalid_request");
    let page = visitor.get("/nowhere").await;
    assert_eq!(page.heading(), "Page not found");
}

#[tokio::test]
async fn a_sign_in_that_is_not_this_browser_s_is_told_as_such() {
    let app = TestApp::new().await;
    let (_, page) = at_code(&app, &fresh_number()).await;
    let theirs = page.field("interaction");
    let mut stranger = app.visitor();
    let mut forgetful = app.visitor();
    let request = RelyingParty::new("one").request(&app, &[]);
    let page = forgetful.open(&request).await;
    let forgotten = page.field("interaction");
    forgetful.forget("moongate_interactions");
    for (visitor, id) in [
        (&mut stranger, theirs.as_str()),
        (&mut forgetful, forgotten.as_str()),
        (&mut app.visitor(), "nothing"),
        (&mut app.visitor(), ""),
    ] {
        for path in ["/sign-in", "/register", "/sign-in/verification-code"] {
            let page = visitor.open(&format!("{path}?interaction={id}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path} {id}");
            assert_eq!(page.heading(), "This sign-in is no longer open");
        }
        let page = visitor.open(&format!("/oidc/auth/{id}x")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    let page = app.visitor().open("/sign-in").await;
    assert_eq!(page.heading(), "This sign-in is no longer open");
}

#[tokio::test]
async fn a_sign_in_is_open_for_an_hour_at_most() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (mut visitor, page) = at_code(&app, &number).await;
    app.advance(Duration::from_mins(59));
    let address = format!(
        "/sign-in/verification-code?interaction={}",
        page.field("interaction")
    );
    assert_eq!(visitor.get(&address).await.heading(), "Check your phone");
    app.advance(Duration::from_mins(1));
    let form = code_form(&page, &app.code_for(&number));
    let late = visitor
        .submit_and_follow("/sign-in/verification-code", &form)
        .await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert_eq!(late.heading(), "This sign-in is no longer open");
    // There is a way back to the application.
    assert!(late.text().contains("Bookstore"), "{}", late.text());
}

#[tokio::test]
async fn a_form_s_address_opened_as_a_page_is_405() {
    let app = TestApp::new().await;
    for path in ["/sign-in/cancel", "/sign-in/change", "/language"] {
        let page = app.visitor().get(path).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

#[tokio::test]
async fn status_answers_without_a_word() {
    let app = TestApp::new().await;
    let page = app.visitor().get("/api/status").await;
    assert_eq!(page.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_lost_sign_in_goes_where_the_tenant_wants_it() {
    let app = TestApp::new().await;
    let (mut visitor, page) = super::at_phone(&app).await;
    let id = page.field("interaction");
    let url = "https://shop.example/lost?from=sign-in";
    let settings = serde_json::json!({ "unknownSessionRedirectUrl": url });
    super::account::set(&app, settings).await;
    for first in ["/sign-in", "/register", "/forgot-password"] {
        let page = app.visitor().get(first).await;
        assert_eq!(page.location(), "/unknown-session", "{first}");
    }
    let own = format!("/unknown-session?interaction={id}");
    for target in ["/unknown-session", "/unknown-session?interaction=x", &own] {
        let page = visitor.get(target).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{target}");
        assert_eq!(page.location(), url, "{target}");
    }
    // A form may be sent there too.
    let page = visitor.get(&format!("/sign-in?interaction={id}")).await;
    let policy = page.header("content-security-policy");
    let form_action = policy.split("form-action").last().unwrap_or_default();
    assert!(form_action.contains("https://shop.example"), "{policy}");
    // Nor does a script follow it, which can't.
    let mut scripted = app.visitor().saying("hx-request", "true");
    let page = scripted.get("/unknown-session").await;
    assert_eq!(page.header("hx-redirect"), url);
}
