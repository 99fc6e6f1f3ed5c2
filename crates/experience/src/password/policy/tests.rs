//! The settings and the check, as tables.

use serde_json::json;

use super::*;

fn policy(document: serde_json::Value) -> PasswordPolicy {
    serde_json::from_value(document).unwrap()
}

/// Nothing is refused but what the document adds.
fn lenient(mut document: serde_json::Value) -> PasswordPolicy {
    let rejects = json!({"pwned": false, "repetitionAndSequence": false, "userInfo": false});
    let own = document["rejects"].take();
    document["rejects"] = rejects;
    for (field, value) in own.as_object().into_iter().flatten() {
        document["rejects"][field] = value.clone();
    }
    document["length"] = json!({"min": 1});
    policy(document)
}

fn codes(policy: &PasswordPolicy, password: &str, about: &PersonalWords<'_>) -> Vec<&'static str> {
    let issues = policy.check(password, about);
    let codes = issues.iter().map(|issue| issue.code.as_str());
    codes
        .map(|code| code.strip_prefix("password_rejected.").unwrap())
        .collect()
}

#[track_caller]
fn check(policy: &PasswordPolicy, password: &str, expected: &[&str]) {
    let about = PersonalWords::default();
    assert_eq!(codes(policy, password, &about), expected, "{password}");
}

#[test]
fn the_default_is_logtos() {
    let policy = PasswordPolicy::default();
    assert_eq!((policy.min_length(), policy.max_length()), (8, 256));
    assert_eq!(policy.min_character_types(), 1);
    assert!(policy.rejects_pwned());
    assert!(policy.rejects_repetition_and_sequence());
    assert!(policy.rejects_user_info());
    assert!(policy.rejected_words().is_empty());
    assert_eq!(policy.findings(), []);
}

#[test]
fn a_document_is_kept_as_it_was_saved() {
    for document in [
        json!({}),
        json!({"length": {}}),
        json!({"length": {"min": 15}, "rejects": {"pwned": true}}),
        json!({
            "length": {"min": 8, "max": 256},
            "characterTypes": {"min": 1},
            "rejects": {
                "pwned": true, "repetitionAndSequence": true, "userInfo": true, "words": ["moon"],
            },
        }),
    ] {
        let kept = serde_json::to_value(policy(document.clone())).unwrap();
        assert_eq!(kept, document);
    }
}

#[test]
fn an_unknown_field_is_refused() {
    for document in [json!({"lenght": {}}), json!({"length": {"minimum": 8}})] {
        assert!(serde_json::from_value::<PasswordPolicy>(document).is_err());
    }
}

#[test]
fn length_is_counted_in_code_points_of_the_composed_form() {
    let policy = PasswordPolicy::default();
    check(&policy, "a7#kq9x", &["too_short"]);
    check(&policy, "a7#kq9xw", &[]);
    check(&policy, "月光下的小路弯弯", &[]);
    check(&policy, "月光下的小路弯", &["too_short"]);
    // Eight code points decomposed, seven composed.
    check(&policy, "a7#kq9e\u{301}", &["too_short"]);
    check(&policy, &"月光".repeat(128), &[]);
    check(&policy, &("月光".repeat(128) + "x"), &["too_long"]);
}

#[test]
fn an_issue_is_written_as_logtos_api_has_it() {
    let policy = policy(json!({"length": {"min": 9, "max": 10}, "characterTypes": {"min": 3}}));
    let about = PersonalWords::default();
    let issues = |password| serde_json::to_value(policy.check(password, &about)).unwrap();
    assert_eq!(
        issues("xkqvbw"),
        json!([
            {"code": "password_rejected.too_short", "interpolation": {"min": 9}},
            {"code": "password_rejected.character_types", "interpolation": {"min": 3}},
        ])
    );
    assert_eq!(
        issues("xkqvbwzmfpt"),
        json!([{"code": "password_rejected.too_long", "interpolation": {"max": 10}}])
    );
    assert_eq!(
        issues("Password1"),
        json!([{"code": "password_rejected.pwned"}])
    );
}

#[test]
fn kinds_of_characters_are_counted() {
    let kinds = |min: u32| lenient(json!({"characterTypes": {"min": min}}));
    check(&kinds(1), "xkqv", &[]);
    check(&kinds(2), "xkqv", &["character_types"]);
    check(&kinds(2), "xkqv7", &[]);
    check(&kinds(3), "xkQv7", &[]);
    check(&kinds(4), "xkQv7", &["character_types"]);
    check(&kinds(4), "xkQv7 ", &[]);
    check(&kinds(4), "xkQv7月", &[]);
    check(&kinds(2), "éÉ", &[]);
}

#[test]
fn any_character_is_supported_but_control_characters() {
    let policy = lenient(json!({}));
    for password in ["with a space", "🌕🌖🌗", "пароль", "كلمة", "\u{a0}x"] {
        check(&policy, password, &[]);
    }
    for password in ["tab\there", "nul\0", "\u{85}next line", "\u{7f}"] {
        check(&policy, password, &["unsupported_characters"]);
    }
}

#[test]
fn common_passwords_are_refused_in_any_case() {
    let policy = lenient(json!({"rejects": {"pwned": true}}));
    for password in [
        "123456",
        "123456789",
        "qwerty",
        "password",
        "12345678",
        "111111",
        "qwerty123",
        "1q2w3e",
        "1234567890",
        "DEFAULT",
        "abc123",
        "password1",
        "iloveyou",
        "1q2w3e4r",
        "666666",
        "qwertyuiop",
        "123321",
        "dragon",
        "monkey",
        "5201314",
        "woaini",
        "a123456",
        "123qwe",
        "zxcvbnm",
        "letmein",
        "football",
        "superman",
        "princess",
        "michael",
        "sunshine",
        "PassWord",
        "ILOVEYOU",
        "P@ssw0rd",
        "trustno1",
        "starwars",
    ] {
        check(&policy, password, &["pwned"]);
    }
    check(&policy, "five lanterns over still water", &[]);
    check(&lenient(json!({})), "password", &[]);
}

#[test]
fn repetitions_and_sequences_may_not_be_most_of_a_password() {
    let policy = lenient(json!({"rejects": {"repetitionAndSequence": true}}));
    check(&policy, "aaaaaaaa", &["restricted.repetition"]);
    check(&policy, "AaAaaAaa", &["restricted.repetition"]);
    check(&policy, "月月月月月月", &["restricted.repetition"]);
    for password in [
        "23456789", "98765432", "abcdefgh", "hgfedcba", "qwertyui", "POIUYTRE", "asdfghjk",
        "zxcvbnm", "1qaz2wsx", "zaq1xsw2",
    ] {
        check(&policy, password, &["restricted.sequence"]);
    }
    let both = ["restricted.repetition", "restricted.sequence"];
    check(&policy, "aaaa1234", &both);
    // Three other characters are enough; two are not.
    check(&policy, "aaaa1x7q", &[]);
    check(&policy, "aaaaa7q#", &[]);
    check(&policy, "aaaaaa7q", &["restricted.repetition"]);
    // Two of a kind are none.
    check(&policy, "aabbaabb", &[]);
    // Of a very short one, more than one character has to be covered.
    check(&policy, "123", &["restricted.sequence"]);
}

#[test]
fn configured_words_may_not_be_most_of_a_password() {
    let policy = lenient(json!({"rejects": {"words": ["Moongate", "café", "", "ab"]}}));
    check(&policy, "moonGATE12", &["restricted.words"]);
    check(&policy, "CAFE\u{301}cafe\u{301}", &["restricted.words"]);
    check(&policy, "ababab", &["restricted.words"]);
    check(&policy, "moongate7#q", &[]);
}

#[test]
fn personal_words_may_not_be_most_of_a_password() {
    let policy = lenient(json!({"rejects": {"userInfo": true}}));
    let about = PersonalWords {
        name: Some("Li Xiaolong Jr"),
        username: Some("dragon_fan"),
        email: Some("enter.the@example.com"),
        phone: Some("+86 138-0013-8000"),
    };
    for password in [
        "Li Xiaolong Jr",
        "lixiaolongjr",
        "xiaolong12",
        "XIAOLONGxiaolong",
        "Dragon_Fan!",
        "enter.the1",
        "enter.the@example.com",
        "8613800138000",
        "13800138000",
        "0013800#1",
    ] {
        let found = codes(&policy, password, &about);
        assert_eq!(found, ["restricted.user_info"], "{password}");
    }
    // "Li" and "Jr" are too short to count, and so are five digits of the number.
    for password in ["lililili", "jrjrjrjr", "13800", "xiaolong7#q"] {
        assert_eq!(codes(&policy, password, &about), [""; 0], "{password}");
    }
    assert_eq!(codes(&lenient(json!({})), "xiaolong", &about), [""; 0]);
}

#[test]
fn senseless_values_are_found() {
    let check = |document, expected: &[&str]| {
        let findings = policy(document).findings();
        let fields: Vec<&str> = findings.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, expected);
    };
    let (min, max) = ("passwordPolicy.length.min", "passwordPolicy.length.max");
    let types = "passwordPolicy.characterTypes.min";
    check(json!({"length": {"min": 1, "max": 1}}), &[]);
    check(json!({"length": {"min": 0}}), &[min]);
    check(json!({"length": {"min": 9, "max": 8}}), &[max]);
    check(json!({"length": {"max": 7}}), &[max]);
    check(json!({"length": {"max": 257}}), &[max]);
    check(json!({"length": {"min": 300}}), &[max]);
    check(json!({"characterTypes": {"min": 0}}), &[types]);
    check(json!({"characterTypes": {"min": 4}}), &[]);
    check(json!({"characterTypes": {"min": 5}}), &[types]);
}

#[test]
fn under_15_characters_a_password_wants_a_second_factor() {
    let min = |min: u32| policy(json!({"length": {"min": min}}));
    assert!(PasswordPolicy::default().is_short_for_a_single_factor());
    assert!(min(14).is_short_for_a_single_factor());
    assert!(!min(15).is_short_for_a_single_factor());
}
