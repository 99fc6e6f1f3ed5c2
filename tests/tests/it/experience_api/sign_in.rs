//! Known people sign in.

use moongate_tests::{Manager, TestApp, fresh_number};
use serde_json::json;

use super::{Own, PASSWORD, email, gone, id, ok, phone, refused, username, with_sign_up};

/// A server with one account, and its number.
async fn with_ann() -> (TestApp, String, String) {
    let app = with_sign_up(json!(["username"]), true).await;
    let number = fresh_number();
    let body = json!({
        "username": "ann", "primaryEmail": "ann@mail.example",
        "primaryPhone": format!("86{number}"), "password": PASSWORD,
    });
    let user = Manager::new(&app).await.post("/api/users", body).await;
    let sub = user.json()["id"].as_str().unwrap().to_owned();
    (app, number, sub)
}

#[tokio::test]
async fn by_a_code_to_the_phone() {
    let (app, number, sub) = with_ann().await;
    let mut own = Own::begun(&app, "SignIn").await;
    let record = own.prove_phone(&number, "SignIn").await;
    gone(&own.identify(&record).await);
    assert_eq!(own.arrive().await["sub"], sub);
}

#[tokio::test]
async fn by_a_code_to_the_address() {
    let (app, _, sub) = with_ann().await;
    let mut own = Own::begun(&app, "SignIn").await;
    let address = email("Ann@Mail.Example");
    let record = own.send(&address, "SignIn").await;
    let code = app.code_by_email("ann@mail.example");
    id(&own.verify(&address, &record, &code).await);
    gone(&own.identify(&record).await);
    let claims = own.arrive().await;
    assert_eq!(
        (&claims["sub"], &claims["amr"]),
        (&json!(sub), &json!(["otp"]))
    );
}

#[tokio::test]
async fn by_a_password_and_whatever_it_goes_with() {
    let (app, number, sub) = with_ann().await;
    for identifier in [username("ann"), email("ann@mail.example"), phone(&number)] {
        let mut own = Own::begun(&app, "SignIn").await;
        let record = id(&own.password(&identifier, PASSWORD).await);
        gone(&own.identify(&record).await);
        let claims = own.arrive().await;
        assert_eq!(
            (&claims["sub"], &claims["amr"]),
            (&json!(sub), &json!(["pwd"]))
        );
    }
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_an_account_without_one_look_alike() {
    let (app, number, _) = with_ann().await;
    let manager = Manager::new(&app).await;
    manager
        .post("/api/users", json!({ "username": "bea" }))
        .await;
    let mut own = Own::begun(&app, "SignIn").await;
    let mut bodies = Vec::new();
    for identifier in [
        username("ann"),
        username("bea"),
        username("nobody"),
        phone(&number),
    ] {
        let answer = own.password(&identifier, "not the password").await;
        refused(&answer, 422, "session.invalid_credentials");
        bodies.push(answer.bytes);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn who_is_barred_learns_it_by_the_right_password_alone() {
    let (app, number, sub) = with_ann().await;
    let manager = Manager::new(&app).await;
    let path = format!("/api/users/{sub}/is-suspended");
    manager.patch(&path, json!({ "isSuspended": true })).await;
    let mut own = Own::begun(&app, "SignIn").await;
    let wrong = own.password(&username("ann"), "not the password").await;
    refused(&wrong, 422, "session.invalid_credentials");
    let right = own.password(&username("ann"), PASSWORD).await;
    refused(&right, 401, "user.suspended");
    let record = own.prove_phone(&number, "SignIn").await;
    refused(&own.identify(&record).await, 401, "user.suspended");
}

#[tokio::test]
async fn a_newer_record_takes_the_place_of_one_of_its_kind() {
    let (app, _, _) = with_ann().await;
    let mut own = Own::begun(&app, "SignIn").await;
    let first = id(&own.password(&username("ann"), PASSWORD).await);
    let second = id(&own.password(&username("ann"), PASSWORD).await);
    refused(
        &own.identify(&first).await,
        404,
        "session.verification_session_not_found",
    );
    gone(&own.identify(&second).await);
    assert_eq!(
        ok(&own.get("interaction").await)["verificationRecords"],
        json!([{
            "id": second, "type": "Password", "verified": true,
            "identifier": { "type": "username", "value": "ann" },
        }])
    );
}
