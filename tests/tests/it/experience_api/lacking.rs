//! What this version lacks says so.

use serde_json::json;

use super::{Own, ok, refused, with_sign_up};

#[tokio::test]
async fn what_is_lacking_has_a_code() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    for (path, status, code) in [
        ("profile/mfa", 400, "session.mfa.mfa_factor_not_enabled"),
        (
            "profile/mfa/mfa-enabled",
            422,
            "session.mfa.mfa_policy_not_user_controlled",
        ),
        (
            "profile/mfa/mfa-skipped",
            422,
            "session.mfa.mfa_policy_not_user_controlled",
        ),
        (
            "verification/totp/secret",
            400,
            "session.mfa.mfa_factor_not_enabled",
        ),
        (
            "verification/backup-code/verify",
            400,
            "session.mfa.mfa_factor_not_enabled",
        ),
        (
            "verification/social/google/authorization-uri",
            404,
            "entity.not_found",
        ),
        ("verification/sso/acme/verify", 404, "entity.not_found"),
        (
            "verification/one-time-token/verify",
            422,
            "request.feature_not_supported",
        ),
        (
            "preflight/sign-in-passkey/authentication",
            422,
            "request.feature_not_supported",
        ),
        ("user-assets/avatar", 422, "request.feature_not_supported"),
    ] {
        refused(&own.post(path, json!({})).await, status, code);
    }
    let extra = json!({ "type": "extraProfile", "values": { "x": 1 } });
    refused(
        &own.post("profile", extra).await,
        422,
        "request.feature_not_supported",
    );
    let found = ok(&own.get("sso-connectors?email=ann%40mail.example").await);
    assert_eq!(found, json!({ "connectorIds": [] }));
    for query in ["", "?email=ann"] {
        let answer = own.get(&format!("sso-connectors{query}")).await;
        refused(&answer, 400, "guard.invalid_input");
    }
}

#[tokio::test]
async fn an_unknown_route_is_told_as_by_the_other_api() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    for (method, path) in [
        ("GET", "experience"),
        ("POST", "experience/interaction"),
        ("POST", "experience/drop-tables"),
        ("GET", "experience/verification/password"),
    ] {
        let answer = own.call(method, path, None).await;
        assert_eq!(answer.status.as_u16(), 404, "{method} {path}");
        assert_eq!(answer.text(), "Not Found");
    }
}
