//! The token-signing keys.

use std::time::Duration;

use moongate_tests::{Manager, TestApp};
use serde_json::{Value, json};

use super::{gone, id, ok, refused};

const PATH: &str = "/api/configs/oidc/private-keys";

fn of<'a>(keys: &'a Value, algorithm: &str, status: &str) -> Option<&'a Value> {
    let mut keys = keys.as_array().unwrap().iter();
    keys.find(|it| it["signingKeyAlgorithm"] == algorithm && it["status"] == status)
}

#[tokio::test]
async fn keys_are_listed_rotated_and_removed() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let keys = ok(&manager.get(PATH).await);
    let first = id(of(&keys, "EC", "Current").unwrap());
    assert!(of(&keys, "RSA", "Current").is_some());
    let fields = keys[0].as_object().unwrap();
    assert_eq!(fields.len(), 4, "{fields:?}");

    let rotate = format!("{PATH}/rotate");
    let body = json!({ "signingKeyAlgorithm": "EC", "rotationGracePeriod": 60 });
    let keys = ok(&manager.post(&rotate, body.clone()).await);
    assert!(of(&keys, "EC", "Next").is_some());
    assert_eq!(id(of(&keys, "EC", "Current").unwrap()), first);
    refused(
        &manager.post(&rotate, body).await,
        422,
        "oidc.invalid_request",
    );
    let code = "oidc.only_previous_key_can_be_deleted";
    refused(&manager.delete(&format!("{PATH}/{first}")).await, 422, code);
    app.advance(Duration::from_mins(1));
    let keys = ok(&manager.get(PATH).await);
    assert_eq!(id(of(&keys, "EC", "Previous").unwrap()), first);
    let manager = Manager::new(&app).await;
    gone(&manager.delete(&format!("{PATH}/{first}")).await);
    let answer = manager.delete(&format!("{PATH}/{first}")).await;
    refused(&answer, 404, "oidc.key_not_found");

    let body = json!({ "signingKeyAlgorithm": "EdDSA", "rotationGracePeriod": 0 });
    let keys = ok(&manager.post(&rotate, body).await);
    assert!(of(&keys, "EdDSA", "Current").is_some());
    for wrong in [
        json!({ "signingKeyAlgorithm": "HS256" }),
        json!({ "rotationGracePeriod": -1 }),
        json!({ "rotationGracePeriod": 1e9 }),
    ] {
        refused(
            &manager.post(&rotate, wrong).await,
            400,
            "guard.invalid_input",
        );
    }
}
