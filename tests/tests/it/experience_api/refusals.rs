//! Each refusal of the documented steps, with its status.

use std::time::Duration;

use moongate_core::SendError;
use moongate_tests::{Manager, fresh_number};
use serde_json::json;

use super::{Own, PASSWORD, email, gone, id, phone, refused, settle, username, with_sign_up};

#[tokio::test]
async fn without_a_beginning_there_is_nothing_to_go_on_with() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::new(&app).await;
    let code = "session.interaction_not_found";
    refused(&own.get("interaction").await, 404, code);
    refused(&own.submit().await, 404, code);
    refused(&own.post("identification", json!({})).await, 404, code);
    let event = json!({ "interactionEvent": "Register" });
    refused(&own.put("interaction-event", event).await, 404, code);
    let body = json!({ "identifier": phone("13800138000"), "interactionEvent": "SignIn" });
    let answer = own.post("verification/verification-code", body).await;
    refused(&answer, 404, code);
    refused(&own.password(&username("ann"), PASSWORD).await, 404, code);
    let name = json!({ "type": "username", "value": "ann" });
    refused(&own.post("profile", name).await, 404, code);
    let nothing = json!({});
    refused(
        &own.post("verification/totp/secret", nothing).await,
        404,
        code,
    );
}

#[tokio::test]
async fn a_body_has_its_shape() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let mut own = Own::begun(&app, "SignIn").await;
    let code = "guard.invalid_input";
    for body in [
        json!({}),
        json!({ "interactionEvent": "signIn" }),
        json!([]),
    ] {
        let answer = own.call("PUT", "experience", Some(body)).await;
        refused(&answer, 400, code);
    }
    let send = "verification/verification-code";
    for identifier in [
        json!({ "type": "phone", "value": "+8613800138000" }),
        json!({ "type": "phone", "value": "86 13800138000" }),
        json!({ "type": "phone", "value": "123" }),
        json!({ "type": "phone", "value": 8_613_800_138_000_u64 }),
        json!({ "type": "email", "value": "ann" }),
        json!({ "type": "email", "value": " ann@mail.example" }),
        json!({ "type": "username", "value": "ann" }),
        json!({ "type": "passport", "value": "ann" }),
        json!({ "type": "email", "value": "ann\u{0}@mail.example" }),
    ] {
        let body = json!({ "identifier": identifier, "interactionEvent": "SignIn" });
        refused(&own.post(send, body).await, 400, code);
    }
    refused(&own.password(&username("1a"), PASSWORD).await, 400, code);
    refused(&own.password(&username("ann"), "").await, 400, code);
    refused(&own.post("identification", json!({})).await, 400, code);
    // As Logto does, what is not known is not looked at.
    let more = json!({ "interactionEvent": "SignIn", "captchaToken": "x" });
    gone(&own.call("PUT", "experience", Some(more)).await);
}

#[tokio::test]
async fn codes_are_refused_in_logtos_order() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let number = fresh_number();
    let to = phone(&number);
    let mut own = Own::begun(&app, "SignIn").await;
    let record = own.send(&to, "SignIn").await;
    let right = app.code_for(&number);
    let wrong = app.wrong_code_for(&number);
    let answer = own.verify(&to, "no-such-record", &right).await;
    refused(&answer, 404, "session.verification_session_not_found");
    let other = phone(&fresh_number());
    let answer = own.verify(&other, &record, &right).await;
    refused(&answer, 400, "verification_code.phone_mismatch");
    let answer = own.verify(&email("a@mail.example"), &record, &right).await;
    refused(&answer, 400, "verification_code.email_mismatch");
    let unverified = own.identify(&record).await;
    refused(&unverified, 400, "session.verification_failed");
    for _ in 0..10 {
        let answer = own.verify(&to, &record, &wrong).await;
        refused(&answer, 400, "verification_code.code_mismatch");
    }
    let answer = own.verify(&to, &record, &right).await;
    refused(&answer, 400, "verification_code.exceed_max_try");
    app.advance(Duration::from_secs(601));
    let answer = own.verify(&to, &record, &right).await;
    refused(&answer, 400, "verification_code.expired");

    let record = own.prove_phone(&number, "SignIn").await;
    let answer = own.verify(&to, &record, &app.code_for(&number)).await;
    refused(&answer, 400, "verification_code.not_found");
}

#[tokio::test]
async fn too_many_messages_say_when_to_come_back() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let number = fresh_number();
    let mut own = Own::begun(&app, "SignIn").await;
    own.send(&phone(&number), "SignIn").await;
    let mut other = Own::begun(&app, "SignIn").await;
    let body = json!({ "identifier": phone(&number), "interactionEvent": "SignIn" });
    let answer = other.post("verification/verification-code", body).await;
    let data = refused(&answer, 429, "request.message_rate_limited");
    assert_eq!(data, json!({ "retryAfter": 60 }));
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(app.messages_to(&number), 1);
}

#[tokio::test]
async fn what_the_provider_says_of_a_message_is_told() {
    let app = with_sign_up(json!(["phone"]), false).await;
    for (failure, status, code) in [
        (SendError::Failed, 400, "connector.general"),
        (SendError::NoConnector, 501, "connector.not_found"),
        (SendError::RateLimited, 429, "request.message_rate_limited"),
    ] {
        app.fail_sending_with(Some(failure));
        let mut own = Own::begun(&app, "SignIn").await;
        let to = phone(&fresh_number());
        let body = json!({ "identifier": to, "interactionEvent": "SignIn" });
        let answer = own.post("verification/verification-code", body).await;
        refused(&answer, status, code);
    }
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_until_an_administrator_opens() {
    let app = with_sign_up(json!(["username"]), true).await;
    let policy = json!({ "sentinelPolicy": { "maxAttempts": 3, "lockoutDuration": 10 } });
    settle(&app, policy).await;
    let manager = Manager::new(&app).await;
    let body = json!({ "username": "ann", "password": PASSWORD });
    manager.post("/api/users", body).await;
    let mut own = Own::begun(&app, "SignIn").await;
    for _ in 0..2 {
        let answer = own.password(&username("ann"), "wrong").await;
        refused(&answer, 422, "session.invalid_credentials");
    }
    let code = "session.verification_blocked_too_many_attempts";
    for password in ["wrong", PASSWORD] {
        let answer = own.password(&username("ann"), password).await;
        let data = refused(&answer, 400, code);
        assert_eq!(data, json!({ "retryAfter": 600 }));
        assert_eq!(answer.header("retry-after"), "600");
    }
    let unlock = json!({ "targetType": "User", "targets": ["ann"] });
    let answer = manager
        .post("/api/sentinel-activities/delete", unlock)
        .await;
    gone(&answer);
    id(&own.password(&username("ann"), PASSWORD).await);
}

#[tokio::test]
async fn the_settings_say_who_may_do_what() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let number = fresh_number();
    let user = json!({ "primaryPhone": format!("86{number}"), "username": "ann" });
    Manager::new(&app).await.post("/api/users", user).await;
    let mut own = Own::begun(&app, "SignIn").await;
    let record = own.prove_phone(&number, "SignIn").await;
    settle(&app, json!({ "signInMode": "Register" })).await;
    refused(&own.identify(&record).await, 403, "auth.forbidden");
    let event = json!({ "interactionEvent": "SignIn" });
    refused(
        &own.put("interaction-event", event).await,
        403,
        "auth.forbidden",
    );
    settle(&app, json!({ "signInMode": "SignIn" })).await;
    let event = json!({ "interactionEvent": "Register" });
    refused(
        &own.put("interaction-event", event).await,
        403,
        "auth.forbidden",
    );
    let methods = json!([{
        "identifier": "phone", "password": true, "verificationCode": false,
        "isPasswordPrimary": true,
    }]);
    settle(&app, json!({ "signIn": { "methods": methods } })).await;
    let answer = own.identify(&record).await;
    refused(&answer, 422, "user.sign_in_method_not_enabled");
}

#[tokio::test]
async fn nobody_becomes_somebody_else_on_the_way() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let manager = Manager::new(&app).await;
    let number = fresh_number();
    let ann = json!({ "username": "ann", "password": PASSWORD });
    let bea = json!({ "username": "bea", "primaryPhone": format!("86{number}") });
    for user in [ann, bea] {
        manager.post("/api/users", user).await;
    }
    let mut own = Own::begun(&app, "SignIn").await;
    let first = id(&own.password(&username("ann"), PASSWORD).await);
    gone(&own.identify(&first).await);
    let second = own.prove_phone(&number, "SignIn").await;
    refused(
        &own.identify(&second).await,
        409,
        "session.identity_conflict",
    );
    let name = json!({ "type": "username", "value": "cleo" });
    let answer = own.post("profile", name).await;
    refused(&answer, 422, "user.username_exists_in_profile");
}

#[tokio::test]
async fn blocked_addresses_do_not_register() {
    let app = with_sign_up(json!(["email"]), false).await;
    let policy = json!({ "blockSubaddressing": true, "customBlocklist": ["@bad.example"] });
    settle(&app, json!({ "emailBlocklistPolicy": policy })).await;
    for (address, code) in [
        (
            "ann@bad.example",
            "session.email_blocklist.email_not_allowed",
        ),
        (
            "ann+1@mail.example",
            "session.email_blocklist.email_subaddressing_not_allowed",
        ),
    ] {
        let mut own = Own::begun(&app, "Register").await;
        let record = own.send(&email(address), "Register").await;
        let code_sent = app.code_by_email(address);
        own.verify(&email(address), &record, &code_sent).await;
        refused(&own.identify(&record).await, 422, code);
    }
}
