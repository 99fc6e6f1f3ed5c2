//! `oidcc-backchannel-rp-initiated-logout-certification-test-plan` (OpenID Connect Back-Channel
//! Logout 1.0).
//!
//! The suite also looks at the TLS that the provider speaks as a client: that is the affair of
//! `server::outbound`, since nothing here leaves the process.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::client::FIRST;
use super::config;
use super::id_token::IdToken;
use super::rp_initiated_logout::{leaves_with_state, signed_in};
use super::suite::Suite;

/// Seconds of a day.
const DAY: i64 = 24 * 3600;

super::plan! {
    crate::certification::callback::Delivery::Query;
    back_channel {
        oidcc_backchannel_logout_discovery_endpoint_verification,
        oidcc_backchannel_rp_initiated_logout,
    }
}

pub(super) async fn oidcc_backchannel_logout_discovery_endpoint_verification(mut suite: Suite) {
    config::check_metadata(&mut suite).await;
    suite.endpoint("end_session_endpoint");
    assert_eq!(suite.metadata["backchannel_logout_supported"], true);
    // `sid` is compulsory for certification.
    assert_eq!(suite.metadata["backchannel_logout_session_supported"], true);
}

pub(super) async fn oidcc_backchannel_rp_initiated_logout(mut suite: Suite) {
    let uri = FIRST.backchannel_logout_uri;
    suite.app.outbound().answer(uri, 200, "");
    let id_token = signed_in(&mut suite).await;
    leaves_with_state(&mut suite, &id_token, &"Ab1-._~=".repeat(16)).await;
    suite.app.deliver_logouts().await;
    let posted = suite.app.outbound().posted();
    let [form] = &posted[..] else {
        panic!("{} logout tokens", posted.len());
    };
    assert_eq!(form.url, uri);
    let names: Vec<_> = form.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["logout_token"]);
    check_logout_token(&suite, &form.fields[0].1, &id_token);
    suite.is_signed_out().await;
}

/// Takes a logout token (Back-Channel Logout 1.0 §2.4, §2.6).
fn check_logout_token(suite: &Suite, token: &str, id_token: &IdToken) {
    let header = suite.keys.verify(token);
    assert_eq!(header["alg"], "RS256", "what the client registered");
    let payload = token.split('.').nth(1).expect("a JWS");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let claims: Map<String, Value> = serde_json::from_slice(&payload).unwrap();
    for name in ["iss", "aud", "sub", "sid"] {
        let own = claims.get(name);
        assert!(own.is_some(), "no {name}");
        assert_eq!(own, id_token.claims.get(name), "{name}");
    }
    let now = suite.app.now().seconds();
    let seconds = |name: &str| claims[name].as_i64().expect("seconds");
    assert!((now - DAY..=now).contains(&seconds("iat")));
    assert!(seconds("exp") > now);
    assert!(!claims["jti"].as_str().expect("a jti").is_empty());
    let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    assert_eq!(claims["events"], events);
    // So that no ID token passes for one, and it for no ID token.
    assert!(claims.get("nonce").is_none());
}
