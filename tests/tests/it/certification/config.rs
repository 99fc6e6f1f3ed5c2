//! `oidcc-config-certification-test-plan`: the discovery document (OpenID Connect Discovery §3).

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::key_set::KeySet;
use super::suite::{Suite, is_json};

super::plan! {
    crate::certification::callback::Delivery::Query;
    config { oidcc_discovery_endpoint_verification }
}

/// What a member of the document is.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// An https URL.
    Address,
    /// A list of texts, none twice, at least one.
    List,
    /// `true` or `false`.
    Flag,
}

/// The members that are registered (OpenID Connect Discovery §3 and the logout specifications, RFC
/// 8414 §2, RFC 8628 §4, RFC 9126 §5, RFC 9207 §3, RFC 9449 §5.1, Initiating User Registration).
const REGISTERED: &[(&str, Shape)] = &[
    ("issuer", Shape::Address),
    ("authorization_endpoint", Shape::Address),
    ("token_endpoint", Shape::Address),
    ("userinfo_endpoint", Shape::Address),
    ("jwks_uri", Shape::Address),
    ("end_session_endpoint", Shape::Address),
    ("introspection_endpoint", Shape::Address),
    ("revocation_endpoint", Shape::Address),
    ("device_authorization_endpoint", Shape::Address),
    ("pushed_authorization_request_endpoint", Shape::Address),
    ("service_documentation", Shape::Address),
    ("op_policy_uri", Shape::Address),
    ("op_tos_uri", Shape::Address),
    ("acr_values_supported", Shape::List),
    ("claim_types_supported", Shape::List),
    ("claims_locales_supported", Shape::List),
    ("claims_supported", Shape::List),
    ("code_challenge_methods_supported", Shape::List),
    ("display_values_supported", Shape::List),
    ("dpop_signing_alg_values_supported", Shape::List),
    ("grant_types_supported", Shape::List),
    ("id_token_signing_alg_values_supported", Shape::List),
    ("introspection_endpoint_auth_methods_supported", Shape::List),
    (
        "introspection_endpoint_auth_signing_alg_values_supported",
        Shape::List,
    ),
    ("prompt_values_supported", Shape::List),
    ("response_modes_supported", Shape::List),
    ("response_types_supported", Shape::List),
    ("revocation_endpoint_auth_methods_supported", Shape::List),
    (
        "revocation_endpoint_auth_signing_alg_values_supported",
        Shape::List,
    ),
    ("scopes_supported", Shape::List),
    ("subject_types_supported", Shape::List),
    ("token_endpoint_auth_methods_supported", Shape::List),
    (
        "token_endpoint_auth_signing_alg_values_supported",
        Shape::List,
    ),
    ("ui_locales_supported", Shape::List),
    ("userinfo_signing_alg_values_supported", Shape::List),
    (
        "authorization_response_iss_parameter_supported",
        Shape::Flag,
    ),
    ("backchannel_logout_session_supported", Shape::Flag),
    ("backchannel_logout_supported", Shape::Flag),
    ("claims_parameter_supported", Shape::Flag),
    ("request_parameter_supported", Shape::Flag),
    ("request_uri_parameter_supported", Shape::Flag),
    ("require_pushed_authorization_requests", Shape::Flag),
    ("require_request_uri_registration", Shape::Flag),
];

/// Members that certification or a client library needs.
const NEEDED: &[&str] = &[
    "authorization_endpoint",
    "claims_supported",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "issuer",
    "jwks_uri",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "response_types_supported",
    "scopes_supported",
    "subject_types_supported",
    "token_endpoint",
    "userinfo_endpoint",
];

pub(super) async fn oidcc_discovery_endpoint_verification(mut suite: Suite) {
    check_metadata(&mut suite).await;
    assert!(suite.lists("response_types_supported", "code"));
    assert!(suite.lists("subject_types_supported", "public"));
    assert!(suite.lists("id_token_signing_alg_values_supported", "RS256"));
    assert!(suite.lists("scopes_supported", "openid"));
    for scope in texts(&suite.metadata["scopes_supported"]) {
        // RFC 6749 §3.3.
        let allowed = |byte: u8| (0x21..=0x7e).contains(&byte) && !b"\"\\".contains(&byte);
        assert!(scope.bytes().all(allowed), "{scope:?}");
    }
    for name in ["ui_locales_supported", "claims_locales_supported"] {
        for tag in texts(&suite.metadata[name]) {
            assert!(is_locale(tag), "{name}: {tag}");
        }
    }
    assert_eq!(suite.metadata["request_uri_parameter_supported"], false);
    let algorithms = "request_object_signing_alg_values_supported";
    assert!(suite.metadata.get(algorithms).is_none(), "not supported");
}

/// What every plan asks of the document: its status and type, its issuer, the shape of each member,
/// and https throughout.
pub(super) async fn check_metadata(suite: &mut Suite) {
    let address = format!("{}/.well-known/openid-configuration", suite.issuer);
    let answer = suite.browser.get(&address).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(is_json(&answer));
    let document = answer.json();
    let document = document.as_object().expect("an object");
    assert_eq!(document["issuer"], suite.issuer.as_str());
    for name in NEEDED {
        assert!(document.contains_key(*name), "{name} is missing");
    }
    for (name, value) in document {
        let known = REGISTERED.iter().find(|(own, _)| own == name);
        let (_, shape) = known.unwrap_or_else(|| panic!("{name} is not registered"));
        check_shape(name, value, *shape);
    }
    let keys = suite.browser.get(&suite.endpoint("jwks_uri")).await;
    assert_eq!(keys.status, StatusCode::OK);
    KeySet::read(&keys.json());
}

fn check_shape(name: &str, value: &Value, shape: Shape) {
    match shape {
        Shape::Address => {
            let url = Url::parse(value.as_str().expect("a text")).unwrap();
            assert_eq!(url.scheme(), "https", "{name}");
            assert!(url.has_host(), "{name}");
            assert!(url.query().is_none() && url.fragment().is_none(), "{name}");
        }
        Shape::List => {
            let list = value
                .as_array()
                .unwrap_or_else(|| panic!("{name}: no list"));
            let texts = texts(value);
            assert!(!list.is_empty(), "{name} is empty");
            assert_eq!(texts.len(), list.len(), "{name} has more than texts");
            for (index, text) in texts.iter().enumerate() {
                assert!(!text.is_empty(), "{name}");
                assert!(!texts[..index].contains(text), "{name} has {text} twice");
            }
        }
        Shape::Flag => assert!(value.is_boolean(), "{name} is {value}"),
    }
}

fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}

/// Whether a language tag is well formed and cased as is usual: `zh`, `zh-CN`, `zh-Hans-CN` (RFC
/// 5646 §2.1.1).
fn is_locale(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
    let language = parts.next().unwrap_or_default();
    matches!(language.len(), 2..=3)
        && lower(language)
        && parts.all(|part| match part.len() {
            2 => upper(part),
            4 => part.is_char_boundary(1) && upper(&part[..1]) && lower(&part[1..]),
            _ => false,
        })
}
