//! Accounts are made.

use moongate_tests::{Manager, fresh_number};
use serde_json::json;

use super::{
    OTHER_PASSWORD, Own, PASSWORD, created, email, gone, id, ok, phone, refused, username,
    with_sign_up,
};

#[tokio::test]
async fn a_number_becomes_an_account() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let number = fresh_number();
    let mut own = Own::begun(&app, "Register").await;
    let record = own.prove_phone(&number, "Register").await;
    created(&own.identify(&record).await);
    let interaction = ok(&own.get("interaction").await);
    let claims = own.arrive().await;
    assert_eq!(interaction["userId"], claims["sub"]);
    assert_eq!(claims["phone_number"], format!("86{number}"));
    assert_eq!(claims["amr"], json!(["otp", "sms"]));
}

#[tokio::test]
async fn a_user_name_and_a_password_become_an_account() {
    let app = with_sign_up(json!(["username"]), true).await;
    let mut own = Own::begun(&app, "Register").await;
    let body = json!({ "identifier": username("ann_1"), "password": PASSWORD });
    let path = "verification/new-password-identity";
    let record = id(&own.post(path, body.clone()).await);
    created(&own.identify(&record).await);
    let claims = own.arrive().await;
    assert_eq!(claims["username"], "ann_1");

    let mut other = Own::begun(&app, "Register").await;
    refused(
        &other.post(path, body).await,
        422,
        "user.username_already_in_use",
    );
    let weak = json!({ "identifier": username("bea"), "password": "12345678" });
    let issues = refused(&other.post(path, weak).await, 422, "password.rejected");
    let codes: Vec<_> = issues
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert!(
        codes.contains(&&json!("password_rejected.pwned")),
        "{codes:?}"
    );
    for wrong in [username("1a"), phone("13800138000")] {
        let body = json!({ "identifier": wrong, "password": PASSWORD });
        refused(&other.post(path, body).await, 400, "guard.invalid_input");
    }
}

#[tokio::test]
async fn what_is_missing_is_named_and_may_be_added() {
    let app = with_sign_up(json!(["phone", "username"]), true).await;
    let number = fresh_number();
    let mut own = Own::begun(&app, "Register").await;
    let record = own.prove_phone(&number, "Register").await;
    let data = refused(&own.identify(&record).await, 422, "user.missing_profile");
    assert_eq!(data, json!({ "missingProfile": ["username", "password"] }));
    let interaction = ok(&own.get("interaction").await);
    assert_eq!(
        interaction["profile"],
        json!({ "primaryPhone": format!("86{number}") })
    );
    let name = json!({ "type": "username", "value": "ann" });
    gone(&own.post("profile", name).await);
    let data = refused(
        &own.post("identification", json!({})).await,
        422,
        "user.missing_profile",
    );
    assert_eq!(data, json!({ "missingProfile": ["password"] }));
    let password = json!({ "type": "password", "value": "12345678" });
    refused(
        &own.post("profile", password).await,
        422,
        "password.rejected",
    );
    let password = json!({ "type": "password", "value": PASSWORD });
    gone(&own.post("profile", password).await);
    created(&own.post("identification", json!({})).await);
    assert_eq!(own.arrive().await["username"], "ann");
}

#[tokio::test]
async fn an_address_is_added_by_its_code() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let number = fresh_number();
    let mut own = Own::begun(&app, "Register").await;
    let record = own.prove_phone(&number, "Register").await;
    created(&own.identify(&record).await);
    let address = email("ann@mail.example");
    let sent = own.send(&address, "Register").await;
    let body = json!({ "type": "email", "verificationId": sent });
    refused(
        &own.post("profile", body.clone()).await,
        400,
        "session.verification_failed",
    );
    let code = app.code_by_email("ann@mail.example");
    own.verify(&address, &sent, &code).await;
    gone(&own.post("profile", body).await);
    let again = json!({ "type": "phone", "verificationId": record });
    refused(
        &own.post("profile", again).await,
        422,
        "user.phone_exists_in_profile",
    );
    let sub = own.arrive().await["sub"].clone();
    let manager = Manager::new(&app).await;
    let path = format!("/api/users/{}", sub.as_str().unwrap());
    let user = manager.get(&path).await.json();
    assert_eq!(user["primaryEmail"], "ann@mail.example");
}

#[tokio::test]
async fn who_turns_out_to_be_known_signs_in_with_the_same_record() {
    let app = with_sign_up(json!(["phone"]), false).await;
    let number = fresh_number();
    let mut own = Own::begun(&app, "SignIn").await;
    let record = own.prove_phone(&number, "SignIn").await;
    let data = refused(&own.identify(&record).await, 404, "user.user_not_exist");
    assert_eq!(data, json!({ "identifier": format!("86{number}") }));
    gone(
        &own.put(
            "interaction-event",
            json!({ "interactionEvent": "Register" }),
        )
        .await,
    );
    created(&own.identify(&record).await);
    let sub = own.arrive().await["sub"].clone();

    app.advance(std::time::Duration::from_secs(90));
    let mut own = Own::begun(&app, "Register").await;
    let record = own.prove_phone(&number, "Register").await;
    refused(
        &own.identify(&record).await,
        422,
        "user.phone_already_in_use",
    );
    gone(
        &own.put("interaction-event", json!({ "interactionEvent": "SignIn" }))
            .await,
    );
    gone(&own.identify(&record).await);
    assert_eq!(own.arrive().await["sub"], sub);
}

#[tokio::test]
async fn an_account_that_lacks_a_password_gets_one_on_the_way() {
    let app = with_sign_up(json!(["phone"]), true).await;
    let number = fresh_number();
    let user = json!({ "primaryPhone": format!("86{number}") });
    Manager::new(&app).await.post("/api/users", user).await;
    let mut own = Own::begun(&app, "SignIn").await;
    let record = own.prove_phone(&number, "SignIn").await;
    gone(&own.identify(&record).await);
    let data = refused(&own.submit().await, 422, "user.missing_profile");
    assert_eq!(data, json!({ "missingProfile": ["password"] }));
    let password = json!({ "type": "password", "value": OTHER_PASSWORD });
    gone(&own.post("profile", password).await);
    own.arrive().await;
    let mut own = Own::begun(&app, "SignIn").await;
    let record = id(&own.password(&phone(&number), OTHER_PASSWORD).await);
    gone(&own.identify(&record).await);
    let again = json!({ "type": "password", "value": PASSWORD });
    refused(
        &own.post("profile", again).await,
        422,
        "user.password_exists_in_profile",
    );
}
