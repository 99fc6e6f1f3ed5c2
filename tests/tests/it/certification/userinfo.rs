//! Modules of the basic plan about userinfo and the claims of scopes (OpenID Connect Core §5).

use axum::body::Body;
use http::header;
use moongate_tests::Page;

use super::claims::{ADDRESS, EMAIL, PHONE, PROFILE};
use super::suite::Suite;

pub(super) async fn oidcc_userinfo_get(mut suite: Suite) {
    let request = suite.request();
    // GET is what every flow does.
    suite.complete(&request).await;
}

pub(super) async fn oidcc_userinfo_post_header(mut suite: Suite) {
    let request = suite.request();
    let tokens = suite.complete(&request).await.tokens;
    let bearer = format!("Bearer {}", tokens.access_token);
    let answer = post(&suite, Some(bearer), String::new()).await;
    suite.checked_userinfo(&answer, &tokens);
}

pub(super) async fn oidcc_userinfo_post_body(mut suite: Suite) {
    let request = suite.request();
    let tokens = suite.complete(&request).await.tokens;
    let form = format!("access_token={}", tokens.access_token);
    let answer = post(&suite, None, form).await;
    suite.checked_userinfo(&answer, &tokens);
}

async fn post(suite: &Suite, authorization: Option<String>, body: String) -> Page {
    let mut program = suite.app.visitor();
    let mut request = program
        .request("POST", &suite.endpoint("userinfo_endpoint"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    program.send(request.body(Body::from(body)).unwrap()).await
}

pub(super) async fn oidcc_scope_profile(suite: Suite) {
    gives(suite, "profile", &[PROFILE]).await;
}

pub(super) async fn oidcc_scope_email(suite: Suite) {
    gives(suite, "email", &[EMAIL]).await;
}

pub(super) async fn oidcc_scope_address(suite: Suite) {
    gives(suite, "address", &[ADDRESS]).await;
}

pub(super) async fn oidcc_scope_phone(suite: Suite) {
    gives(suite, "phone", &[PHONE]).await;
}

pub(super) async fn oidcc_scope_all(suite: Suite) {
    let all = [PROFILE, EMAIL, ADDRESS, PHONE];
    gives(suite, "profile email address phone", &all).await;
}

/// Scopes give their claims at userinfo, where they are of the right types.
async fn gives(mut suite: Suite, scopes: &str, claims: &[&[&str]]) {
    for scope in scopes.split(' ') {
        assert!(suite.lists("scopes_supported", scope), "{scope}");
    }
    let request = suite.request().with("scope", &format!("openid {scopes}"));
    let completed = suite.complete(&request).await;
    for name in claims.concat() {
        assert!(completed.userinfo.contains_key(name), "{name}");
        assert!(suite.lists("claims_supported", name), "{name}");
    }
}

pub(super) async fn oidcc_claims_essential(mut suite: Suite) {
    let claims = r#"{"userinfo":{"name":{"essential":true}}}"#;
    let request = suite.request().with("claims", claims);
    let completed = suite.complete(&request).await;
    assert!(completed.userinfo.contains_key("name"));
    completed.tokens.id_token.holds_nothing_unrequested();
}
