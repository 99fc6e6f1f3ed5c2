//! Modules of the basic plan about request objects (OpenID Connect Core §6), which we refuse by the
//! errors that were made for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};

use super::client::FIRST;
use super::flow::registers_nobody;
use super::suite::Suite;

/// For dynamic clients alone.
pub(super) async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    mut suite: Suite,
) {
    registers_nobody(&suite);
    // To leave it out would mean `true` (OpenID Connect Discovery §3).
    assert_eq!(suite.metadata["request_uri_parameter_supported"], false);
    let request = suite
        .request()
        .without("state")
        .without("nonce")
        .with("request_uri", "https://rp.example.net/request.jwt#hash");
    let callback = suite.silently(&request).await;
    assert_eq!(callback.error(), "request_uri_not_supported");
}

pub(super) async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    mut suite: Suite,
) {
    assert_eq!(suite.metadata["request_parameter_supported"], false);
    assert!(!suite.lists("request_object_signing_alg_values_supported", "none"));
    let object = unsigned(&json!({
        "client_id": FIRST.id,
        "redirect_uri": FIRST.redirect_uri,
        "response_type": "code",
        "scope": "openid",
        "state": "the state inside",
        "nonce": "the nonce inside",
    }));
    // Whoever ignores the object answers without the state that is only inside.
    let request = suite
        .request()
        .without("state")
        .without("nonce")
        .with("request", &object);
    let callback = suite.silently(&request).await;
    assert_eq!(callback.error(), "request_not_supported");
}

pub(super) async fn oidcc_ensure_request_object_with_redirect_uri(mut suite: Suite) {
    let object = unsigned(&json!({
        "client_id": FIRST.id,
        "redirect_uri": FIRST.redirect_uri,
        "response_type": "code",
        "scope": "openid",
    }));
    let unregistered = format!("{}/Qm9vbmdhdGU", FIRST.redirect_uri);
    let request = suite
        .request()
        .with("redirect_uri", &unregistered)
        .with("request", &object);
    let page = suite.page(&request).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.header("content-type").starts_with("text/html"));
}

/// A request object without signature (RFC 7519 §6).
fn unsigned(claims: &Value) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.",
        encoded(&json!({ "alg": "none" })),
        encoded(claims)
    )
}
