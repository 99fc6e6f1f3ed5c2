//! Which claims a scope gives, in ID tokens and at userinfo alike.

use moongate_core::{Scopes, User};
use serde_json::{Map, Value, json};

/// Scopes that are understood; others are dropped silently, as Logto does.
pub const SCOPES_SUPPORTED: &[&str] = &["openid", "offline_access", "profile", "email", "phone"];

/// Claims by scope beside `sub`. A claim without a value is left out (OpenID Connect Core §5.3.2).
pub(crate) const CLAIMS_SUPPORTED: &[&str] = &[
    "sub",
    "name",
    "picture",
    "username",
    "preferred_username",
    "updated_at",
    "created_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "sid",
    "auth_time",
    "amr",
    "iss",
];

/// The claims about `user` that `scopes` allow, without `sub`.
///
/// `phone_number` is E.164 without its `+`, and `created_at` counts milliseconds, as in Logto;
/// `updated_at` counts seconds, as OpenID Connect Core §5.1 has it and Logto does not.
pub(crate) fn scope_claims(user: &User, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    if scopes.contains("profile") {
        put("name", user.name.clone().map(Value::from));
        put("picture", user.avatar.clone().map(Value::from));
        put("username", user.username.clone().map(Value::from));
        put("preferred_username", user.username.clone().map(Value::from));
        put("updated_at", Some(json!(user.updated_at.seconds())));
        put("created_at", Some(json!(user.created_at.0)));
    }
    if scopes.contains("email") {
        let email = user.primary_email.clone();
        put("email_verified", email.as_ref().map(|_| json!(true)));
        put("email", email.map(Value::from));
    }
    if scopes.contains("phone") {
        let phone = user.primary_phone.as_ref();
        put("phone_number", phone.map(|phone| json!(phone.digits())));
        put("phone_number_verified", phone.map(|_| json!(true)));
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use moongate_core::testing::phone;
    use moongate_core::{ApplicationId, UnixMillis, UserId};

    fn user() -> User {
        User::with_phone(
            UserId::from("alice"),
            phone("13800138000"),
            ApplicationId::from("app"),
            UnixMillis(1_767_323_045_678),
        )
    }

    #[test]
    fn no_scope_no_claim() {
        assert!(scope_claims(&user(), &Scopes::from("openid")).is_empty());
    }

    #[test]
    fn a_claim_without_value_is_left_out() {
        let claims = scope_claims(&user(), &Scopes::from("openid profile email"));
        let names: Vec<_> = claims.keys().map(String::as_str).collect();
        assert_eq!(names, ["created_at", "updated_at"]);
        assert_eq!(claims["updated_at"], 1_767_323_045);
    }

    #[test]
    fn the_phone_scope_gives_the_number() {
        let claims = scope_claims(&user(), &Scopes::from("phone"));
        assert_eq!(claims["phone_number"], "8613800138000");
        assert_eq!(claims["phone_number_verified"], true);
    }
}
