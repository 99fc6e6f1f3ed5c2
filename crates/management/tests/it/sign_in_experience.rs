//! The sign-in experience.

use moongate_experience::{SIGN_IN_EXPERIENCE, SignInExperience, SignInMode};
use moongate_management::{ResourceError, Undeclared};
use serde_json::{Value, json};

use crate::harness::{Harness, check, files};

fn only(experience: &Value) -> Value {
    json!({ "signInExperience": experience })
}

async fn stored(harness: &Harness) -> (i64, SignInExperience) {
    let mut reader = harness.store.read().await.unwrap();
    let document = reader.document(SIGN_IN_EXPERIENCE).await.unwrap().unwrap();
    (
        document.revision,
        SignInExperience::load(&mut *reader).await.unwrap(),
    )
}

#[tokio::test]
async fn it_is_laid_over_the_default_then_over_what_is_stored() {
    let harness = Harness::provisioned().await;
    let (revision, experience) = stored(&harness).await;
    assert_eq!(revision, 1);
    assert_eq!(experience.language_info.fallback_language, "zh-CN");
    assert!(experience.language_info.auto_detect);

    let plan = harness
        .apply(&only(&json!({ "signInMode": "SignIn" })))
        .await
        .unwrap();
    assert_eq!(
        plan.to_string(),
        "~ sign-in experience\n    signInMode: \"SignInAndRegister\" → \"SignIn\""
    );
    let (revision, experience) = stored(&harness).await;
    assert_eq!(revision, 2);
    assert_eq!(experience.sign_in_mode, SignInMode::SignIn);
    assert_eq!(experience.language_info.fallback_language, "zh-CN");
}

#[tokio::test]
async fn declaring_the_default_saves_it_once() {
    let harness = Harness::provisioned().await;
    let default = serde_json::to_value(SignInExperience::default()).unwrap();
    harness.apply(&only(&default)).await.unwrap();
    assert!(harness.plan(&only(&default)).await.unwrap().is_empty());
    assert_eq!(stored(&harness).await.0, 2);
    assert_eq!(stored(&harness).await.1, SignInExperience::default());
}

#[tokio::test]
async fn its_rules_hold_for_the_connectors_after_the_plan() {
    let harness = Harness::new().await;
    let found = harness.findings(&only(&files()["signInExperience"])).await;
    check(
        &found,
        &[
            "signInExperience.signIn.methods[0]: configure an SMS connector first \
             (sign_in_experiences.enabled_connector_not_found)",
            "signInExperience.signUp.identifiers[0]: configure an SMS connector first \
             (sign_in_experiences.enabled_connector_not_found)",
        ],
    );
    // With the connector in the same files it is right.
    harness.apply(&files()).await.unwrap();
}

#[tokio::test]
async fn a_connector_that_it_needs_can_not_be_pruned() {
    let harness = Harness::provisioned().await;
    let refused = harness.plan_with(&json!({}), Undeclared::Delete).await;
    let Err(ResourceError::Refused(found)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        found[0].to_string().contains("enabled_connector_not_found"),
        "{found:?}"
    );
}

#[tokio::test]
async fn mistakes_have_their_place() {
    let harness = Harness::provisioned().await;
    let found = harness
        .findings(&only(&json!({
            "signInMod": "SignIn",
            "mfa": { "factors": ["Totp"], "policy": "Mandatory" },
            "hideLogtoBranding": false,
            "signInMode": "Both",
            "signUp": { "identifier": ["phone"] },
            "signIn": { "methods": [
                { "identifier": "phone", "verificationCode": true },
                { "identifier": "fax" },
            ] },
        })))
        .await;
    check(
        &found,
        &[
            "signInExperience.mfa: comes with a later version",
            "signInExperience.signInMod: there is no such field",
            "signInExperience.signIn.methods[1]: unknown variant `fax`",
            "signInExperience.signInMode: unknown variant `Both`",
            "signInExperience.signUp: unknown field `identifier`",
        ],
    );
    check(
        &harness.findings(&only(&json!("x"))).await,
        &["signInExperience: expected an object"],
    );
    check(
        &harness
            .findings(&only(
                &json!({ "languageInfo": { "fallbackLanguage": "fr" } }),
            ))
            .await,
        &[
            "signInExperience.languageInfo.fallbackLanguage: use \"en\" or \"zh-CN\" \
           (sign_in_experiences.unsupported_default_language)",
        ],
    );
}

#[tokio::test]
async fn what_only_logtos_console_refuses_is_refused_in_files() {
    let harness = Harness::provisioned().await;
    let found = harness
        .findings(&only(&json!({ "signIn": { "methods": [
            { "identifier": "username", "password": true },
        ] } })))
        .await;
    check(
        &found,
        &["signInExperience.signUp.identifiers[0]: add a sign-in method for it"],
    );
}

#[tokio::test]
async fn a_plan_shows_lists_by_item_texts_by_line_and_advice() {
    let harness = Harness::provisioned().await;
    let css = |color: &str| format!("a {{\n  color: {color};\n}}\n");
    let both = json!([
        { "identifier": "phone", "verificationCode": true },
        { "identifier": "username", "password": true },
    ]);
    let before = json!({
        "customCss": css("red"),
        "emailBlocklistPolicy": { "customBlocklist": ["@a.example", "@b.example"] },
    });
    harness.apply(&only(&before)).await.unwrap();
    let plan = harness
        .plan(&only(&json!({
            "signIn": { "methods": both },
            "customCss": css("blue"),
            "emailBlocklistPolicy": { "customBlocklist": ["@b.example", "@c.example"] },
        })))
        .await
        .unwrap();
    assert_eq!(
        plan.to_string(),
        "~ sign-in experience\n    \
         customCss:\n      \
         @@ -1 +1 @@\n        \
         a {\n      \
         -   color: red;\n      \
         +   color: blue;\n        \
         }\n    \
         emailBlocklistPolicy.customBlocklist:\n      \
         - \"@a.example\"\n      \
         + \"@c.example\"\n    \
         signIn.methods:\n      \
         + {\"identifier\":\"username\",\"isPasswordPrimary\":false,\"password\":true,\
         \"verificationCode\":false}\n    \
         advice: signIn.methods: set signUp.password if new accounts shall have one: as it is, \
         only accounts that an administrator gave a password sign in so \
         (sign_in_experiences.password_sign_in_without_password)\n    \
         advice: passwordPolicy.length.min: ask for 15 characters, as NIST SP 800-63B-4 does of \
         a password that is the only factor (sign_in_experiences.short_passwords)\n    \
         advice: forgotPasswordMethods: name a method: whoever forgets the password is locked \
         out as it is (sign_in_experiences.no_password_recovery)"
    );
}

#[tokio::test]
async fn no_recovery_and_whatever_recovery_are_two_things() {
    let harness = Harness::provisioned().await;
    let automatic = only(&json!({ "forgotPasswordMethods": null }));
    let plan = harness.apply(&automatic).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "~ sign-in experience\n    forgotPasswordMethods: [] → (not set)"
    );
    assert!(harness.plan(&automatic).await.unwrap().is_empty());
    assert_eq!(stored(&harness).await.1.forgot_password_methods, None);
}
