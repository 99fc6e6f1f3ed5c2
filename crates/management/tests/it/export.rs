//! The tenant as a file.

use moongate_core::StoreError;
use moongate_management::Undeclared;
use serde_json::{Value, json};

use crate::harness::{ALIYUN_SECRET, APP_SECRET, Harness, files};

fn everything() -> Value {
    let mut everything = files();
    everything["resources"] = json!([{
        "id": "orders", "name": "Orders", "indicator": "https://orders.example",
        "scopes": [{ "name": "read", "description": "See orders" }, { "name": "write" }],
    }]);
    everything["roles"] = json!([{
        "id": "robots", "name": "Robots", "description": "Change orders",
        "type": "MachineToMachine",
        "scopes": [{ "resource": "https://orders.example", "scope": "write" }],
    }]);
    everything["connectors"]
        .as_array_mut()
        .unwrap()
        .push(json!({
            "id": "mail",
            "connectorId": "simple-mail-transfer-protocol",
            "config": {
                "host": "smtp.example.com", "port": 465, "secure": true,
                "fromEmail": "a@example.com",
                "auth": { "user": "mailer", "pass": { "env": "ALIYUN" } },
            },
        }));
    let applications = everything["applications"].as_array_mut().unwrap();
    applications.push(json!({
        "id": "robot", "name": "Robot", "type": "MachineToMachine", "isAdmin": true,
        "roles": ["Robots"], "customData": { "a": { "b": [1, 2.5, "c"] } },
    }));
    applications.push(json!({
        "id": "circle", "name": "Circle", "type": "SPA", "isThirdParty": true,
        "userConsentScopes": { "userScopes": ["profile"] },
    }));
    everything
}

#[tokio::test]
async fn applying_what_was_exported_changes_nothing() {
    let mut harness = Harness::new().await;
    harness.apply(&everything()).await.unwrap();
    let exported = harness.export().await;
    // The robot's secret was made up; the variable is the one to put it in.
    let generated = harness.open(&harness.secrets("robot").await[0]);
    harness.set("MOONGATE_SECRET_APPLICATION_ROBOT_SECRET", generated.leak());
    for undeclared in [Undeclared::Keep, Undeclared::Delete] {
        let plan = harness.plan_with(&exported, undeclared).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
    }
    assert_eq!(exported["applications"][1]["id"], "circle");
    assert_eq!(exported["applications"][1].get("secrets"), None);
}

#[tokio::test]
async fn an_export_provisions_another_tenant() {
    let harness = Harness::new().await;
    harness.apply(&everything()).await.unwrap();
    let exported = harness.export().await;
    let mut other = Harness::new().await;
    other.set(
        "MOONGATE_SECRET_APPLICATION_ROBOT_SECRET",
        "another-secret-of-the-tests",
    );
    other.apply(&exported).await.unwrap();
    assert_eq!(other.export().await["roles"], exported["roles"]);
    assert_eq!(
        other.export().await["signInExperience"],
        exported["signInExperience"]
    );
    assert!(other.plan(&exported).await.unwrap().is_empty());
}

#[tokio::test]
async fn secrets_are_references_alone() {
    let harness = Harness::new().await;
    harness.apply(&everything()).await.unwrap();
    let exported = harness.export().await;
    let text = exported.to_string();
    for secret in [APP_SECRET, ALIYUN_SECRET] {
        assert!(!text.contains(secret));
    }
    let applications = exported["applications"].as_array().unwrap();
    let secret_of = |id: &str| {
        let application = applications.iter().find(|it| it["id"] == id).unwrap();
        application["secrets"][0]["value"].clone()
    };
    assert_eq!(secret_of("bookstore"), json!({ "env": "APP_SECRET" }));
    assert_eq!(
        secret_of("robot"),
        json!({ "env": "MOONGATE_SECRET_APPLICATION_ROBOT_SECRET" })
    );
    assert_eq!(
        exported["connectors"][0]["config"]["accessKeySecret"],
        json!({ "env": "ALIYUN" })
    );
    assert_eq!(
        exported["connectors"][1]["config"]["auth"],
        json!({ "user": "mailer", "pass": { "env": "ALIYUN" } })
    );
}

#[tokio::test]
async fn a_connectors_secret_without_a_reference_has_a_variable() {
    let mut harness = Harness::provisioned().await;
    let mut connector = harness.connectors().await.remove(0);
    connector.secret_references = "{}".into();
    harness
        .store
        .write(move |tx| {
            Box::pin(async move {
                tx.put_connector(&connector).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    let exported = harness.export().await;
    let name = "MOONGATE_SECRET_CONNECTOR_ALIYUN_SMS_ACCESSKEYSECRET";
    assert_eq!(
        exported["connectors"][0]["config"]["accessKeySecret"],
        json!({ "env": name })
    );
    harness.set(name, ALIYUN_SECRET);
    assert!(harness.plan(&exported).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_fresh_tenant_exports_what_it_comes_with() {
    let harness = Harness::new().await;
    let exported = harness.export().await;
    assert_eq!(exported["applications"], json!([]));
    assert_eq!(exported["roles"], json!([]));
    assert_eq!(exported["resources"], json!([]));
    assert_eq!(
        exported["signInExperience"]["signInMode"],
        "SignInAndRegister"
    );
    harness.apply(&exported).await.unwrap();
    assert!(harness.plan(&exported).await.unwrap().is_empty());
}
