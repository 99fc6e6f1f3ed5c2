//! A forgotten password is replaced.

use moongate_tests::{Manager, TestApp, fresh_number};
use serde_json::{Value, json};

use super::{
    OTHER_PASSWORD, Own, PASSWORD, gone, id, phone, refused, settle, username, with_sign_up,
};

async fn with_ann() -> (TestApp, String) {
    let app = with_sign_up(json!(["username"]), true).await;
    let number = fresh_number();
    let phone = format!("86{number}");
    let body = json!({ "username": "ann", "primaryPhone": phone, "password": PASSWORD });
    Manager::new(&app).await.post("/api/users", body).await;
    (app, number)
}

async fn recovering<'a>(app: &'a TestApp, number: &str) -> Own<'a> {
    let mut own = Own::begun(app, "ForgotPassword").await;
    let record = own.prove_phone(number, "ForgotPassword").await;
    gone(&own.identify(&record).await);
    own
}

#[tokio::test]
async fn the_new_password_signs_in_and_the_old_one_does_not() {
    let (app, number) = with_ann().await;
    let mut own = recovering(&app, &number).await;
    refused(
        &own.submit().await,
        422,
        "user.new_password_required_in_profile",
    );
    for (password, code) in [
        (PASSWORD, "user.same_password"),
        ("12345678", "password.rejected"),
    ] {
        let answer = own
            .put("profile/password", json!({ "password": password }))
            .await;
        refused(&answer, 422, code);
    }
    let new = json!({ "password": OTHER_PASSWORD });
    gone(&own.put("profile/password", new).await);
    gone(&own.submit().await);

    own.begin("SignIn").await;
    let old = own.password(&username("ann"), PASSWORD).await;
    refused(&old, 422, "session.invalid_credentials");
    let record = id(&own.password(&username("ann"), OTHER_PASSWORD).await);
    gone(&own.identify(&record).await);
    own.arrive().await;
}

#[tokio::test]
async fn nothing_is_sent_to_whoever_has_no_account_and_nobody_is_told() {
    let (app, number) = with_ann().await;
    let stranger = fresh_number();
    let mut bodies = Vec::new();
    for number in [&number, &stranger] {
        let mut own = Own::begun(&app, "ForgotPassword").await;
        let record = own.send(&phone(number), "ForgotPassword").await;
        let answer = own.verify(&phone(number), &record, "000000").await;
        refused(&answer, 400, "verification_code.code_mismatch");
        bodies.push(answer.bytes);
    }
    assert_eq!(bodies[0], bodies[1]);
    app.message_through(1).await;
    assert_eq!(
        (app.messages_to(&number), app.messages_to(&stranger)),
        (1, 0)
    );
}

#[tokio::test]
async fn recovery_goes_by_the_methods_that_are_allowed_alone() {
    let (app, number) = with_ann().await;
    let code = "session.not_supported_for_forgot_password";
    let mut own = Own::begun(&app, "ForgotPassword").await;
    let record = own.prove_phone(&number, "ForgotPassword").await;
    settle(&app, json!({ "forgotPasswordMethods": [] })).await;
    let body = json!({ "identifier": phone(&number), "interactionEvent": "ForgotPassword" });
    let answer = own.post("verification/verification-code", body).await;
    refused(&answer, 400, code);
    refused(&own.identify(&record).await, 422, code);
    let record = id(&own.password(&username("ann"), PASSWORD).await);
    refused(&own.identify(&record).await, 422, code);
    let name = json!({ "type": "username", "value": "bea" });
    refused(&own.post("profile", name).await, 400, code);
    let event = json!({ "interactionEvent": "SignIn" });
    refused(&own.put("interaction-event", event).await, 400, code);
}

#[tokio::test]
async fn a_new_password_is_for_whoever_proved_who_they_are() {
    let (app, _) = with_ann().await;
    let new = json!({ "password": OTHER_PASSWORD });
    let mut own = Own::begun(&app, "ForgotPassword").await;
    let answer = own.put("profile/password", new.clone()).await;
    refused(&answer, 404, "session.identifier_not_found");
    refused(&own.submit().await, 404, "session.identifier_not_found");
    own.begin("SignIn").await;
    let answer = own.put("profile/password", new).await;
    refused(&answer, 400, "session.not_supported_for_forgot_password");
    let wrong: [Value; 2] = [json!({}), json!({ "password": "" })];
    for body in wrong {
        let answer = own.put("profile/password", body).await;
        refused(&answer, 400, "guard.invalid_input");
    }
}
