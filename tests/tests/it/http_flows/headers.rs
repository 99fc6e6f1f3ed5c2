//! Headers and cookies: what every page, redirect and form has to carry.

use axum::body::Body;
use http::{StatusCode, header};
use moongate_tests::{Page, RelyingParty, TestApp, Visitor, fresh_number};

use super::{at_code, at_phone, code_form, phone_form, plain_form};

/// Every form of a page: each changes something, so none may come from another site.
const FORMS: [&str; 8] = [
    "/sign-in",
    "/register",
    "/sign-in/change",
    "/sign-in/cancel",
    "/sign-in/verification-code",
    "/sign-in/verification-code/resend",
    "/language",
    "/oidc/session/end/confirm",
];

async fn send(visitor: &mut Visitor, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = visitor
        .request("POST", path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    visitor.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let app = TestApp::new().await;
    let (mut visitor, _) = at_phone(&app).await;
    for path in FORMS {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "http://localhost:3000")],
            &[("origin", "null")],
        ] {
            let page = send(&mut visitor, path, headers).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert_eq!(page.heading(), "We did not carry this out", "{path}");
        }
        for headers in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://localhost:3001")],
        ] {
            let page = send(&mut visitor, path, headers).await;
            assert_ne!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn what_is_cross_site_by_design_is_answered() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    for path in ["/oidc/token", "/oidc/auth", "/oidc/session/end", "/oidc/me"] {
        let headers = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://shop.example"),
        ];
        let page = send(&mut visitor, path, &headers).await;
        assert_ne!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_page_s_policy_names_this_sign_in_s_application_alone() {
    let app = TestApp::new().await;
    let (mut visitor, page) = at_phone(&app).await;
    let policy = |form_action: &str| {
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; \
             form-action 'self'{form_action}"
        )
    };
    let own = policy(" http://localhost:3000");
    assert_eq!(page.header("content-security-policy"), own);
    let number = fresh_number();
    let answer = visitor
        .submit("/sign-in", &phone_form(&page, &number))
        .await;
    let page = visitor.follow(answer).await;
    assert_eq!(page.header("content-security-policy"), own);
    let wrong = code_form(&page, &app.wrong_code_for(&number));
    let page = visitor.submit("/sign-in/verification-code", &wrong).await;
    assert_eq!(page.header("content-security-policy"), own);
    for path in ["/", "/unknown-session", "/nowhere"] {
        let page = visitor.get(path).await;
        assert_eq!(page.header("content-security-policy"), policy(""), "{path}");
    }
}

#[tokio::test]
async fn every_page_is_careful() {
    let app = TestApp::new().await;
    let (mut visitor, phone) = at_phone(&app).await;
    let mut pages = vec![phone];
    for path in ["/", "/unknown-session", "/nowhere", "/oidc/auth"] {
        pages.push(visitor.get(path).await);
    }
    for page in pages {
        let type_ = page.header("content-type");
        assert_eq!(type_, "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("content-language"), "en");
        for name in ["Accept-Language", "Cookie", "HX-Request"] {
            assert!(page.header("vary").contains(name), "{name}");
        }
        let text = page.text();
        for forbidden in [
            "<style",
            " style=",
            "onclick=",
            "javascript:",
            "https://cdn",
        ] {
            assert!(!text.contains(forbidden), "{forbidden} in {text}");
        }
        // A script without a source would be one that the policy blocks.
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script src=").count()
        );
    }
}

#[tokio::test]
async fn redirects_are_see_other_and_tell_nobody_where_from() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let number = fresh_number();
    let mut redirects = Vec::new();
    let answer = visitor
        .get(&RelyingParty::new("one").request(&app, &[]))
        .await;
    redirects.push(answer.clone());
    let page = visitor.follow(answer).await;
    let form = phone_form(&page, &number);
    let answer = visitor.submit("/sign-in", &form).await;
    redirects.push(answer.clone());
    let page = visitor.follow(answer).await;
    let form = code_form(&page, &app.code_for(&number));
    let answer = visitor.submit("/sign-in/verification-code", &form).await;
    redirects.push(answer.clone());
    let answer = visitor.follow(answer).await;
    assert!(answer.location().contains("code="));
    redirects.push(answer);
    for answer in redirects {
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.bytes.is_empty());
    }
}

#[tokio::test]
async fn cookies_go_by_transport() {
    for (endpoint, prefix, secure) in [
        ("http://localhost:3001", "", ""),
        ("https://id.example.com", "__Host-", " Secure;"),
    ] {
        let app = TestApp::at(endpoint).await;
        let mut visitor = app.visitor();
        let number = fresh_number();
        let answer = visitor
            .get(&RelyingParty::new("one").request(&app, &[]))
            .await;
        let interactions = format!("{prefix}moongate_interactions");
        check_cookies(
            &answer,
            &[&format!("{interactions}="), &format!("{interactions}.")],
            secure,
        );
        let page = visitor.follow(answer).await;
        let form = phone_form(&page, &number);
        let answer = visitor.submit("/sign-in", &form).await;
        let page = visitor.follow(answer).await;
        let form = code_form(&page, &app.code_for(&number));
        let answer = visitor.submit("/sign-in/verification-code", &form).await;
        check_cookies(&answer, &[&format!("{prefix}moongate_session=")], secure);
        let chinese = [("language", "zh-CN".to_owned())];
        let answer = visitor.submit("/language", &chinese).await;
        check_cookies(&answer, &[&format!("{prefix}moongate_language=")], secure);
        let is_https = !secure.is_empty();
        let hsts = answer.header("strict-transport-security");
        assert_eq!(hsts.starts_with("max-age="), is_https, "{hsts}");
    }
}

/// Exactly as many cookies, whose names begin so, all with those attributes.
#[track_caller]
fn check_cookies(page: &Page, names: &[&str], secure: &str) {
    let cookies = page.set_cookies();
    assert_eq!(cookies.len(), names.len(), "{cookies:?}");
    for (cookie, name) in cookies.into_iter().zip(names) {
        check_cookie(cookie, name, secure);
    }
}

#[track_caller]
fn check_cookie(cookie: &str, name: &str, secure: &str) {
    let attributes = format!("; HttpOnly; SameSite=Lax;{secure} Path=/; Max-Age=");
    assert!(cookie.starts_with(name), "{cookie}");
    assert!(cookie.contains(&attributes), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn htmx_gets_a_fragment_and_everybody_else_a_document() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (visitor, page) = at_code(&app, &number).await;
    let address = format!(
        "/sign-in/verification-code?interaction={}",
        page.field("interaction")
    );
    assert!(page.text().starts_with("<!DOCTYPE html>"));
    let mut htmx = visitor.clone().saying("hx-request", "true");
    let fragment = htmx.get(&address).await;
    assert!(fragment.text().starts_with("<title>"));
    assert!(!fragment.text().contains("<html"));
    assert!(fragment.text().contains("hx-swap-oob=\"true\""));
    // htmx asks for the whole when it restores a page of its history.
    let mut restoring = htmx.clone().saying("hx-history-restore-request", "true");
    let document = restoring.get(&address).await;
    assert!(document.text().starts_with("<!DOCTYPE html>"));

    // A step to another page of ours is a plain redirect, which the script follows …
    let again = htmx.submit("/sign-in/change", &plain_form(&page)).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let phone = htmx.follow(again).await;
    // … and a step that leaves is named, since a script can't follow it there.
    let gone = htmx.submit("/sign-in/cancel", &plain_form(&phone)).await;
    assert_eq!(gone.status, StatusCode::OK);
    let target = gone.header("hx-redirect");
    assert!(
        target.starts_with(&RelyingParty::redirect_uri()),
        "{target}"
    );
    assert!(gone.bytes.is_empty());
    assert_eq!(gone.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn by_htmx_too_the_code_leads_back_to_the_application() {
    let app = TestApp::new().await;
    let number = fresh_number();
    let (visitor, page) = at_code(&app, &number).await;
    let mut htmx = visitor.saying("hx-request", "true");
    let form = code_form(&page, &app.code_for(&number));
    let answer = htmx.submit("/sign-in/verification-code", &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    let next = answer.header("hx-redirect").to_owned();
    assert!(next.starts_with("/oidc/auth/"), "{next}");
    // The browser itself goes there.
    let mut browser = htmx.saying("hx-request", "false");
    let answer = browser.get(&next).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.parameter("code").is_some());
}
