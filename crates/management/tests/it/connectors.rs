//! Connectors and their secrets.

use std::sync::Arc;

use moongate_connectors::open_secrets;
use moongate_core::{Connector, ServerKeys, StoreError};
use moongate_management::Undeclared;
use serde_json::{Value, json};

use crate::harness::{ALIYUN_SECRET, Harness, check, files};

fn only(connector: &Value) -> Value {
    json!({ "connectors": [connector] })
}

#[tokio::test]
async fn a_connector_is_made_with_its_secret_sealed() {
    let harness = Harness::provisioned().await;
    let connectors = harness.connectors().await;
    let [connector] = connectors.as_slice() else {
        panic!("{connectors:?}");
    };
    assert_eq!(connector.factory_id, "aliyun-short-message-service");
    assert!(!connector.config.contains(ALIYUN_SECRET));
    assert!(!connector.config.contains("accessKeySecret"));
    let secrets = open_secrets(&harness.keys, connector).unwrap();
    assert_eq!(secrets["accessKeySecret"].expose(), ALIYUN_SECRET);
    assert_eq!(
        connector.secret_references,
        r#"{"accessKeySecret":{"env":"ALIYUN"}}"#
    );
}

fn smtp(auth: &Value) -> Value {
    only(&json!({
        "id": "mail",
        "connectorId": "simple-mail-transfer-protocol",
        "config": {
            "host": "smtp.example.com", "port": 465, "secure": true,
            "fromEmail": "a@example.com", "auth": auth,
        },
    }))
}

#[tokio::test]
async fn a_secret_may_stand_deeper() {
    let mut harness = Harness::new().await;
    harness.set("SMTP", "hunter2");
    let files = smtp(&json!({ "user": "mailer", "pass": { "env": "SMTP" } }));
    let plan = harness.apply(&files).await.unwrap().to_string();
    assert!(plan.contains("config.auth.pass: [secret]"), "{plan}");
    assert!(plan.contains("config.auth.user: \"mailer\""), "{plan}");
    assert!(!plan.contains("hunter2"));
    let connector = harness.connectors().await.remove(0);
    assert!(!connector.config.contains("pass") && !connector.config.contains("hunter2"));
    assert_eq!(
        connector.secret_references,
        r#"{"auth.pass":{"env":"SMTP"}}"#
    );
    let secrets = open_secrets(&harness.keys, &connector).unwrap();
    assert_eq!(secrets["auth.pass"].expose(), "hunter2");
    assert!(harness.plan(&files).await.unwrap().is_empty());

    // A file may name the other field of the same object alone.
    let other = smtp(&json!({ "user": "another" }));
    let plan = harness.apply(&other).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ connector mail\n    config.auth.user: \"mailer\" → \"another\""
    );
    let without = smtp(&json!(null));
    harness.apply(&without).await.unwrap();
    let connector = harness.connectors().await.remove(0);
    assert!(!connector.config.contains("auth"), "{}", connector.config);
    assert!(open_secrets(&harness.keys, &connector).unwrap().is_empty());
    assert_eq!(connector.secret_references, "{}");
}

#[tokio::test]
async fn a_deeper_secret_is_a_reference_too() {
    let harness = Harness::new().await;
    let files = smtp(&json!({ "user": { "env": "ALIYUN" }, "pass": "hunter2" }));
    let found = harness.findings(&files).await;
    check(
        &found,
        &[
            "connectors[mail].config.auth.pass: a secret does not stand",
            "connectors[mail].config.auth.user: is no secret",
        ],
    );
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_file_may_name_one_field_alone() {
    let harness = Harness::provisioned().await;
    let files = only(&json!({
        "id": "aliyun-sms",
        "config": { "endpoint": "http://localhost:4010" },
    }));
    let plan = harness.apply(&files).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ connector aliyun-sms\n    \
         config.endpoint: \"http://localhost:3010\" → \"http://localhost:4010\""
    );
    let connectors = harness.connectors().await;
    let secrets = open_secrets(&harness.keys, &connectors[0]).unwrap();
    assert_eq!(secrets["accessKeySecret"].expose(), ALIYUN_SECRET);

    let without = only(&json!({ "id": "aliyun-sms", "config": { "endpoint": null } }));
    let plan = harness.apply(&without).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ connector aliyun-sms\n    config.endpoint: \"http://localhost:4010\" → (not set)"
    );
}

#[tokio::test]
async fn a_changed_secret_is_shown_as_such() {
    let mut harness = Harness::provisioned().await;
    harness.set("ALIYUN", "changed");
    let plan = harness.apply(&files()).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ connector aliyun-sms\n    config.accessKeySecret: [secret] → [secret]"
    );
    let mut files = files();
    files["connectors"][0]["config"]["accessKeySecret"] = json!({ "env": "OTHER" });
    harness.set("OTHER", "changed");
    let plan = harness.apply(&files).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ connector aliyun-sms\n    config.accessKeySecret.reference: \
         {\"env\":\"ALIYUN\"} → {\"env\":\"OTHER\"}"
    );
}

#[tokio::test]
async fn the_factorys_issues_have_their_place() {
    let harness = Harness::new().await;
    let mut files = files();
    files["connectors"][0]["config"] = json!({
        "accessKeyId": { "env": "ALIYUN" },
        "accessKeySecret": "hunter2",
        "templates": [{ "usageType": "SignIn", "templateCode": "" }],
        "region": "x",
    });
    let found = harness.findings(&files).await;
    check(
        &found,
        &[
            "connectors[aliyun-sms].config.accessKeySecret: a secret does not stand",
            "connectors[aliyun-sms].config.accessKeyId: is no secret",
            "connectors[aliyun-sms].config.region: there is no such field",
            "connectors[aliyun-sms].config.signName: required",
            "connectors[aliyun-sms].config.templates[0].templateCode: must not be empty",
            "connectors[aliyun-sms].config.templates: a template is required for each of: \
             Register, ForgotPassword, Generic",
        ],
    );
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_connector_has_a_kind_and_keeps_it() {
    let harness = Harness::new().await;
    let found = harness.findings(&only(&json!({ "id": "x" }))).await;
    check(&found, &["connectors[x].connectorId: is required"]);
    let found = harness
        .findings(&only(
            &json!({ "id": "x", "connectorId": "twilio-short-message-service" }),
        ))
        .await;
    check(
        &found,
        &["connectors[x].connectorId: there is no connector"],
    );
}

#[tokio::test]
async fn one_connector_sends_text_messages() {
    let harness = Harness::provisioned().await;
    let mut other = files();
    other["connectors"][0]["id"] = json!("other");
    let found = harness.findings(&other).await;
    check(
        &found,
        &["connectors[other]: aliyun-sms sends text messages already"],
    );
    let plan = harness
        .apply_with(&other, Undeclared::Delete)
        .await
        .unwrap();
    assert!(
        plan.to_string().ends_with("- connector aliyun-sms"),
        "{plan}"
    );
    let connectors = harness.connectors().await;
    assert_eq!(connectors.len(), 1);
    assert_eq!(connectors[0].id.as_str(), "other");
}

#[tokio::test]
async fn secrets_under_a_lost_key_are_given_anew_or_missed() {
    let mut harness = Harness::provisioned().await;
    // Another server's key ring.
    let line = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
    harness.keys = Arc::new(ServerKeys::parse(line).unwrap());
    let partial = only(&json!({ "id": "aliyun-sms", "config": { "signName": "门" } }));
    let found = harness.findings(&partial).await;
    check(
        &found,
        &["connectors[aliyun-sms].config: its stored secrets can't be opened"],
    );

    let plan = harness.apply(&files()).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    secrets.\"Default secret\": [secret] → [secret]\n\
         ~ connector aliyun-sms\n    config.accessKeySecret: [secret] → [secret]"
    );
    assert!(harness.plan(&files()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_broken_row_is_the_stores_fault() {
    let harness = Harness::provisioned().await;
    let stored = harness.connectors().await.remove(0);
    let broken = Connector {
        config: "{".into(),
        ..stored
    };
    harness
        .store
        .write(move |tx| {
            Box::pin(async move {
                tx.put_connector(&broken).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    let error = harness.plan(&files()).await.unwrap_err().to_string();
    assert!(error.contains("corrupt: connectors.config"), "{error}");
}
