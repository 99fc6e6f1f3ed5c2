//! Users, and tokens that stand for them.

use moongate_tests::{Manager, TestApp};
use serde_json::{Value, json};

use super::{created, gone, id, ok, refused};

#[tokio::test]
async fn a_user_is_made_changed_and_removed() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let empty = ok(&manager.post("/api/users", json!({})).await);
    assert_eq!(id(&empty).len(), 12);
    let body = json!({
        "username": "ann_1", "primaryEmail": "Ann@Example.com", "primaryPhone": "8613800138000",
        "name": "Ann", "customData": { "level": 1 },
        "profile": { "familyName": "Lee", "address": { "formatted": "1 Road\nTown" } },
    });
    let ann = ok(&manager.post("/api/users", body).await);
    assert_eq!(ann["primaryEmail"], "ann@example.com");
    assert_eq!(ann["primaryPhone"], "8613800138000");
    assert_eq!(ann["profile"]["familyName"], "Lee");
    for (field, value) in [
        ("avatar", Value::Null),
        ("identities", json!({})),
        ("lastSignInAt", Value::Null),
        ("applicationId", Value::Null),
        ("cimdClientId", Value::Null),
        ("isSuspended", json!(false)),
        ("hasPassword", json!(false)),
        ("createdAt", json!(1_767_323_045_000_i64)),
        ("updatedAt", json!(1_767_323_045_000_i64)),
    ] {
        assert_eq!(ann[field], value, "{field}");
    }
    let path = format!("/api/users/{}", id(&ann));
    let change = json!({ "name": null, "primaryPhone": "8613900139000", "customData": { "x": 1 } });
    let changed = ok(&manager.patch(&path, change).await);
    assert_eq!(changed["name"], Value::Null);
    assert_eq!(changed["primaryPhone"], "8613900139000");
    assert_eq!(changed["username"], "ann_1");
    assert_eq!(changed["customData"], json!({ "x": 1 }));

    let custom_data = format!("{path}/custom-data");
    let more = json!({ "customData": { "y": 2 } });
    let merged = ok(&manager.patch(&custom_data, more).await);
    assert_eq!(merged, json!({ "x": 1, "y": 2 }));
    assert_eq!(ok(&manager.get(&custom_data).await), merged);
    let more = json!({ "profile": { "nickname": "A", "familyName": null } });
    let profile = ok(&manager.patch(&format!("{path}/profile"), more).await);
    assert_eq!(profile["nickname"], "A");
    assert!(profile.get("familyName").is_none());
    assert_eq!(profile["address"]["formatted"], "1 Road\nTown");
    let wrong = json!({ "profile": { "shoeSize": 42 } });
    let answer = manager.patch(&format!("{path}/profile"), wrong).await;
    refused(&answer, 400, "guard.invalid_input");
    let has = ok(&manager.get(&format!("{path}/has-password")).await);
    assert_eq!(has, json!({ "hasPassword": false }));

    gone(&manager.delete(&path).await);
    refused(&manager.get(&path).await, 404, "entity.not_found");
    refused(&manager.delete(&path).await, 404, "entity.not_found");
}

#[tokio::test]
async fn what_is_taken_or_malformed_has_a_code() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({
        "username": "ann", "primaryEmail": "ann@example.com", "primaryPhone": "8613800138000",
    });
    let ann = id(&ok(&manager.post("/api/users", body).await));
    let bea = id(&ok(&manager
        .post("/api/users", json!({ "username": "bea" }))
        .await));
    for (body, status, code) in [
        (
            json!({ "username": "ann" }),
            422,
            "user.username_already_in_use",
        ),
        (
            json!({ "primaryEmail": "ANN@ex\u{ad}ample.com" }),
            422,
            "user.email_already_in_use",
        ),
        (
            json!({ "primaryPhone": "8613800138000" }),
            422,
            "user.phone_already_in_use",
        ),
        (json!({ "primaryPhone": "12" }), 422, "user.invalid_phone"),
        (json!({ "username": "1a" }), 400, "guard.invalid_input"),
        (json!({ "primaryEmail": "ann" }), 400, "guard.invalid_input"),
        (
            json!({ "avatar": "javascript:alert(1)" }),
            400,
            "guard.invalid_input",
        ),
        (json!({ "isSuspended": true }), 400, "guard.invalid_input"),
    ] {
        refused(
            &manager.post("/api/users", body.clone()).await,
            status,
            code,
        );
        let path = format!("/api/users/{bea}");
        refused(&manager.patch(&path, body).await, status, code);
    }
    // What is one's own is not taken.
    let own = json!({ "username": "ann" });
    ok(&manager.patch(&format!("/api/users/{ann}"), own).await);
}

#[tokio::test]
async fn users_are_searched_and_paged() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for (name, phone) in [("ann", "8613800138000"), ("bea", "8613900139000")] {
        let body = json!({ "username": name, "primaryPhone": phone });
        ok(&manager.post("/api/users", body).await);
    }
    for (query, expected) in [
        ("search=%2513900%25", &["bea"][..]),
        ("search=AN%25", &["ann"]),
        ("search=a", &[]),
    ] {
        let answer = manager.get(&format!("/api/users?{query}")).await;
        let found = ok(&answer);
        let found: Vec<_> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["username"])
            .collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(answer.header("total-number"), expected.len().to_string());
    }
    let first = manager.get("/api/users?page_size=1&search=%25").await;
    assert_eq!(ok(&first).as_array().unwrap().len(), 1);
    assert_eq!(first.header("total-number"), "2");
    let links = first.header("link").to_owned();
    assert!(
        links.contains("search=%25&page=2&page_size=1>; rel=\"next\""),
        "{links}"
    );
}

#[tokio::test]
async fn personal_access_tokens_have_names() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let user = id(&ok(&manager.post("/api/users", json!({})).await));
    let path = format!("/api/users/{user}/personal-access-tokens");
    let token = created(&manager.post(&path, json!({ "name": "laptop" })).await);
    let value = token["value"].as_str().unwrap();
    assert!(value.starts_with("pat_") && value.len() == 36);
    assert_eq!(token["expiresAt"], Value::Null);
    let answer = manager.post(&path, json!({ "name": "laptop" })).await;
    refused(&answer, 422, "user.personal_access_token_name_exists");
    let past = json!({ "name": "x", "expiresAt": 1 });
    refused(
        &manager.post(&path, past).await,
        400,
        "request.invalid_input",
    );
    let rename = json!({ "currentName": "laptop", "name": "desktop" });
    let renamed = ok(&manager.patch(&path, rename.clone()).await);
    assert_eq!(renamed["value"], value);
    refused(&manager.patch(&path, rename).await, 404, "entity.not_found");
    let renamed = ok(&manager
        .patch(&format!("{path}/desktop"), json!({ "name": "a/b" }))
        .await);
    assert_eq!(ok(&manager.get(&path).await), json!([renamed]));
    gone(
        &manager
            .post(&format!("{path}/delete"), json!({ "name": "a/b" }))
            .await,
    );
    created(&manager.post(&path, json!({ "name": "old" })).await);
    gone(&manager.delete(&format!("{path}/old")).await);
    let answer = manager.delete(&format!("{path}/old")).await;
    refused(&answer, 404, "entity.not_found");
}

#[tokio::test]
async fn a_subject_token_stands_for_a_known_user() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let user = id(&ok(&manager.post("/api/users", json!({})).await));
    let body = json!({ "userId": user, "context": { "ticket": 7 } });
    let token = created(&manager.post("/api/subject-tokens", body).await);
    assert_eq!(token["expiresIn"], 600);
    assert!(token["subjectToken"].as_str().unwrap().starts_with("sub_"));
    let answer = manager
        .post("/api/subject-tokens", json!({ "userId": "unknown" }))
        .await;
    refused(&answer, 404, "entity.not_found");
}
