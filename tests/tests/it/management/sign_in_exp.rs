//! The settings of the sign-in experience, and what of them anybody may read.

use http::StatusCode;
use moongate_core::Store;
use moongate_tests::{MANAGEMENT_ID, Manager, TestApp};
use serde_json::{Value, json};

use super::{ok, refused};

const PATH: &str = "/api/sign-in-exp";

#[tokio::test]
async fn settings_are_told_in_logtos_shape_and_changed_by_field() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let whole = ok(&manager.get(PATH).await);
    assert_eq!(whole["id"], "default");
    assert_eq!(whole["tenantId"], "default");
    assert_eq!(whole["signUp"]["identifiers"], json!(["phone"]));
    assert_eq!(whole["mfa"]["policy"], "UserControlled");
    assert_eq!(whole["usernamePolicy"]["maxLength"], 128);

    let body = json!({ "termsOfUseUrl": "https://example.com/terms", "supportEmail": null });
    let answer = manager.patch(PATH, body).await;
    let changed = ok(&answer);
    assert_eq!(changed["termsOfUseUrl"], "https://example.com/terms");
    assert_eq!(changed["signUp"], whole["signUp"]);
    assert!(answer.headers.get("moongate-finding").is_none());
    // What was read can be sent back.
    assert_eq!(ok(&manager.patch(PATH, changed.clone()).await), changed);
}

#[tokio::test]
async fn refusals_have_logtos_codes_and_name_the_field() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let store: &dyn Store = app.store();
    let without_mail = store.write(|tx| {
        Box::pin(async move { tx.delete_connector(&"development-outbox".into()).await })
    });
    without_mail.await.unwrap();
    let sign_up = |identifiers: Value, verify: bool| {
        json!({ "signUp": {
            "identifiers": identifiers, "password": false, "verify": verify,
        } })
    };
    let method = |identifier: &str, password: bool, code: bool| {
        json!({ "signIn": { "methods": [{
            "identifier": identifier, "password": password, "verificationCode": code,
            "isPasswordPrimary": password,
        }] } })
    };
    for (body, status, code) in [
        (
            sign_up(json!(["phone"]), false),
            400,
            "sign_in_experiences.passwordless_requires_verify",
        ),
        (
            sign_up(json!(["email"]), true),
            400,
            "sign_in_experiences.enabled_connector_not_found",
        ),
        (
            sign_up(json!(["phone", "phone"]), true),
            400,
            "sign_in_experiences.duplicated_sign_up_identifiers",
        ),
        (
            method("phone", false, false),
            400,
            "sign_in_experiences.at_least_one_authentication_factor",
        ),
        (
            method("phone", true, false),
            400,
            "sign_in_experiences.code_sign_in_must_be_enabled",
        ),
        (
            json!({ "forgotPasswordMethods": ["EmailVerificationCode"] }),
            400,
            "sign_in_experiences.forgot_password_method_requires_connector",
        ),
        (
            json!({ "emailBlocklistPolicy": { "customBlocklist": ["x"] } }),
            400,
            "sign_in_experiences.invalid_custom_email_blocklist_format",
        ),
        (
            json!({ "languageInfo": { "autoDetect": true, "fallbackLanguage": "tlh" } }),
            400,
            "sign_in_experiences.unsupported_default_language",
        ),
        (
            json!({ "customCss": "@import 'x'" }),
            400,
            "guard.invalid_input",
        ),
        (json!({ "signInMod": "SignIn" }), 400, "guard.invalid_input"),
        (
            json!({ "singleSignOnEnabled": true }),
            422,
            "request.feature_not_supported",
        ),
    ] {
        refused(&manager.patch(PATH, body).await, status, code);
    }
    let answer = manager.patch(PATH, sign_up(json!(["email"]), true)).await;
    let body = answer.json();
    assert_eq!(body["data"]["type"], "Email");
    assert_eq!(
        body["data"]["issues"][0]["path"],
        json!(["signUp", "identifiers", 0])
    );
    let details = body["details"].as_str().unwrap();
    assert!(
        details.starts_with("signUp.identifiers[0]: configure an e-mail connector first"),
        "{details}"
    );
    let body = json!({ "mfa": { "factors": ["Totp"], "policy": "Mandatory" } });
    let answer = manager.patch(PATH, body).await;
    assert_eq!(answer.json()["data"]["field"], "mfa");
}

#[tokio::test]
async fn what_only_logtos_console_refuses_is_saved_and_told() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "signIn": { "methods": [] } });
    let answer = manager.patch(PATH, body).await;
    ok(&answer);
    let found: Vec<_> = answer
        .headers
        .get_all("moongate-finding")
        .into_iter()
        .collect();
    assert_eq!(
        found,
        [
            "sign_in_experience.nobody_can_sign_in",
            "sign_in_experience.miss_sign_up_identifier_in_sign_in",
        ]
    );
}

#[tokio::test]
async fn revisions_are_listed_shown_and_rolled_back() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let before = ok(&manager.get(PATH).await);
    let path = format!("{PATH}?comment=a%20quiet%20night");
    ok(&manager
        .patch(&path, json!({ "signInMode": "SignIn" }))
        .await);

    let revisions = format!("{PATH}/revisions");
    let answer = manager
        .get(&format!("{revisions}?page=1&page_size=1"))
        .await;
    assert_eq!(answer.header("total-number"), "2");
    let newest = ok(&answer)[0].take();
    assert_eq!(newest["revision"], 2);
    assert_eq!(newest["author"], MANAGEMENT_ID);
    assert_eq!(newest["comment"], "a quiet night");
    assert_eq!(newest["createdAt"], app.now().0);
    assert_eq!(
        newest["changes"],
        json!([{ "path": "signInMode", "before": "SignInAndRegister", "after": "SignIn" }])
    );
    let all = ok(&manager.get(&revisions).await);
    assert_eq!(all[1]["author"], "command line");

    let first = ok(&manager.get(&format!("{revisions}/1")).await);
    assert_eq!(first["signInExperience"]["signInMode"], "SignInAndRegister");
    for unknown in ["3", "0", "x"] {
        let answer = manager.get(&format!("{revisions}/{unknown}")).await;
        refused(&answer, 404, "entity.not_found");
    }

    let rollback = format!("{revisions}/1/rollback");
    assert_eq!(ok(&manager.post(&rollback, json!({})).await), before);
    let newest = ok(&manager.get(&format!("{revisions}/3")).await);
    assert_eq!(newest["comment"], "roll back to 1");
    let wrong = json!({ "comment": "two\nlines" });
    refused(
        &manager.post(&rollback, wrong).await,
        400,
        "guard.invalid_input",
    );
    let answer = manager
        .post(&format!("{revisions}/9/rollback"), json!({}))
        .await;
    refused(&answer, 404, "entity.not_found");
}

#[tokio::test]
async fn a_password_is_checked_as_logto_does() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let path = format!("{PATH}/default/check-password");
    refused(
        &manager
            .post(&path, json!({ "password": "a stone bridge" }))
            .await,
        400,
        "request.invalid_input",
    );
    let body = json!({ "passwordPolicy": { "rejects": { "userInfo": false } } });
    ok(&manager.patch(PATH, body).await);
    let fine = manager
        .post(&path, json!({ "password": "a stone bridge" }))
        .await;
    assert_eq!(ok(&fine), json!({ "result": true }));
    let answer = manager.post(&path, json!({ "password": "bridge" })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let body = answer.json();
    assert_eq!(body["result"], false);
    assert_eq!(
        body["issues"][0],
        json!({ "code": "password_rejected.too_short", "interpolation": { "min": 8 } })
    );
}

#[tokio::test]
async fn anybody_reads_what_a_sign_in_page_needs() {
    let app = TestApp::new().await;
    for path in [
        "/api/.well-known/sign-in-exp",
        "/api/.well-known/experience",
        "/api/.well-known/sign-in-exp?appId=bookstore&organizationId=x",
    ] {
        let answer = Manager::send(&app, None, "GET", path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let settings = answer.json();
        assert_eq!(settings["signInMode"], "SignInAndRegister");
        assert_eq!(
            settings["forgotPassword"],
            json!({ "phone": false, "email": false })
        );
        assert_eq!(settings["socialConnectors"], json!([]));
        assert_eq!(settings.get("emailBlocklistPolicy"), None);
        assert_eq!(settings.get("forgotPasswordMethods"), None);
    }
}
