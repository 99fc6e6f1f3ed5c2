//! The rules of Aliyun's configuration, one by one.

use moongate_core::testing::phone;
use serde_json::json;

use super::*;

fn config() -> Value {
    json!({
        "accessKeyId": " LTAI5tExample ",
        "accessKeySecret": "hidden",
        "signName": "月亮门",
        "templates": [
            { "usageType": "Register", "templateCode": "SMS_1", "type": 2 },
            { "usageType": "SignIn", "templateCode": { "china": "SMS_2", "overseas": "SMS_22" } },
            { "usageType": "ForgotPassword", "templateCode": "SMS_3" },
            { "usageType": "Generic", "templateCode": "SMS_4" },
            { "usageType": "MfaVerification", "templateCode": "SMS_5" },
        ],
    })
}

#[track_caller]
fn issues(change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
    let mut config = config();
    change(&mut config);
    match AliyunConfig::parse(&config) {
        Ok(_) => Vec::new(),
        Err(issues) => issues.into_iter().map(|i| (i.path, i.message)).collect(),
    }
}

/// Exactly one issue, there, saying that.
#[track_caller]
fn check(change: impl FnOnce(&mut Value), path: &str, says: &str) {
    let issues = issues(change);
    let [(found, message)] = issues.as_slice() else {
        panic!("{issues:?}");
    };
    assert_eq!(found, path);
    assert!(message.contains(says), "{message}");
}

fn set(path: &str, value: Value) -> impl FnOnce(&mut Value) {
    move |config| *config.pointer_mut(path).unwrap() = value
}

#[test]
fn a_good_configuration_is_split_trimmed_and_stays_as_it_is() {
    let split = AliyunConfig::parse(&config())
        .unwrap_or_else(|i| panic!("{i:?}"))
        .split();
    assert_eq!(split.public["accessKeyId"], "LTAI5tExample");
    assert_eq!(split.public["templates"][0]["type"], 2);
    assert_eq!(
        split.public["templates"][1]["templateCode"]["overseas"],
        "SMS_22"
    );
    assert_eq!(split.secrets["accessKeySecret"].expose(), "hidden");
    for text in [split.public.to_string(), format!("{split:?}")] {
        assert!(!text.contains("hidden"), "{text}");
    }
    let whole = ParsedConfig::document(&split.public, &split.secrets);
    let again = AliyunConfig::parse(&whole)
        .unwrap_or_else(|i| panic!("{i:?}"))
        .split();
    assert_eq!(again, split);
}

#[test]
fn required_fields_are_required() {
    for name in ["accessKeyId", "accessKeySecret", "signName"] {
        let remove = |config: &mut Value| {
            config.as_object_mut().unwrap().remove(name);
        };
        check(remove, name, "required");
        check(set(&format!("/{name}"), json!(null)), name, "required");
        check(set(&format!("/{name}"), json!("  ")), name, "empty");
        check(
            set(&format!("/{name}"), json!(5)),
            name,
            "expected a string, found a number",
        );
        check(set(&format!("/{name}"), json!("a\nb")), name, "control");
        check(
            set(&format!("/{name}"), json!("a".repeat(600))),
            name,
            "too long",
        );
    }
}

#[test]
fn a_sign_name_has_no_brackets() {
    check(
        set("/signName", json!("【月亮门】")),
        "signName",
        "brackets",
    );
}

#[test]
fn unknown_fields_are_refused_by_name() {
    check(
        |config| config["region"] = json!("x"),
        "region",
        "no such field",
    );
    check(
        |config| config["templates"][3]["code"] = json!("x"),
        "templates[3].code",
        "no such field",
    );
    check(
        |config| config["templates"][1]["templateCode"]["taiwan"] = json!("x"),
        "templates[1].templateCode.taiwan",
        "no such field",
    );
}

#[test]
fn missing_usage_types_are_one_issue_that_lists_them() {
    let keep_two = |config: &mut Value| {
        config["templates"].as_array_mut().unwrap().drain(..2);
    };
    check(
        keep_two,
        "templates",
        "required for each of: Register, SignIn",
    );
    let none = "Register, SignIn, ForgotPassword, Generic";
    check(set("/templates", json!([])), "templates", none);
    check(set("/templates", json!(null)), "templates", none);
    check(
        set("/templates", json!("SMS_1")),
        "templates",
        "expected a list",
    );
}

#[test]
fn usage_types_are_known_and_stand_once() {
    check(
        |config| config["templates"][4]["usageType"] = json!("Generic"),
        "templates[4].usageType",
        "stands above",
    );
    check(
        |config| config["templates"][4]["usageType"] = json!("signin"),
        "templates[4].usageType",
        "none of Register",
    );
}

#[test]
fn a_template_code_is_a_text_or_two() {
    check(
        set("/templates/0/templateCode", json!(7)),
        "templates[0].templateCode",
        "expected a string",
    );
    check(
        set("/templates/1/templateCode", json!({ "china": "SMS_2" })),
        "templates[1].templateCode.overseas",
        "required",
    );
    check(
        set("/templates/0/type", json!("2")),
        "templates[0].type",
        "number",
    );
    check(
        set("/templates/4", json!("SMS_1")),
        "templates[4]",
        "expected an object",
    );
}

#[test]
fn the_endpoint_is_https_or_loopback() {
    for good in [
        "https://dysmsapi.aliyuncs.com/",
        "https://dysmsapi.ap-southeast-1.aliyuncs.com",
        "http://localhost:3010",
        "http://127.0.0.1:3010/",
        "http://[::1]:3010",
        "http://aliyun.localhost/api",
    ] {
        assert_eq!(
            issues(|config| config["endpoint"] = json!(good)),
            [],
            "{good}"
        );
    }
    let refused = |bad: &str, says: &str| {
        check(|config| config["endpoint"] = json!(bad), "endpoint", says);
    };
    refused("http://dysmsapi.aliyuncs.com/", "https://");
    refused("http://10.0.0.1/", "loopback");
    refused("http://localhost.example.com/", "loopback");
    refused("ftp://localhost/", "https://");
    refused("dysmsapi.aliyuncs.com", "URL");
    refused("https://user:hunter2@example.com/", "no user");
    refused("https://example.com/?a=b", "no user");
    refused("https://example.com/#a", "no user");
}

#[test]
fn switches_are_switches() {
    check(
        |config| config["strictPhoneRegionNumberCheck"] = json!("yes"),
        "strictPhoneRegionNumberCheck",
        "true or false",
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let paths: Vec<_> = issues(|config| {
        config["accessKeyId"] = json!("");
        config["endpoint"] = json!("http://example.com");
        config["templates"][2]["templateCode"] = json!(null);
    })
    .into_iter()
    .map(|(path, _)| path)
    .collect();
    assert_eq!(
        paths,
        ["accessKeyId", "templates[2].templateCode", "endpoint"]
    );
    for not_an_object in [json!(null), json!([]), json!("x")] {
        assert_eq!(
            AliyunConfig::parse(&not_an_object).err().map(|i| i.len()),
            Some(1)
        );
    }
}

#[test]
fn a_wrong_secret_value_is_not_repeated() {
    let issues = issues(|config| config["accessKeySecret"] = json!({ "plain": "hunter2" }));
    assert_eq!(issues.len(), 1);
    assert!(!format!("{issues:?}").contains("hunter2"));
}

#[test]
fn the_template_goes_by_usage_then_region() {
    let parsed = AliyunConfig::parse(&config()).unwrap_or_else(|i| panic!("{i:?}"));
    let code = |usage, number| {
        parsed
            .template_code(usage, &phone(number))
            .unwrap()
            .to_owned()
    };
    assert_eq!(code(Usage::SignIn, "13800138000"), "SMS_2");
    assert_eq!(code(Usage::SignIn, "+852 6123 4567"), "SMS_22");
    // Eleven digits that begin with 1, and not mainland.
    assert_eq!(code(Usage::SignIn, "+1 415 555 2671"), "SMS_22");
    assert_eq!(code(Usage::Register, "+852 6123 4567"), "SMS_1");
    assert_eq!(code(Usage::Generic, "13800138000"), "SMS_4");
}
