//! Modules of the basic plan that complete the code flow.

use http::header;
use serde_json::json;

use super::client::{Authentication, SECOND};
use super::suite::{Arrival, Suite, is_random};

/// RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) async fn oidcc_server(mut suite: Suite) {
    let request = suite.request();
    let callback = suite.sign_in(&request).await;
    is_random(callback.code());
    let completed = suite.finish(&request, &callback).await;
    // `name`, and whatever else only userinfo was asked for.
    completed.tokens.id_token.holds_nothing_unrequested();
}

/// For dynamic clients alone, which we have none of; what it asks for holds for ours all the same.
pub(super) async fn oidcc_idtoken_signature(mut suite: Suite) {
    registers_nobody(&suite);
    assert!(suite.lists("id_token_signing_alg_values_supported", "RS256"));
    let request = suite.request();
    // `IdToken::verified` demands RS256 and a `kid` that is published.
    suite.complete(&request).await;
}

/// For dynamic clients alone, and for a provider that offers unsigned ID tokens.
pub(super) async fn oidcc_idtoken_unsigned(suite: Suite) {
    registers_nobody(&suite);
    assert!(!suite.lists("id_token_signing_alg_values_supported", "none"));
}

/// Nobody registers a client by itself, so the modules that do so do not apply.
pub(super) fn registers_nobody(suite: &Suite) {
    assert!(suite.metadata.get("registration_endpoint").is_none());
}

pub(super) async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(mut suite: Suite) {
    let request = suite.request().without("nonce");
    suite.complete(&request).await;
}

pub(super) async fn oidcc_alternate_happy_flow(mut suite: Suite) {
    let request = suite.request();
    suite.complete(&request).await;
    let request = suite
        .request()
        .with("scope", "phone email openid")
        .reversed();
    let callback = suite.silently(&request).await;
    let completed = suite.finish(&request, &callback).await;
    for name in ["phone_number", "email"] {
        assert!(completed.userinfo.contains_key(name), "{name}");
    }
}

pub(super) async fn oidcc_ensure_post_request_succeeds(mut suite: Suite) {
    let request = suite.request();
    // The form is on a page of the client's, so the browser's cookies stay at home.
    let mut other_site = suite.app.visitor().saying("sec-fetch-site", "cross-site");
    let post = other_site
        .request("POST", &suite.endpoint("authorization_endpoint"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "https://rp.example.net")
        .body(request.encoded().into())
        .unwrap();
    let answer = other_site.send(post).await;
    suite.browser = other_site.saying("sec-fetch-site", "same-origin");
    let Arrival::Page(page) = suite.arrive(&request, answer).await else {
        panic!("nobody was signed in");
    };
    let callback = suite.sign_in_from(&request, &page).await;
    suite.finish(&request, &callback).await;
}

pub(super) async fn oidcc_server_client_secret_post(mut suite: Suite) {
    let methods = "token_endpoint_auth_methods_supported";
    assert!(suite.lists(methods, "client_secret_post"));
    assert!(suite.lists(methods, "client_secret_basic"));
    assert_eq!(SECOND.authentication, Authentication::Post);
    let request = suite.request_of(SECOND);
    suite.complete(&request).await;
}

pub(super) async fn oidcc_ensure_request_with_valid_pkce_succeeds(mut suite: Suite) {
    assert_eq!(
        suite.metadata["code_challenge_methods_supported"],
        json!(["S256"])
    );
    let request = suite
        .request()
        .with("code_challenge", CHALLENGE)
        .with("code_challenge_method", "S256");
    suite.complete(&request).await;
}
