//! Passwords of users as administrators set, bring along and check them; and locks.

use moongate_tests::{Manager, TestApp};
use serde_json::{Value, json};

use super::{gone, id, ok, refused};

/// bcrypt's hash of `U*U` with cost 5, from its published test vectors.
const BCRYPT: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

async fn verify(manager: &Manager<'_>, user: &str, password: &str) -> moongate_tests::Page {
    let path = format!("/api/users/{user}/password/verify");
    manager.post(&path, json!({ "password": password })).await
}

#[tokio::test]
async fn a_password_is_given_checked_and_changed() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    // The policy would not allow it; an administrator may.
    let body = json!({ "username": "ann", "password": "123456" });
    let ann = ok(&manager.post("/api/users", body).await);
    assert_eq!(ann["hasPassword"], true);
    let ann = id(&ann);
    let code = "session.invalid_credentials";
    gone(&verify(&manager, &ann, "123456").await);
    refused(&verify(&manager, &ann, "1234567").await, 422, code);

    let path = format!("/api/users/{ann}/password");
    let answer = manager.patch(&path, json!({ "password": "abc" })).await;
    assert_eq!(ok(&answer)["hasPassword"], true);
    assert!(!answer.text().contains("argon2"));
    refused(&verify(&manager, &ann, "123456").await, 422, code);
    gone(&verify(&manager, &ann, "abc").await);
}

#[tokio::test]
async fn who_has_no_password_can_be_given_one() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let ann = id(&ok(&manager.post("/api/users", json!({})).await));
    let has = format!("/api/users/{ann}/has-password");
    assert_eq!(
        ok(&manager.get(&has).await),
        json!({ "hasPassword": false })
    );
    let answer = verify(&manager, &ann, "abc").await;
    refused(&answer, 422, "session.invalid_credentials");
    let path = format!("/api/users/{ann}/password");
    ok(&manager.patch(&path, json!({ "password": "abc" })).await);
    assert_eq!(ok(&manager.get(&has).await), json!({ "hasPassword": true }));
    let user = ok(&manager.get(&format!("/api/users/{ann}")).await);
    assert_eq!(user["hasPassword"], true);
    gone(&verify(&manager, &ann, "abc").await);
}

#[tokio::test]
async fn a_hash_may_be_brought_along() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "passwordDigest": BCRYPT, "passwordAlgorithm": "Bcrypt" });
    let ann = ok(&manager.post("/api/users", body).await);
    assert_eq!(ann["hasPassword"], true);
    let ann = id(&ann);
    gone(&verify(&manager, &ann, "U*U").await);
    let answer = verify(&manager, &ann, "U*V").await;
    refused(&answer, 422, "session.invalid_credentials");
}

#[tokio::test]
async fn what_is_no_password_and_no_hash_has_a_code() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let long = "a".repeat(4097);
    for (body, code) in [
        (
            json!({ "password": "x", "passwordDigest": BCRYPT, "passwordAlgorithm": "Bcrypt" }),
            "user.password_and_digest",
        ),
        (
            json!({ "passwordDigest": BCRYPT }),
            "user.password_algorithm_required",
        ),
        (
            json!({ "passwordDigest": "d41d8cd9", "passwordAlgorithm": "MD5" }),
            "password.unsupported_encryption_method",
        ),
        (
            json!({ "passwordDigest": "d41d8cd9", "passwordAlgorithm": "Bcrypt" }),
            "guard.invalid_input",
        ),
        (
            json!({ "passwordDigest": BCRYPT.replace("$05$", "$31$"), "passwordAlgorithm": "Bcrypt" }),
            "guard.invalid_input",
        ),
        (
            json!({ "passwordAlgorithm": "Bcrypt" }),
            "guard.invalid_input",
        ),
        (json!({ "password": "" }), "guard.invalid_input"),
        (json!({ "password": long }), "guard.invalid_input"),
        (json!({ "password": 1 }), "guard.invalid_input"),
    ] {
        let answer = manager.post("/api/users", body.clone()).await;
        refused(&answer, 400, code);
    }
    assert_eq!(ok(&manager.get("/api/users").await), json!([]));

    let ann = id(&ok(&manager.post("/api/users", json!({})).await));
    let path = format!("/api/users/{ann}/password");
    for body in [
        json!({}),
        json!({ "password": "" }),
        json!({ "password": long }),
    ] {
        refused(
            &manager.patch(&path, body).await,
            400,
            "guard.invalid_input",
        );
    }
    let body = json!({ "password": "abc" });
    let unknown = "/api/users/unknown/password";
    refused(&manager.patch(unknown, body).await, 404, "entity.not_found");
    refused(
        &verify(&manager, "unknown", "abc").await,
        404,
        "entity.not_found",
    );
}

#[tokio::test]
async fn identifiers_are_unlocked_by_name() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let path = "/api/sentinel-activities/delete";
    let body = json!({ "targetType": "User", "targets": ["ann", "8613800138000"] });
    gone(&manager.post(path, body).await);
    let wrong: [Value; 4] = [
        json!({ "targetType": "User", "targets": [] }),
        json!({ "targetType": "App", "targets": ["ann"] }),
        json!({ "targetType": "User", "targets": [1] }),
        json!({ "targets": ["ann"] }),
    ];
    for body in wrong {
        refused(&manager.post(path, body).await, 400, "guard.invalid_input");
    }
}
