//! Applications and their secrets.

use std::time::Duration;

use moongate_core::{ApplicationType, Clock as _};
use moongate_management::Undeclared;
use serde_json::{Value, json};

use crate::harness::{APP_SECRET, Harness, check, files};

fn only(application: &Value) -> Value {
    json!({ "applications": [application] })
}

#[tokio::test]
async fn an_application_is_made_as_declared() {
    let harness = Harness::provisioned().await;
    let application = harness.application("bookstore").await.unwrap();
    assert_eq!(application.name, "Bookstore");
    assert_eq!(application.kind, ApplicationType::Traditional);
    assert_eq!(
        application.oidc_client_metadata.redirect_uris,
        ["http://localhost:3000/Callback"]
    );
    assert_eq!(application.custom_client_metadata.require_pkce, Some(true));
    let secrets = harness.secrets("bookstore").await;
    assert_eq!(secrets.len(), 1);
    assert_eq!(harness.open(&secrets[0]), APP_SECRET);
    assert_eq!(
        secrets[0].reference.as_deref(),
        Some(r#"{"env":"APP_SECRET"}"#)
    );
}

#[tokio::test]
async fn what_a_file_does_not_name_stays() {
    let harness = Harness::provisioned().await;
    let before = harness.application("bookstore").await.unwrap();
    let made = before.created_at;
    harness.clock.advance(Duration::from_mins(1));
    let plan = harness
        .apply(&only(&json!({
            "id": "bookstore",
            "oidcClientMetadata": { "redirectUris": ["http://localhost:3000/Foo"] },
        })))
        .await
        .unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    \
         oidcClientMetadata.redirectUris:\n      \
         - \"http://localhost:3000/Callback\"\n      \
         + \"http://localhost:3000/Foo\""
    );
    let after = harness.application("bookstore").await.unwrap();
    assert_eq!(after.name, "Bookstore");
    assert_eq!(after.created_at, made);
    assert_eq!(
        after.oidc_client_metadata.post_logout_redirect_uris,
        before.oidc_client_metadata.post_logout_redirect_uris
    );
    assert_eq!(harness.secrets("bookstore").await.len(), 1);
}

#[tokio::test]
async fn null_takes_a_field_away() {
    let harness = Harness::provisioned().await;
    let plan = harness
        .apply(&only(&json!({
            "id": "bookstore",
            "customClientMetadata": { "requirePkce": null },
        })))
        .await
        .unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    customClientMetadata.requirePkce: true → (not set)"
    );
    let found = harness
        .findings(&only(&json!({ "id": "bookstore", "name": null })))
        .await;
    check(&found, &["applications[bookstore].name: is required"]);
}

#[tokio::test]
async fn a_changed_secret_is_shown_as_such_and_never_itself() {
    let mut harness = Harness::provisioned().await;
    harness.set("APP_SECRET", "another-secret-of-the-tests");
    let plan = harness.apply(&files()).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    secrets.\"Default secret\": [secret] → [secret]"
    );
    let text = format!("{plan:?}");
    assert!(
        !text.contains(APP_SECRET) && !text.contains("another-secret"),
        "{text}"
    );
    let secrets = harness.secrets("bookstore").await;
    assert_eq!(harness.open(&secrets[0]), "another-secret-of-the-tests");
}

#[tokio::test]
async fn the_same_secret_from_elsewhere_changes_its_reference() {
    let mut harness = Harness::provisioned().await;
    harness.set("ELSEWHERE", APP_SECRET);
    let mut files = files();
    files["applications"][0]["secrets"][0]["value"] = json!({ "env": "ELSEWHERE" });
    let plan = harness.apply(&files).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    secrets.\"Default secret\".reference: \
         {\"env\":\"APP_SECRET\"} → {\"env\":\"ELSEWHERE\"}"
    );
    assert!(harness.plan(&files).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_traditional_application_gets_a_secret() {
    let harness = Harness::new().await;
    let files = only(&json!({ "id": "shop", "name": "Shop", "type": "Traditional" }));
    let plan = harness.apply(&files).await.unwrap();
    assert!(
        plan.to_string()
            .contains("secrets.\"Default secret\": [generated secret]")
    );
    let secrets = harness.secrets("shop").await;
    assert_eq!(harness.open(&secrets[0]).len(), 32);
    for undeclared in [Undeclared::Keep, Undeclared::Delete] {
        assert!(
            harness
                .plan_with(&files, undeclared)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_public_application_has_no_secret() {
    let harness = Harness::new().await;
    let mut application = json!({ "id": "spa", "name": "Shop", "type": "SPA" });
    harness.apply(&only(&application)).await.unwrap();
    assert!(harness.secrets("spa").await.is_empty());
    application["secrets"] = json!([{ "name": "a", "value": { "env": "APP_SECRET" } }]);
    let found = harness.findings(&only(&application)).await;
    check(
        &found,
        &["applications[spa].secrets: a SPA application can't keep"],
    );
}

#[tokio::test]
async fn an_end_lies_in_the_future_when_it_is_set() {
    let harness = Harness::provisioned().await;
    let now = harness.clock.now().0;
    let mut files = files();
    files["applications"][0]["secrets"][0]["expiresAt"] = json!(now);
    let found = harness.findings(&files).await;
    let path = "applications[bookstore].secrets[\"Default secret\"].expiresAt: lies in the past";
    check(&found, &[path]);

    files["applications"][0]["secrets"][0]["expiresAt"] = json!(now + 1000);
    let plan = harness.apply(&files).await.unwrap();
    let line = format!("expiresAt: (not set) → {}", now + 1000);
    assert!(plan.to_string().contains(&line), "{plan}");
    // Once it has come, the same files still apply: they change nothing.
    harness.clock.advance(Duration::from_mins(1));
    assert!(harness.plan(&files).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_application_stays_what_it_is() {
    let harness = Harness::provisioned().await;
    let found = harness
        .findings(&only(&json!({ "id": "bookstore", "type": "SPA" })))
        .await;
    check(
        &found,
        &["applications[bookstore].type: an application stays what it is"],
    );
}

#[tokio::test]
async fn every_mistake_is_told_at_once_with_its_place() {
    let harness = Harness::new().await;
    let found = harness
        .findings(&json!({ "applications": [
            { "id": "a" },
            { "id": "b", "name": "", "type": "SAML", "protectedAppMetadata": {} },
            { "id": "c", "name": "C", "type": "Web", "nmae": "x", "description": 5 },
            {
                "id": "d", "name": "D\n", "type": "Native",
                "oidcClientMetadata": {
                    "redirectUris": ["javascript:alert(1)", 5, "a.b:/c", "a.b:/c"],
                    "postLogoutRedirectUris": "https://a.example",
                    "backchannelLogoutUri": "https://a.example",
                },
                "customClientMetadata": {
                    "idTokenTtl": 5,
                    "refreshTokenTtlInDays": 181,
                    "requirePkce": "yes",
                    "idTokenSignedResponseAlg": "none",
                    "corsAllowedOrigins": [],
                },
            },
            { "id": "e", "name": "E", "type": "SPA", "oidcClientMetadata": 5 },
        ] }))
        .await;
    check(
        &found,
        &[
            "applications[a].name: is required",
            "applications[a].type: is required",
            "applications[b].protectedAppMetadata: comes with a later version",
            "applications[b].name: must have 1 to 256",
            "applications[b].type: SAML comes with a later version",
            "applications[c].nmae: there is no such field",
            "applications[c].description: expected a string",
            "applications[c].type: there is no type \"Web\"",
            "applications[d].name: must not contain line breaks",
            "applications[d].oidcClientMetadata.redirectUris[0]: this scheme",
            "applications[d].oidcClientMetadata.redirectUris[1]: expected a string",
            "applications[d].oidcClientMetadata.redirectUris[3]: stands in the list",
            "applications[d].oidcClientMetadata.postLogoutRedirectUris: expected a list",
            "applications[d].customClientMetadata.idTokenSignedResponseAlg: there is no",
            "applications[d].customClientMetadata.idTokenTtl: must be a whole number",
            "applications[d].customClientMetadata.refreshTokenTtlInDays: must be",
            "applications[d].customClientMetadata.requirePkce: expected true or false",
            "applications[e].oidcClientMetadata: expected an object",
        ],
    );
}

#[tokio::test]
async fn pruning_deletes_the_secrets_that_a_list_lacks() {
    let harness = Harness::provisioned().await;
    let mut files = files();
    files["applications"][0]["secrets"][0]["name"] = json!("New");
    let plan = harness.apply(&files).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    secrets.\"New\": (not set) → [secret]"
    );
    assert_eq!(harness.secrets("bookstore").await.len(), 2);
    let plan = harness
        .apply_with(&files, Undeclared::Delete)
        .await
        .unwrap();
    assert_eq!(
        plan.to_string(),
        "~ application bookstore\n    secrets.\"Default secret\": [secret] → (not set)"
    );
    assert_eq!(harness.secrets("bookstore").await.len(), 1);
}
