//! Who may call: every route of the document, as everybody who may not, and as who may.

use std::time::Duration;

use http::StatusCode;
use moongate_tests::{
    BOOKSTORE_ID, BOOKSTORE_SECRET, MANAGEMENT_ID, MANAGEMENT_SECRET, Manager, Page, RelyingParty,
    TestApp, fresh_number,
};
use serde_json::{Value, json};

use super::{created, id, ok, refused};

/// Method and path of every operation, with identifiers that name nothing, and whether it is open.
async fn operations(app: &TestApp) -> Vec<(String, String, bool)> {
    let document = app.visitor().get("/api/swagger.json").await.json();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let open = described["security"] == json!([{}]);
            let path = path.replace(['{', '}'], "");
            operations.push((method.to_uppercase(), path, open));
        }
    }
    assert!(operations.len() > 60, "{}", operations.len());
    operations
}

async fn call(app: &TestApp, token: Option<&str>, method: &str, path: &str) -> Page {
    let body = (method != "GET" && method != "DELETE").then(|| json!({}));
    let authorization = token.map(|token| format!("Bearer {token}"));
    Manager::send(app, authorization.as_deref(), method, path, body).await
}

/// A token of the Management application for another API, which it may use.
async fn token_for_another_api(app: &TestApp, manager: &Manager<'_>) -> String {
    let body = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let resource = id(&created(&manager.post("/api/resources", body).await));
    let scopes = format!("/api/resources/{resource}/scopes");
    let scope = id(&created(
        &manager.post(&scopes, json!({ "name": "all" })).await,
    ));
    let role = json!({
        "name": "Orders", "description": "x", "type": "MachineToMachine", "scopeIds": [scope],
    });
    let role = id(&ok(&manager.post("/api/roles", role).await));
    let body = json!({ "roleIds": [role] });
    created(
        &manager
            .post("/api/applications/management/roles", body)
            .await,
    );
    let answer = RelyingParty::token_as(
        app,
        MANAGEMENT_ID,
        MANAGEMENT_SECRET,
        &[
            ("grant_type", "client_credentials"),
            ("resource", "https://orders.example"),
            ("scope", "all"),
        ],
    )
    .await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_route_is_closed_to_all_but_who_holds_the_scope() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let other_api = token_for_another_api(&app, &manager).await;
    let answer = Manager::ask_for_token(&app, MANAGEMENT_ID, MANAGEMENT_SECRET, "").await;
    let scopeless = answer.json()["access_token"].as_str().unwrap().to_owned();
    let forged = {
        let (head, _) = manager.token().rsplit_once('.').unwrap();
        format!("{head}.{}", "A".repeat(128))
    };
    let operations = operations(&app).await;
    for (method, path, open) in &operations {
        if *open {
            let answer = call(&app, None, method, path).await;
            assert!(answer.status.is_success(), "{method} {path}");
            continue;
        }
        let nobody = call(&app, None, method, path).await;
        refused(&nobody, 401, "auth.authorization_header_missing");
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        for token in [other_api.as_str(), &forged, "x", ""] {
            let answer = call(&app, Some(token), method, path).await;
            refused(&answer, 401, "auth.unauthorized");
        }
        let answer = call(&app, Some(&scopeless), method, path).await;
        refused(&answer, 403, "auth.forbidden");
        let answer = call(&app, Some(manager.token()), method, path).await;
        let status = answer.status.as_u16();
        let admitted = !matches!(status, 401 | 403 | 405) && status < 500;
        assert!(admitted, "{method} {path}: {}", answer.text());
        assert_ne!(answer.text(), "Not Found", "{method} {path}");
    }
    app.advance(Duration::from_secs(3601));
    for (method, path, open) in &operations {
        if !open {
            let answer = call(&app, Some(manager.token()), method, path).await;
            refused(&answer, 401, "auth.unauthorized");
        }
    }
}

#[tokio::test]
async fn other_ways_of_authenticating_are_none() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let path = "/api/applications";
    let basic = Manager::send(&app, Some("Basic YTpi"), "GET", path, None).await;
    refused(&basic, 401, "auth.authorization_token_type_not_supported");
    assert_eq!(basic.json()["data"]["supportedTypes"], json!(["Bearer"]));
    let query = format!("{path}?access_token={}", manager.token());
    let answer = Manager::send(&app, None, "GET", &query, None).await;
    refused(&answer, 401, "auth.authorization_header_missing");
    // An ID token of a user, or an opaque access token, is not for this API.
    let mut visitor = app.visitor();
    let shop = RelyingParty::new("shop");
    let request = shop.request(&app, &[]);
    let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let tokens = shop.exchange(&app, &answer).await.json();
    for token in ["id_token", "access_token"] {
        let token = tokens[token].as_str().unwrap();
        let answer = Manager::with_token(&app, token).get(path).await;
        refused(&answer, 401, "auth.unauthorized");
    }
}

#[tokio::test]
async fn an_application_without_the_role_gets_no_scope() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "name": "Robot", "type": "MachineToMachine" });
    let robot = id(&ok(&manager.post("/api/applications", body).await));
    let path = format!("/api/applications/{robot}/secrets");
    let secret = ok(&manager.get(&path).await)[0]["value"].clone();
    let secret = secret.as_str().unwrap();
    let without = Manager::ask_for_token(&app, &robot, secret, "all").await;
    assert_eq!(without.json()["scope"], Value::Null, "{}", without.text());

    let path = format!("/api/applications/{robot}");
    let body = ok(&manager.patch(&path, json!({ "isAdmin": true })).await);
    assert_eq!(body["isAdmin"], true);
    let with = Manager::ask_for_token(&app, &robot, secret, "all").await;
    assert_eq!(with.status, StatusCode::OK, "{}", with.text());
    assert_eq!(with.json()["scope"], "all");
    assert_eq!(with.json()["expires_in"], 3600);
    let token = with.json()["access_token"].as_str().unwrap().to_owned();
    let robot_manager = Manager::with_token(&app, &token);
    ok(&robot_manager.get("/api/applications").await);

    // Nor what it held: whoever lost the right can't give it back to itself.
    ok(&manager.patch(&path, json!({ "isAdmin": false })).await);
    let raise = robot_manager.patch(&path, json!({ "isAdmin": true })).await;
    refused(&raise, 401, "auth.unauthorized");
    ok(&manager.patch(&path, json!({ "isAdmin": true })).await);

    // A token does not outlive its application.
    super::gone(&manager.delete(&path).await);
    refused(
        &robot_manager.get("/api/applications").await,
        401,
        "auth.unauthorized",
    );
}

#[tokio::test]
async fn a_web_application_is_no_machine() {
    let app = TestApp::new().await;
    let answer = Manager::ask_for_token(&app, BOOKSTORE_ID, BOOKSTORE_SECRET, "all").await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    let manager = Manager::new(&app).await;
    let answer = manager
        .patch("/api/applications/bookstore", json!({ "isAdmin": true }))
        .await;
    refused(&answer, 422, "application.invalid_role_type");
}

#[tokio::test]
async fn where_nothing_is_the_answer_is_plain() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for (method, path) in [
        ("GET", "/api"),
        ("GET", "/api/nothing"),
        ("GET", "/api/users/a/b/c"),
        ("PUT", "/api/applications"),
        ("OPTIONS", "/api/applications"),
        ("DELETE", "/api/users"),
    ] {
        let authorization = format!("Bearer {}", manager.token());
        let answer = Manager::send(&app, Some(&authorization), method, path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(answer.text(), "Not Found", "{method} {path}");
        assert!(answer.header("content-type").starts_with("text/plain"));
    }
}

#[tokio::test]
async fn the_api_answers_below_the_path_of_the_endpoint() {
    let app = TestApp::at("https://id.example/tenant").await;
    let manager = Manager::new(&app).await;
    let answer = manager.get("/api/applications?page=1&page_size=1").await;
    ok(&answer);
    let links = answer.header("link");
    let next = "<https://id.example/tenant/api/applications?page=2&page_size=1>; rel=\"next\"";
    assert!(links.contains(next), "{links}");
    assert_eq!(answer.header("total-number"), "2");
}
