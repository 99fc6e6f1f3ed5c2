//! `oidcc-rp-initiated-logout-certification-test-plan` (OpenID Connect RP-Initiated Logout 1.0).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use moongate_tests::Page;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::client::FIRST;
use super::config;
use super::id_token::IdToken;
use super::suite::Suite;

super::plan! {
    crate::certification::callback::Delivery::Query;
    rp_initiated_logout {
        oidcc_rp_initiated_logout_discovery_endpoint_verification,
        oidcc_rp_initiated_logout,
        oidcc_rp_initiated_logout_no_state,
        oidcc_rp_initiated_logout_bad_post_logout_redirect_uri,
        oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri,
        oidcc_rp_initiated_logout_modified_id_token_hint,
        oidcc_rp_initiated_logout_bad_id_token_hint,
        oidcc_rp_initiated_logout_no_id_token_hint,
        oidcc_rp_initiated_logout_no_params,
        oidcc_rp_initiated_logout_only_state,
        oidcc_rp_initiated_logout_no_post_logout_redirect_uri,
    }
}

pub(super) async fn oidcc_rp_initiated_logout_discovery_endpoint_verification(mut suite: Suite) {
    config::check_metadata(&mut suite).await;
    suite.endpoint("end_session_endpoint");
}

pub(super) async fn oidcc_rp_initiated_logout(mut suite: Suite) {
    let hint = signed_in(&mut suite).await;
    let state = "Ab1-._~=".repeat(16);
    leaves_with_state(&mut suite, &hint, &state).await;
    suite.is_signed_out().await;
}

/// Asserts that a sign-out that proves whose it is ends at the client with that state, and with
/// nothing else.
pub(super) async fn leaves_with_state(suite: &mut Suite, hint: &IdToken, state: &str) {
    let uri = FIRST.post_logout_redirect_uri;
    let parameters = [
        ("id_token_hint", hint.raw.as_str()),
        ("post_logout_redirect_uri", uri),
        ("state", state),
    ];
    let answer = end_session(suite, &parameters).await;
    let location = Url::parse(answer.location()).unwrap();
    assert_eq!(&location[..url::Position::AfterPath], uri);
    let pairs: Vec<_> = location.query_pairs().into_owned().collect();
    assert_eq!(pairs, [("state".to_owned(), state.to_owned())]);
}

pub(super) async fn oidcc_rp_initiated_logout_no_state(mut suite: Suite) {
    let hint = signed_in(&mut suite).await;
    let uri = FIRST.post_logout_redirect_uri;
    let parameters = [
        ("id_token_hint", hint.raw.as_str()),
        ("post_logout_redirect_uri", uri),
    ];
    let answer = end_session(&mut suite, &parameters).await;
    assert_eq!(answer.location(), uri);
    suite.is_signed_out().await;
}

pub(super) async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(mut suite: Suite) {
    let unregistered = format!("{}/Qm9vbmdhdGU", FIRST.post_logout_redirect_uri);
    is_refused_at(&mut suite, &unregistered).await;
}

pub(super) async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
    mut suite: Suite,
) {
    let added = format!("{}?foo=bar", FIRST.post_logout_redirect_uri);
    is_refused_at(&mut suite, &added).await;
}

/// A right hint with a wrong address: a page.
async fn is_refused_at(suite: &mut Suite, uri: &str) {
    let hint = signed_in(suite).await;
    let parameters = [
        ("id_token_hint", hint.raw.as_str()),
        ("post_logout_redirect_uri", uri),
        ("state", "bye"),
    ];
    let page = end_session(suite, &parameters).await;
    is_refused(&page);
    suite.is_signed_in().await;
}

pub(super) async fn oidcc_rp_initiated_logout_modified_id_token_hint(mut suite: Suite) {
    let hint = signed_in(&mut suite).await;
    let mut parts = hint.raw.split('.');
    let (header, payload) = (parts.next().unwrap(), parts.next().unwrap());
    let header = URL_SAFE_NO_PAD.decode(header).unwrap();
    let mut header: Value = serde_json::from_slice(&header).unwrap();
    header["alg"] = json!("none");
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    is_refused_with(&mut suite, &format!("{header}.{payload}.")).await;
}

pub(super) async fn oidcc_rp_initiated_logout_bad_id_token_hint(mut suite: Suite) {
    let hint = signed_in(&mut suite).await;
    let (signed, _) = hint.raw.rsplit_once('.').unwrap();
    // The same claims and the same `kid`, by a key of somebody else's.
    let foreign = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut signature = vec![0; foreign.public_modulus_len()];
    foreign
        .sign(
            &RSA_PKCS1_SHA256,
            &system_random(),
            signed.as_bytes(),
            &mut signature,
        )
        .unwrap();
    let signature = URL_SAFE_NO_PAD.encode(signature);
    is_refused_with(&mut suite, &format!("{signed}.{signature}")).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "PKCS#1 signatures draw none of it, and the library wants it all the same"
)]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}

/// A right address with a wrong hint: a page.
async fn is_refused_with(suite: &mut Suite, hint: &str) {
    let parameters = [
        ("id_token_hint", hint),
        ("post_logout_redirect_uri", FIRST.post_logout_redirect_uri),
        ("state", "bye"),
    ];
    let page = end_session(suite, &parameters).await;
    is_refused(&page);
    suite.is_signed_in().await;
}

pub(super) async fn oidcc_rp_initiated_logout_no_id_token_hint(mut suite: Suite) {
    signed_in(&mut suite).await;
    let parameters = [
        ("post_logout_redirect_uri", FIRST.post_logout_redirect_uri),
        ("state", "bye"),
    ];
    let page = end_session(&mut suite, &parameters).await;
    let done = confirm(&mut suite, &page).await;
    is_signed_out_page(&done);
}

pub(super) async fn oidcc_rp_initiated_logout_no_params(mut suite: Suite) {
    signed_in(&mut suite).await;
    let page = end_session(&mut suite, &[]).await;
    let done = confirm(&mut suite, &page).await;
    is_signed_out_page(&done);
    suite.is_signed_out().await;
}

pub(super) async fn oidcc_rp_initiated_logout_only_state(mut suite: Suite) {
    signed_in(&mut suite).await;
    let page = end_session(&mut suite, &[("state", "bye")]).await;
    let done = confirm(&mut suite, &page).await;
    is_signed_out_page(&done);
    suite.is_signed_out().await;
}

pub(super) async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri(mut suite: Suite) {
    let hint = signed_in(&mut suite).await;
    let parameters = [("id_token_hint", hint.raw.as_str()), ("state", "bye")];
    let done = end_session(&mut suite, &parameters).await;
    is_signed_out_page(&done);
    suite.is_signed_out().await;
}

/// Signs the user in and gives the ID token.
pub(super) async fn signed_in(suite: &mut Suite) -> IdToken {
    let request = suite.request();
    suite.complete(&request).await.tokens.id_token
}

/// Sends the browser to the end-session endpoint and on within the provider.
async fn end_session(suite: &mut Suite, parameters: &[(&str, &str)]) -> Page {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let endpoint = suite.endpoint("end_session_endpoint");
    suite.browser.open(&format!("{endpoint}?{query}")).await
}

/// Clicks "Sign out" on the page that asks.
async fn confirm(suite: &mut Suite, page: &Page) -> Page {
    assert_eq!(page.heading(), "Sign out?");
    let fields = [
        ("logout", page.field("logout")),
        ("decision", "sign-out".to_owned()),
    ];
    suite
        .browser
        .submit_and_follow("/oidc/session/end/confirm", &fields)
        .await
}

#[track_caller]
fn is_refused(page: &Page) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[track_caller]
fn is_signed_out_page(page: &Page) {
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.heading(), "You are signed out");
}
