//! What reaches the provider, and what comes back.

use std::time::Duration;

use moongate_aliyun_sms::simulator::{Account, Template};
use moongate_core::{Connector, ConnectorId, SendError, UnixMillis, Usage};
use serde_json::json;

use crate::harness::{CODE, Harness, SECRET};
use crate::log;

const NUMBER: &str = "13800138000";
const CALLING: &str = "8613800138000";

/// One line at `warn` that says that, and nothing private.
#[track_caller]
fn check_line(lines: &[String], says: &[&str]) {
    let [line] = lines else {
        panic!("{lines:#?}");
    };
    assert!(line.trim_start().starts_with("WARN"), "{line}");
    for word in says {
        assert!(line.contains(word), "{word} in {line}");
    }
    for private in [NUMBER, CALLING, CODE, SECRET, "wrong-secret"] {
        assert!(!line.contains(private), "{line}");
    }
}

#[tokio::test]
async fn a_code_reaches_the_inbox() {
    let harness = Harness::ready().await;
    harness.send(Usage::SignIn, NUMBER).await.unwrap();
    let messages = harness.inbox.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].sms().unwrap().phone, "+8613800138000");
    assert_eq!(messages[0].sms().unwrap().template_code, "SMS_200000002");
    assert_eq!(messages[0].code.as_deref(), Some(CODE));
    let parameters: Vec<_> = messages[0].sms().unwrap().template_param.iter().collect();
    assert_eq!(
        parameters,
        [(&"code".to_owned(), &CODE.to_owned())],
        "the code and nothing else"
    );
}

#[test]
fn success_is_one_quiet_line_with_the_receipts_id() {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        harness.send(Usage::SignIn, NUMBER).await
    });
    assert_eq!(sent, Ok(()));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].trim_start().starts_with("DEBUG") && lines[0].contains("biz_id"));
    assert!(!lines[0].contains(CALLING) && !lines[0].contains(CODE));
}

#[test]
fn a_wrong_secret_fails_with_one_line_that_names_the_code() {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        let mut config = harness.config();
        config["accessKeySecret"] = json!("wrong-secret");
        harness.configure(config).await;
        harness.send(Usage::SignIn, NUMBER).await
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(
        &lines,
        &[
            "aliyun-sms",
            "SignatureDoesNotMatch",
            "provider_request_id=",
            "Configuration",
        ],
    );
}

#[test]
fn a_provider_that_is_down_fails_with_one_line() {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = harness.config();
        config["endpoint"] = json!(format!("http://{}", gone.local_addr().unwrap()));
        drop(gone);
        harness.configure(config).await;
        tokio::time::timeout(Duration::from_secs(3), harness.send(Usage::SignIn, NUMBER))
            .await
            .expect("an answer within three seconds")
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(&lines, &["aliyun-sms", "Transport"]);
}

#[test]
fn a_provider_that_says_nothing_fails_in_time() {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        // Connections are made by the kernel and never answered.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = harness.config();
        config["endpoint"] = json!(format!("http://{}", silent.local_addr().unwrap()));
        harness.configure(config).await;
        tokio::time::timeout(Duration::from_secs(3), harness.send(Usage::SignIn, NUMBER))
            .await
            .expect("an answer within three seconds")
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(&lines, &["aliyun-sms", "in time"]);
}

#[tokio::test]
async fn the_template_goes_by_usage() {
    let harness = Harness::ready().await;
    for (usage, template) in [
        (Usage::Register, "SMS_200000001"),
        (Usage::SignIn, "SMS_200000002"),
        (Usage::ForgotPassword, "SMS_200000003"),
        (Usage::Generic, "SMS_200000004"),
    ] {
        harness.send(usage, NUMBER).await.unwrap();
        assert_eq!(
            harness.inbox.messages()[0].sms().unwrap().template_code,
            template
        );
    }
}

#[tokio::test]
async fn the_template_goes_by_region() {
    let mut account = Account::default();
    account.templates.push(Template {
        code: "SMS_300000001".into(),
        text: "Your code is ${code}.".into(),
        name: None,
    });
    let harness = Harness::start(account).await;
    let mut config = harness.config();
    config["templates"][1]["templateCode"] =
        json!({ "china": "SMS_200000002", "overseas": "SMS_300000001" });
    harness.configure(config).await;

    for (number, template, phone) in [
        (NUMBER, "SMS_200000002", "+8613800138000"),
        ("+852 6123 4567", "SMS_300000001", "+85261234567"),
        ("+44 7400 123456", "SMS_300000001", "+447400123456"),
    ] {
        harness.send(Usage::SignIn, number).await.unwrap();
        let messages = harness.inbox.messages();
        let newest = messages[0].sms().unwrap();
        assert_eq!(newest.template_code, template);
        assert_eq!(newest.phone, phone);
    }
}

#[tokio::test]
async fn a_changed_connector_is_in_force_at_once() {
    let harness = Harness::ready().await;
    harness.send(Usage::SignIn, NUMBER).await.unwrap();
    let mut config = harness.config();
    config["templates"][1]["templateCode"] = json!("SMS_200000004");
    harness.configure(config).await;
    harness.send(Usage::SignIn, "13900139000").await.unwrap();
    assert_eq!(
        harness.inbox.messages()[0].sms().unwrap().template_code,
        "SMS_200000004"
    );
}

#[test]
fn without_a_connector_there_is_none() {
    let (sent, lines) = log::of(async {
        let harness = Harness::start(Account::default()).await;
        harness.send(Usage::SignIn, NUMBER).await
    });
    assert_eq!(sent, Err(SendError::NoConnector));
    check_line(&lines, &["no SMS connector"]);
}

#[test]
fn a_template_that_aliyun_does_not_know_is_named_in_the_log() {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        let mut config = harness.config();
        config["templates"][1]["templateCode"] = json!("SMS_9");
        harness.configure(config).await;
        harness.send(Usage::SignIn, NUMBER).await
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(
        &lines,
        &["isv.SMS_TEMPLATE_ILLEGAL", "provider_request_id="],
    );
}

/// Sends to a provider that refuses with that code, quoting the number as gateways do.
#[track_caller]
fn check_refusal(code: &'static str, expected: SendError) {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        let answer = json!({
            "Code": code,
            "RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990",
            "Message": format!("{CALLING} refused"),
        });
        let provider = axum::Router::new().fallback(move || async move { axum::Json(answer) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = harness.config();
        config["endpoint"] = json!(format!("http://{}", listener.local_addr().unwrap()));
        tokio::spawn(axum::serve(listener, provider).into_future());
        harness.configure(config).await;
        harness.send(Usage::SignIn, NUMBER).await
    });
    assert_eq!(sent, Err(expected), "{code}");
    check_line(&lines, &[code, "F655A8D5-B967-440B-8683-DAD6FF8DE990"]);
}

#[test]
fn a_refusal_says_whose_business_it_is() {
    check_refusal("isv.MOBILE_NUMBER_ILLEGAL", SendError::BadAddress);
    check_refusal("isv.BUSINESS_LIMIT_CONTROL", SendError::RateLimited);
    check_refusal("isv.AMOUNT_NOT_ENOUGH", SendError::Failed);
    check_refusal("isp.SYSTEM_ERROR", SendError::Failed);
}

#[test]
fn secrets_sealed_elsewhere_fail_with_one_line() {
    let (sent, lines) = log::of(async {
        let harness = Harness::ready().await;
        harness
            .put(Connector {
                id: ConnectorId::from("aliyun-sms"),
                factory_id: "aliyun-short-message-service".into(),
                config: "{}".into(),
                sealed_secrets: vec![1; 60],
                secret_references: "{}".into(),
                created_at: UnixMillis(1),
                updated_at: UnixMillis(2),
            })
            .await;
        harness.send(Usage::SignIn, NUMBER).await
    });
    assert_eq!(sent, Err(SendError::Failed));
    check_line(&lines, &["aliyun-sms", "can't be opened"]);
}
