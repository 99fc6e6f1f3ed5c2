//! Flaws that were measured in the systems people use today, and are not to be found here: one test
//! each. Those that stand elsewhere already:
//!
//! - one code redeemed by several of six parallel exchanges:
//!   `moongate-oidc`, `token::of_six_parallel_exchanges_at_most_one_succeeds`; on both databases,
//!   `moongate-store`, `races`;
//! - 500 for a malformed `Basic` header: `hostile::credentials_that_make_no_sense_are_refused`;
//! - sign-out by any link: `protocol::logout_without_proof_asks_first`;
//! - a wrong verifier that leaves the code alive:
//!   `protocol::without_the_verifier_a_code_is_worth_nothing`;
//! - introspection of other clients' tokens: `moongate-oidc`,
//!   `own_tokens::of_other_tokens_it_learns_nothing`;
//! - JWKs without `alg`, ID tokens without `at_hash` or `acr`: every test of `certification`, by its
//!   `key_set` and `id_token`.

use axum::body::Body;
use http::{StatusCode, header};
use moongate_tests::{Page, RelyingParty, TestApp, Visitor, fresh_number};
use url::form_urlencoded;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_nul_in_a_code_is_the_client_s_mistake() {
    let app = TestApp::new().await;
    for (grant_type, name) in [
        ("authorization_code", "code"),
        ("authorization_code", "code_verifier"),
        ("refresh_token", "refresh_token"),
        ("refresh_token", "scope"),
    ] {
        let good = [
            ("code", "code"),
            ("refresh_token", "token"),
            ("redirect_uri", &RelyingParty::redirect_uri()),
        ];
        let mut fields = vec![("grant_type", grant_type), (name, "a\0b")];
        fields.extend(good.iter().filter(|(own, _)| *own != name));
        let answer = RelyingParty::token(&app, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(answer.json()["error"], "invalid_request", "{name}");
    }
}

#[tokio::test]
async fn another_user_s_hint_signs_nobody_out() {
    let app = TestApp::new().await;
    let (mine, theirs) = (RelyingParty::new("mine"), RelyingParty::new("theirs"));
    let mut visitor = app.visitor();
    let request = mine.request(&app, &[]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let mut other = app.visitor();
    let request = theirs.request(&app, &[]);
    let answer = app.sign_in(&mut other, &request, &fresh_number()).await;
    let tokens = theirs.exchange(&app, &answer).await.json();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("id_token_hint", tokens["id_token"].as_str().unwrap())
        .append_pair("post_logout_redirect_uri", &RelyingParty::signed_out_uri())
        .finish();
    let page = visitor.open(&format!("/oidc/session/end?{query}")).await;
    assert_eq!(page.heading(), "Sign out?");
    for browser in [&mut visitor, &mut other] {
        let silent = mine.request(&app, &[("prompt", "none")]);
        let answer = browser.get(&silent).await;
        assert!(answer.parameter("code").is_some(), "still signed in");
    }
}

/// The authorization request, by GET and by POST, with `redirect_uri` empty, missing or twice.
#[tokio::test]
async fn a_redirect_uri_that_is_not_there_falls_back_to_none() {
    let app = TestApp::new().await;
    let shop = RelyingParty::new("shop");
    let mut visitor = app.visitor();
    let request = shop.request(&app, &[]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let missing = shop.request(&app, &[("redirect_uri", "")]);
    let twice = format!("{request}&redirect_uri=http://localhost:3000/Callback");
    for request in [&missing, &format!("{missing}&redirect_uri="), &twice] {
        let (path, query) = request.split_once('?').unwrap();
        let by_get = visitor.get(request).await;
        let by_post = post(&mut visitor, path, query).await;
        for page in [by_get, by_post] {
            assert_eq!(page.status, StatusCode::BAD_REQUEST);
            assert!(page.header("location").is_empty());
            assert!(page.text().contains("exactly one redirect_uri"));
        }
    }
}

async fn post(visitor: &mut Visitor, path: &str, body: &str) -> Page {
    let request = visitor
        .request("POST", path)
        .header(header::CONTENT_TYPE, FORM)
        .body(Body::from(body.to_owned()))
        .unwrap();
    visitor.send(request).await
}

#[tokio::test]
async fn a_code_is_redeemed_with_the_redirect_uri_it_was_issued_for_alone() {
    let app = TestApp::new().await;
    for redirect_uri in [
        None,
        Some(""),
        Some("http://localhost:3000/SignedOutCallback"),
    ] {
        let shop = RelyingParty::new("shop");
        let mut visitor = app.visitor();
        let request = shop.request(&app, &[]);
        let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
        let code = answer.parameter("code").unwrap();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("code_verifier", &shop.verifier),
        ];
        fields.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
        let refused = RelyingParty::token(&app, &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{redirect_uri:?}");
        assert!(refused.json().get("access_token").is_none());
    }
}

#[tokio::test]
async fn a_person_sees_a_page_and_never_json() {
    let app = TestApp::new().await;
    let mut visitor = app.visitor();
    let shop = RelyingParty::new("shop");
    let unregistered = shop.request(&app, &[("redirect_uri", "https://evil.example/")]);
    let forms = [
        "/oidc/auth",
        "/oidc/session/end",
        "/oidc/session/end/confirm",
    ];
    let mut pages = Vec::new();
    for address in [
        "/oidc/auth",
        "/oidc/auth?client_id=nobody",
        "/oidc/auth?client_id=%00",
        "/oidc/auth?client_id=bookstore",
        "/oidc/auth?client_id=bookstore&request_uri=urn:ietf:params:oauth:request_uri:x",
        "/oidc/auth/nothing",
        "/oidc/session/end?id_token_hint=a.b.c",
        "/oidc/session/end?client_id=nobody",
        "/oidc/session/end?state=1&state=2",
        "/oidc/session/end?client_id=bookstore&post_logout_redirect_uri=https://evil.example/",
        "/nowhere",
        &unregistered,
    ] {
        pages.push((address, visitor.open(address).await));
    }
    for path in forms {
        let long = "a".repeat(100 * 1024);
        pages.push((path, post(&mut visitor, path, &long).await));
    }
    for (address, page) in pages {
        assert!(page.status.is_client_error(), "{address}: {}", page.status);
        let type_ = page.header("content-type");
        assert_eq!(type_, "text/html; charset=utf-8", "{address}");
        assert!(!page.heading().is_empty(), "{address}");
    }
}

#[tokio::test]
async fn discovery_may_be_kept_and_is_where_rfc_8414_looks_for_it() {
    for endpoint in ["https://id.example.com", "https://example.com/id"] {
        let app = TestApp::at(endpoint).await;
        let mut visitor = app.visitor();
        let own = "/oidc/.well-known/openid-configuration";
        let document = visitor.get(&format!("{endpoint}{own}")).await;
        assert_eq!(document.header("cache-control"), "public, max-age=300");
        let issuer = url::Url::parse(document.json()["issuer"].as_str().unwrap()).unwrap();
        // RFC 8414 §3.1: between host and path; and beside the OpenID one, as many read it.
        let origin = issuer.origin().ascii_serialization();
        let path = issuer.path();
        for address in [
            format!("{origin}/.well-known/oauth-authorization-server{path}"),
            format!("{issuer}/.well-known/oauth-authorization-server"),
        ] {
            let same = visitor.get(&address).await;
            assert_eq!(same.bytes, document.bytes, "{address}");
            assert_eq!(same.header("cache-control"), "public, max-age=300");
        }
    }
}
