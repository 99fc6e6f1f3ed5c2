//! The settings through the Management API's use cases: changed, looked back at, rolled back.

use std::time::Duration;

use moongate_core::{Clock as _, ErrorCode, Secret, StoreError, User, UserId};
use moongate_experience::Rule;
use moongate_management::{
    ManagementError, Page, PasswordToCheck, RevisionNote, RevisionView, SavedSettings, Strictness,
};
use serde_json::{Value, json};

use crate::harness::Harness;

fn note(comment: Option<&str>) -> RevisionNote {
    RevisionNote {
        author: "alice".into(),
        comment: comment.map(Into::into),
    }
}

async fn patch(harness: &Harness, body: Value) -> Result<SavedSettings, ManagementError> {
    let Value::Object(body) = body else {
        panic!("{body}");
    };
    let management = harness.management();
    management
        .update_sign_in_experience(body, note(Some("why not")))
        .await
}

async fn revisions(harness: &Harness, page: i64, size: i64) -> Vec<RevisionView> {
    let page = Page::new(Some(page), Some(size)).unwrap();
    let management = harness.management();
    management
        .sign_in_experience_revisions(page)
        .await
        .unwrap()
        .items
}

/// The fields of a refusal, each with its rule or its problem.
#[track_caller]
fn refused(outcome: Result<SavedSettings, ManagementError>, expected: &[&str]) {
    let found: Vec<String> = match outcome {
        Err(ManagementError::Settings(found)) => found.iter().map(ToString::to_string).collect(),
        Err(ManagementError::Invalid(found)) => found.iter().map(ToString::to_string).collect(),
        Err(ManagementError::Unsupported(field)) => vec![format!("{field}: unsupported")],
        other => panic!("{other:?}"),
    };
    crate::harness::check(&found, expected);
}

#[tokio::test]
async fn what_a_body_names_is_replaced_and_the_rest_stays() {
    let harness = Harness::provisioned().await;
    let before = harness.management().sign_in_experience().await.unwrap();
    let body = json!({ "color": {
        "primaryColor": "#123456", "isDarkModeEnabled": false, "darkPrimaryColor": "#abc",
    } });
    let saved = patch(&harness, body.clone()).await.unwrap();
    assert_eq!((saved.revision, saved.is_new), (2, true));
    let mut expected = before;
    expected["color"] = body["color"].clone();
    assert_eq!(saved.settings, expected);
    let again = patch(&harness, body).await.unwrap();
    assert_eq!((again.revision, again.is_new), (2, false));
}

#[tokio::test]
async fn the_whole_of_logtos_shape_can_be_sent_back() {
    let harness = Harness::provisioned().await;
    let whole = harness.management().sign_in_experience().await.unwrap();
    assert_eq!(whole["id"], "default");
    assert_eq!(whole["tenantId"], "default");
    assert_eq!(
        whole["mfa"],
        json!({ "factors": [], "policy": "UserControlled" })
    );
    let saved = patch(&harness, whole.clone()).await.unwrap();
    assert_eq!((saved.settings, saved.is_new), (whole, false));
}

#[tokio::test]
async fn what_can_not_be_heeded_is_refused_by_name() {
    let harness = Harness::provisioned().await;
    for (body, expected) in [
        (
            json!({ "mfa": { "factors": ["Totp"], "policy": "Mandatory" } }),
            "mfa: unsupported",
        ),
        (
            json!({ "hideLogtoBranding": true }),
            "hideLogtoBranding: unsupported",
        ),
        (
            json!({ "emailBlocklistPolicy": { "blockDisposableAddresses": true } }),
            "emailBlocklistPolicy.blockDisposableAddresses: unsupported",
        ),
        (json!({ "brand": {} }), "brand: there is no such field"),
        (json!({ "color": null }), "color: expected an object"),
        (json!({ "signIn": {} }), "signIn.methods: is required"),
        (
            json!({ "signIn": { "methods": [{ "identifier": "phone", "password": false,
                "verificationCode": true }] } }),
            "signIn.methods[0].isPasswordPrimary: is required",
        ),
        (
            json!({ "signInMode": "Both" }),
            "signInMode: unknown variant `Both`",
        ),
        (json!({ "termsOfUseUrl": 5 }), "termsOfUseUrl: invalid type"),
        (
            json!({ "termsOfUseUrl": "javascript:alert(1)" }),
            "termsOfUseUrl: give an address",
        ),
    ] {
        refused(patch(&harness, body).await, &[expected]);
    }
    assert_eq!(revisions(&harness, 1, 20).await.len(), 1);
    let body = json!({ "emailBlocklistPolicy": { "blockDisposableAddresses": false },
        "supportEmail": "" });
    assert!(!patch(&harness, body).await.unwrap().is_new);
}

#[tokio::test]
async fn logtos_server_rules_refuse_and_its_console_rules_are_told() {
    let harness = Harness::provisioned().await;
    let by_name = json!({ "signIn": { "methods": [{
        "identifier": "username", "password": true, "verificationCode": false,
        "isPasswordPrimary": true,
    }] } });
    let saved = patch(&harness, by_name).await.unwrap();
    let rules: Vec<_> = saved.findings.iter().map(|it| it.rule).collect();
    assert_eq!(rules, [Rule::MissSignUpIdentifierInSignIn]);
    let sign_up = json!({ "signUp": {
        "identifiers": ["email"], "password": true, "verify": true,
    } });
    refused(
        patch(&harness, sign_up).await,
        &["signUp.identifiers[0]: configure an e-mail connector first"],
    );
}

#[tokio::test]
async fn what_was_wrong_elsewhere_does_not_keep_a_change_from_being_saved() {
    let harness = Harness::provisioned().await;
    let id = harness.connectors().await.remove(0).id;
    harness
        .store
        .write(move |tx| {
            Box::pin(async move {
                tx.delete_connector(&id).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    patch(&harness, json!({ "signInMode": "SignIn" }))
        .await
        .unwrap();
    refused(
        patch(
            &harness,
            json!({ "signUp": { "identifiers": ["phone"], "password": false, "verify": true } }),
        )
        .await,
        &["signUp.identifiers[0]: configure an SMS connector first"],
    );
}

#[tokio::test]
async fn each_save_is_a_revision_with_author_comment_and_changes() {
    let harness = Harness::provisioned().await;
    let first = harness.clock.now();
    harness.clock.advance(Duration::from_mins(1));
    patch(&harness, json!({ "signInMode": "SignIn" }))
        .await
        .unwrap();
    let all = revisions(&harness, 1, 20).await;
    assert_eq!(all.len(), 2);
    let newest = serde_json::to_value(&all[0]).unwrap();
    assert_eq!(
        newest,
        json!({
            "revision": 2,
            "createdAt": first.0 + 60_000,
            "author": "alice",
            "comment": "why not",
            "changes": [{
                "path": "signInMode", "before": "SignInAndRegister", "after": "SignIn",
            }],
        })
    );
    assert_eq!(all[1].author, "command line");
    assert_eq!(all[1].comment.as_deref(), Some("a test"));
    let paths: Vec<_> = all[1].changes.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "languageInfo.fallbackLanguage",
            "signIn.methods",
            "signUp.identifiers",
            "signUp.password",
            "signUp.verify",
        ]
    );
    assert_eq!(revisions(&harness, 1, 1).await, all[..1]);
    assert_eq!(revisions(&harness, 2, 1).await, all[1..]);
    assert_eq!(revisions(&harness, 3, 1).await, []);
    let management = harness.management();
    let one = management.sign_in_experience_revision(1).await.unwrap();
    let settings = one.sign_in_experience.unwrap();
    assert_eq!(settings["signInMode"], "SignInAndRegister");
    assert_eq!(one.changes, all[1].changes);
    assert!(matches!(
        management.sign_in_experience_revision(3).await,
        Err(ManagementError::Refused(ErrorCode::EntityNotFound))
    ));
}

#[tokio::test]
async fn an_earlier_revision_comes_back_as_a_new_one() {
    let harness = Harness::provisioned().await;
    let management = harness.management();
    let first = management.sign_in_experience().await.unwrap();
    patch(&harness, json!({ "signInMode": "SignIn" }))
        .await
        .unwrap();
    let roll_back = |to, comment| {
        let management = harness.management();
        async move {
            management
                .roll_back_sign_in_experience(to, note(comment), Strictness::Files)
                .await
        }
    };
    let saved = roll_back(1, None).await.unwrap();
    assert_eq!((saved.revision, saved.settings), (3, first));
    let newest = revisions(&harness, 1, 1).await.remove(0);
    assert_eq!(newest.comment.as_deref(), Some("roll back to 1"));
    assert_eq!(newest.changes[0].path, "signInMode");
    // What is so already is not saved again.
    assert!(!roll_back(1, Some("again")).await.unwrap().is_new);
    assert!(matches!(
        roll_back(9, None).await,
        Err(ManagementError::Refused(ErrorCode::EntityNotFound))
    ));
}

#[tokio::test]
async fn todays_rules_hold_for_an_earlier_revision() {
    let harness = Harness::provisioned().await;
    let default = serde_json::to_value(moongate_experience::SignInExperience::fresh()).unwrap();
    harness
        .apply_with(
            &json!({ "signInExperience": default }),
            moongate_management::Undeclared::Delete,
        )
        .await
        .unwrap();
    let management = harness.management();
    let outcome = management
        .roll_back_sign_in_experience(1, note(None), Strictness::Server)
        .await;
    refused(
        outcome,
        &[
            "signIn.methods[0]: configure an SMS connector first",
            "signUp.identifiers[0]: configure an SMS connector first",
        ],
    );
}

#[tokio::test]
async fn of_two_changes_at_once_none_is_lost() {
    let harness = Harness::provisioned().await;
    let (one, two) = tokio::join!(
        patch(&harness, json!({ "signInMode": "SignIn" })),
        patch(&harness, json!({ "supportEmail": "help@example.com" })),
    );
    one.unwrap();
    two.unwrap();
    let settings = harness.management().sign_in_experience().await.unwrap();
    assert_eq!(settings["signInMode"], "SignIn");
    assert_eq!(settings["supportEmail"], "help@example.com");
}

#[tokio::test]
async fn anybody_may_know_what_a_page_shows() {
    let harness = Harness::provisioned().await;
    let methods = json!(["PhoneVerificationCode"]);
    patch(&harness, json!({ "forgotPasswordMethods": methods }))
        .await
        .unwrap();
    let management = harness.management();
    let public = management.public_sign_in_experience().await.unwrap();
    assert_eq!(
        public["forgotPassword"],
        json!({ "phone": true, "email": false })
    );
    assert_eq!(public["socialConnectors"], json!([]));
    for hidden in ["emailBlocklistPolicy", "forgotPasswordMethods"] {
        assert_eq!(public.get(hidden), None);
    }
}

#[tokio::test]
async fn a_password_is_held_against_the_policy() {
    let harness = Harness::provisioned().await;
    let now = harness.clock.now();
    harness
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut user = User::new(UserId::from("u"), None, now);
                user.username = Some("moonlight".into());
                tx.insert_user(&user).await?;
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    let management = harness.management();
    let check = |password: &str, user: Option<&str>| {
        let management = management.clone();
        let body = PasswordToCheck {
            password: Secret::new(password),
            user_id: user.map(UserId::from),
        };
        async move { management.check_password(body).await }
    };
    assert_eq!(check("a stone bridge", Some("u")).await.unwrap(), []);
    let issues = check("moonlight.7", Some("u")).await.unwrap();
    let codes: Vec<_> = issues.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["password_rejected.restricted.user_info"]);
    assert!(matches!(
        check("a stone bridge", None).await,
        Err(ManagementError::Refused(ErrorCode::RequestInvalidInput))
    ));
    assert!(matches!(
        check("a stone bridge", Some("x")).await,
        Err(ManagementError::Refused(ErrorCode::EntityNotFound))
    ));
}
