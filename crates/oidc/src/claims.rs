//! Which claims scopes and requests give, in ID tokens and at userinfo.

use moongate_core::{Address, Phone, Profile, Scopes, User};
use serde_json::{Map, Value, json};

/// Scopes that are understood; others are dropped silently, as Logto does.
pub use moongate_core::USER_SCOPES as SCOPES_SUPPORTED;

/// Every claim that may be given, in Logto's order.
pub(crate) const CLAIMS_SUPPORTED: &[&str] = &[
    "sub",
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "username",
    "created_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
    "custom_data",
    "identities",
    "sso_identities",
    "roles",
    "sid",
    "auth_time",
    "acr",
    "amr",
    "iss",
];

/// The level of a sign-in with one factor (`acr`).
pub(crate) const ONE_FACTOR: &str = "urn:moongate:acr:1fa";

/// The level of a sign-in with several factors.
pub(crate) const TWO_FACTORS: &str = "urn:moongate:acr:2fa";

/// Levels that exist, for discovery: those that a sign-in can reach.
pub(crate) const ACR_VALUES: &[&str] = &[ONE_FACTOR];

/// The level that the methods of a sign-in reach (RFC 8176: `mfa` says that there were several).
pub(crate) fn acr(amr: &[String]) -> &'static str {
    if amr.iter().any(|method| method == "mfa") {
        TWO_FACTORS
    } else {
        ONE_FACTOR
    }
}

/// Where claims go: some are too large for an ID token unless they are asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    IdToken,
    Userinfo,
}

/// The scope that a claim about a user comes with.
fn scope_of(claim: &str) -> Option<&'static str> {
    Some(match claim {
        "name" | "family_name" | "given_name" | "middle_name" | "nickname"
        | "preferred_username" | "profile" | "picture" | "website" | "gender" | "birthdate"
        | "zoneinfo" | "locale" | "updated_at" | "username" | "created_at" => "profile",
        "email" | "email_verified" => "email",
        "phone_number" | "phone_number_verified" => "phone",
        "address" => "address",
        "custom_data" => "custom_data",
        "identities" | "sso_identities" => "identities",
        "roles" => "roles",
        _ => return None,
    })
}

/// The claims about `user` that `scopes` allow in a place, and those `asked` for by name, without
/// `sub`. A claim without a value is left out (OpenID Connect Core §5.3.2).
///
/// In ID tokens, `custom_data` and `identities` appear only when they are asked for by name: they
/// may be large, and userinfo has them (Logto's default).
pub(crate) fn user_claims(
    user: &User,
    roles: &[String],
    scopes: &Scopes,
    asked: &[String],
    place: Place,
) -> Map<String, Value> {
    let by_scope = |claim: &str| {
        let is_large = matches!(claim, "custom_data" | "identities" | "sso_identities");
        scope_of(claim).is_some_and(|scope| scopes.contains(scope))
            && !(is_large && place == Place::IdToken)
    };
    let by_name = |claim: &str| asked.iter().any(|name| name == claim);
    let mut claims = all_claims(user, roles);
    claims.retain(|claim, value| !value.is_null() && (by_scope(claim) || by_name(claim)));
    claims
}

/// Every claim about a user; those without a value are `null`.
///
/// `phone_number` is E.164 without its `+`, and `created_at` counts milliseconds, as in Logto;
/// `updated_at` counts seconds, as OpenID Connect Core §5.1 has it and Logto does not.
fn all_claims(user: &User, roles: &[String]) -> Map<String, Value> {
    let Profile {
        family_name,
        given_name,
        middle_name,
        nickname,
        preferred_username,
        profile,
        website,
        gender,
        birthdate,
        zoneinfo,
        locale,
        address,
    } = &user.profile;
    let email = user.primary_email.as_ref();
    let phone = user.primary_phone.as_ref();
    let claims = json!({
        "name": user.name,
        "family_name": family_name,
        "given_name": given_name,
        "middle_name": middle_name,
        "nickname": nickname,
        "preferred_username": preferred_username.as_ref().or(user.username.as_ref()),
        "profile": profile,
        "picture": user.avatar,
        "website": website,
        "gender": gender,
        "birthdate": birthdate,
        "zoneinfo": zoneinfo,
        "locale": locale,
        "updated_at": user.updated_at.seconds(),
        "username": user.username,
        "created_at": user.created_at.0,
        "email": email,
        "email_verified": email.map(|_| true),
        "phone_number": phone.map(Phone::digits),
        "phone_number_verified": phone.map(|_| true),
        "address": address.as_ref().and_then(address_claim),
        "custom_data": user.custom_data,
        // Nothing signs in through others yet; SDKs expect the members where the scope is granted.
        "identities": {},
        "sso_identities": [],
        "roles": roles,
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Map::new(),
    }
}

/// OpenID Connect Core §5.1.1; `None` if nothing is in it.
fn address_claim(address: &Address) -> Option<Value> {
    let members = json!({
        "formatted": address.formatted,
        "street_address": address.street_address,
        "locality": address.locality,
        "region": address.region,
        "postal_code": address.postal_code,
        "country": address.country,
    });
    let Value::Object(mut members) = members else {
        return None;
    };
    members.retain(|_, value| !value.is_null());
    (!members.is_empty()).then_some(Value::Object(members))
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

    fn scope_claims(user: &User, scopes: &str) -> Map<String, Value> {
        user_claims(user, &[], &Scopes::from(scopes), &[], Place::IdToken)
    }

    #[test]
    fn no_scope_no_claim() {
        assert!(scope_claims(&user(), "openid").is_empty());
    }

    #[test]
    fn a_claim_without_value_is_left_out() {
        let claims = scope_claims(&user(), "openid profile email address");
        let names: Vec<_> = claims.keys().map(String::as_str).collect();
        assert_eq!(names, ["created_at", "updated_at"]);
        assert_eq!(claims["updated_at"], 1_767_323_045);
    }

    #[test]
    fn the_phone_scope_gives_the_number() {
        let claims = scope_claims(&user(), "phone");
        assert_eq!(claims["phone_number"], "8613800138000");
        assert_eq!(claims["phone_number_verified"], true);
    }

    #[test]
    fn a_profile_gives_its_claims_by_their_standard_names() {
        let mut user = user();
        user.username = Some("alice".into());
        user.profile.family_name = Some("Liddell".into());
        user.profile.address = Some(Address {
            locality: Some("Oxford".into()),
            ..Address::default()
        });
        let claims = scope_claims(&user, "profile address");
        assert_eq!(claims["family_name"], "Liddell");
        assert_eq!(claims["preferred_username"], "alice");
        assert_eq!(claims["address"], json!({ "locality": "Oxford" }));
    }

    #[test]
    fn large_claims_are_for_userinfo_unless_they_are_asked_for() {
        let scopes = Scopes::from("custom_data identities roles");
        let roles = ["reader".to_owned()];
        let claims = |asked: &[String], place| user_claims(&user(), &roles, &scopes, asked, place);
        let id_token = claims(&[], Place::IdToken);
        assert_eq!(id_token.keys().collect::<Vec<_>>(), ["roles"]);
        assert_eq!(claims(&[], Place::Userinfo)["custom_data"], json!({}));
        let asked = ["custom_data".to_owned()];
        assert!(claims(&asked, Place::IdToken).contains_key("custom_data"));
    }

    #[test]
    fn every_supported_claim_has_its_place() {
        let about_users = all_claims(&user(), &[]);
        for claim in about_users.keys() {
            assert!(CLAIMS_SUPPORTED.contains(&claim.as_str()), "{claim}");
            assert!(scope_of(claim).is_some(), "{claim}");
        }
    }
}
