//! All kinds together: once, twice, not at all.

use moongate_management::{Action, Undeclared};
use serde_json::json;

use crate::harness::{ALIYUN_SECRET, APP_SECRET, Harness, check, files};

#[tokio::test]
async fn an_empty_store_is_provisioned_and_a_second_time_changes_nothing() {
    let harness = Harness::new().await;
    let plan = harness.apply(&files()).await.unwrap();
    assert_eq!(plan.changes.len(), 3);
    assert!(
        plan.changes
            .iter()
            .all(|change| change.action == Action::Create)
    );
    let text = plan.to_string();
    assert!(
        !text.contains(APP_SECRET) && !text.contains(ALIYUN_SECRET),
        "{text}"
    );
    assert_eq!(
        text,
        "+ application bookstore\n    \
         customClientMetadata.requirePkce: true\n    \
         name: \"Bookstore\"\n    \
         oidcClientMetadata.postLogoutRedirectUris: [\"http://localhost:3000/SignedOutCallback\"]\n    \
         oidcClientMetadata.redirectUris: [\"http://localhost:3000/Callback\"]\n    \
         type: \"Traditional\"\n    \
         secrets.\"Default secret\": [secret]\n\
         + connector aliyun-sms\n    \
         connectorId: \"aliyun-short-message-service\"\n    \
         config.accessKeyId: \"LTAI5tExample\"\n    \
         config.accessKeySecret: [secret]\n    \
         config.endpoint: \"http://localhost:3010\"\n    \
         config.signName: \"月亮门\"\n    \
         config.templates: [{\"templateCode\":\"SMS_1\",\"usageType\":\"Register\"},\
         {\"templateCode\":\"SMS_2\",\"usageType\":\"SignIn\"},\
         {\"templateCode\":\"SMS_3\",\"usageType\":\"ForgotPassword\"},\
         {\"templateCode\":\"SMS_4\",\"usageType\":\"Generic\"}]\n\
         + sign-in experience\n    \
         agreeToTermsPolicy: \"Automatic\"\n    \
         color.darkPrimaryColor: \"#86cfb0\"\n    \
         color.isDarkModeEnabled: true\n    \
         color.primaryColor: \"#1f6b54\"\n    \
         languageInfo.autoDetect: true\n    \
         languageInfo.fallbackLanguage: \"zh-CN\"\n    \
         signIn.methods: [{\"identifier\":\"phone\",\"isPasswordPrimary\":false,\
         \"password\":false,\"verificationCode\":true}]\n    \
         signInMode: \"SignInAndRegister\"\n    \
         signUp.identifiers: [\"phone\"]\n    \
         signUp.password: false\n    \
         signUp.verify: true"
    );

    let again = harness.apply(&files()).await.unwrap();
    assert!(again.is_empty(), "{again}");
    assert_eq!(again.to_string(), "nothing to change");
    let pruned = harness
        .apply_with(&files(), Undeclared::Delete)
        .await
        .unwrap();
    assert!(pruned.is_empty(), "{pruned}");
}

#[tokio::test]
async fn one_mistake_leaves_everything_as_it_was() {
    let harness = Harness::new().await;
    let mut files = files();
    files["signInExperience"]["signUp"]["verify"] = json!(false);
    let found = harness.findings(&files).await;
    check(&found, &["signInExperience.signUp.verify: set it to true"]);
    harness.apply(&files).await.unwrap_err();
    assert!(harness.application("bookstore").await.is_none());
    assert!(harness.connectors().await.is_empty());
}

#[tokio::test]
async fn mistakes_of_files_and_of_their_fit_are_told_together() {
    let harness = Harness::new().await;
    let mut files = files();
    files["rols"] = json!([]);
    files["applications"][0]["secrets"][0]["value"] = json!({ "env": "UNSET" });
    files["applications"][0]["type"] = json!("Web");
    files["connectors"][0]["config"]["accessKeySecret"] = json!({ "env": "UNSET" });
    files["connectors"][0]["config"]["signName"] = json!("");
    files["signInExperience"]["signUp"]["verify"] = json!(false);
    let found = harness.findings(&files).await;
    check(
        &found,
        &[
            "rols: there is no such field",
            "applications[bookstore].secrets[\"Default secret\"].value: variable UNSET is not set",
            "connectors[aliyun-sms].config.accessKeySecret: variable UNSET is not set",
            "applications[bookstore].type: there is no type",
            "connectors[aliyun-sms].config.signName: must not be empty",
            "signInExperience.signUp.verify: set it to true",
        ],
    );
}

#[tokio::test]
async fn pruning_deletes_what_no_file_names() {
    let harness = Harness::provisioned().await;
    let mut other = files();
    other["applications"][0]["id"] = json!("other");
    assert!(harness.plan(&json!({})).await.unwrap().is_empty());
    let plan = harness
        .apply_with(&other, Undeclared::Delete)
        .await
        .unwrap();
    assert!(
        plan.to_string().ends_with("- application bookstore"),
        "{plan}"
    );
    assert!(harness.application("bookstore").await.is_none());
    assert!(harness.application("other").await.is_some());
}

#[tokio::test]
async fn of_two_that_apply_at_once_neither_undoes_the_other() {
    let harness = Harness::provisioned().await;
    // Units run one after the other: the second sees what the first did.
    let named = json!({ "applications": [{ "id": "bookstore", "name": "One" }] });
    let described = json!({ "applications": [{ "id": "bookstore", "description": "Two" }] });
    let (one, two) = tokio::join!(harness.apply(&named), harness.apply(&described));
    one.unwrap();
    two.unwrap();
    let application = harness.application("bookstore").await.unwrap();
    assert_eq!(application.name, "One");
    assert_eq!(application.description.as_deref(), Some("Two"));
}
