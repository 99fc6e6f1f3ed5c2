//! Standard claims: which scope gives which, of what type each is (OpenID Connect Core §5.1,
//! §5.4), and the user who has them all.

use moongate_core::testing::phone;
use moongate_core::{Address, ApplicationId, Profile, UnixMillis, User, UserId};
use serde_json::{Map, Value};

/// The claims of the scope `profile`.
pub(super) const PROFILE: &[&str] = &[
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
];
/// The claims of the scope `email`.
pub(super) const EMAIL: &[&str] = &["email", "email_verified"];
/// The claims of the scope `address`.
pub(super) const ADDRESS: &[&str] = &["address"];
/// The claims of the scope `phone`.
pub(super) const PHONE: &[&str] = &["phone_number", "phone_number_verified"];

/// The members of `address` (OpenID Connect Core §5.1.1).
const ADDRESS_MEMBERS: [&str; 6] = [
    "formatted",
    "street_address",
    "locality",
    "region",
    "postal_code",
    "country",
];

/// A user with a value for every standard claim.
pub(super) fn user(number: &str, now: UnixMillis) -> User {
    let text = |value: &str| Some(value.to_owned());
    User {
        primary_email: text("lin.daiyu@example.com"),
        username: text("daiyu"),
        name: text("林黛玉"),
        avatar: text("https://example.com/daiyu.png"),
        profile: Profile {
            family_name: text("林"),
            given_name: text("黛玉"),
            middle_name: text("潇湘"),
            nickname: text("颦颦"),
            preferred_username: text("pinpin"),
            profile: text("https://example.com/daiyu"),
            website: text("https://daiyu.example.com/"),
            gender: text("female"),
            birthdate: text("1754-02-12"),
            zoneinfo: text("Asia/Shanghai"),
            locale: text("zh-CN"),
            address: Some(Address {
                formatted: text("姑苏城阊门外十里街"),
                street_address: text("十里街"),
                locality: text("苏州"),
                region: text("江苏"),
                postal_code: text("215000"),
                country: text("中国"),
            }),
        },
        ..User::with_phone(
            UserId::from("daiyu"),
            phone(number),
            ApplicationId::from("certification-1"),
            now,
        )
    }
}

/// Checks that every standard claim that is there has its type and a sensible value.
#[track_caller]
pub(super) fn check_types(claims: &Map<String, Value>, now: UnixMillis) {
    let texts = PROFILE.iter().filter(|name| **name != "updated_at");
    for name in texts.chain(&["email", "phone_number", "sub"]) {
        if let Some(value) = claims.get(*name) {
            let text = value.as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{name} is {value}");
        }
    }
    for name in ["email_verified", "phone_number_verified"] {
        if let Some(value) = claims.get(name) {
            assert!(value.is_boolean(), "{name} is {value}");
        }
    }
    if let Some(value) = claims.get("updated_at") {
        // In milliseconds it would be far in the future.
        let seconds = value.as_i64().expect("updated_at is a number");
        assert!((1..=now.seconds()).contains(&seconds), "{seconds}");
    }
    if let Some(value) = claims.get("address") {
        let address = value.as_object().expect("address is an object");
        for (name, value) in address {
            assert!(ADDRESS_MEMBERS.contains(&name.as_str()), "address.{name}");
            assert!(value.is_string(), "address.{name} is {value}");
        }
    }
    for (name, value) in claims {
        assert!(!value.is_null(), "{name} is null");
    }
}
