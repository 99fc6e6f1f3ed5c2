//! Bodies and queries that are not right, and the shape of every refusal.

use http::header;
use moongate_tests::{Manager, Page, TestApp};
use serde_json::json;

use super::{ok, refused};

async fn raw(app: &TestApp, manager: &Manager<'_>, content_type: &str, body: &str) -> Page {
    let mut program = app.visitor();
    let request = program
        .request("POST", &format!("{}/api/applications", app.endpoint()))
        .header(header::AUTHORIZATION, format!("Bearer {}", manager.token()))
        .header(header::CONTENT_TYPE, content_type)
        .body(body.to_owned().into())
        .unwrap();
    program.send(request).await
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let json_type = "application/json";
    for body in ["", "{", "{\"name\":}", "\u{0}", "[1,", "nul"] {
        let answer = raw(&app, &manager, json_type, body).await;
        refused(&answer, 400, "guard.invalid_input");
    }
    let answer = raw(
        &app,
        &manager,
        "application/x-www-form-urlencoded",
        "name=x",
    )
    .await;
    refused(&answer, 400, "guard.invalid_input");
    let deep = "[".repeat(40_000);
    let answer = raw(&app, &manager, json_type, &deep).await;
    refused(&answer, 400, "guard.invalid_input");
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
    let answer = raw(&app, &manager, json_type, &long).await;
    refused(&answer, 413, "guard.invalid_input");
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for (body, path) in [
        (json!({}), json!([])),
        (json!({ "name": 5, "type": "SPA" }), json!(["name"])),
        (json!({ "name": "x", "type": "Web" }), json!(["type"])),
        (
            json!({ "name": "x", "type": "SPA", "nmae": 1 }),
            json!(["nmae"]),
        ),
        (json!({ "name": "", "type": "SPA" }), json!(["name"])),
        (json!({ "name": "a\u{0}b", "type": "SPA" }), json!(["name"])),
        (
            json!({ "name": "x", "type": "SPA", "customData": { "a": ["\u{0}"] } }),
            json!(["customData", "a", 0]),
        ),
        (
            json!({ "name": "x", "type": "SPA",
                "oidcClientMetadata": { "redirectUris": ["https://a.example/", "/cb"] } }),
            json!(["oidcClientMetadata", "redirectUris", 1]),
        ),
        (
            json!({ "name": "x", "type": "SPA",
                "customClientMetadata": { "jwks": { "keys": [{ "kty": "EC", "d": "x" }] } } }),
            json!(["customClientMetadata", "jwks", "keys", 0]),
        ),
    ] {
        let answer = manager.post("/api/applications", body.clone()).await;
        refused(&answer, 400, "guard.invalid_input");
        let refusal = answer.json();
        assert_eq!(
            refusal["data"]["issues"][0]["path"], path,
            "{body}: {refusal}"
        );
        assert!(refusal["details"].as_str().is_some(), "{refusal}");
    }
}

#[tokio::test]
async fn null_bytes_and_unknown_filters_are_refused() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for path in [
        "/api/users/a%00b",
        "/api/users?search=%00",
        "/api/users?serach=x",
        "/api/users?search=a&search=b",
        "/api/users?mode=exact",
        "/api/applications?types=Web",
        "/api/applications?isThirdParty=perhaps",
        "/api/users/%ff",
    ] {
        refused(&manager.get(path).await, 400, "guard.invalid_input");
    }
}

#[tokio::test]
async fn a_refusal_speaks_the_callers_language() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let answer = manager.get("/api/users/nobody?locale=zh-CN").await;
    refused(&answer, 404, "entity.not_found");
    assert_eq!(answer.header("content-language"), "zh-CN");
    let chinese = answer.json()["message"].clone();
    let answer = manager.get("/api/users/nobody").await;
    assert_eq!(answer.header("content-language"), "en");
    assert_ne!(answer.json()["message"], chinese);
}

#[tokio::test]
async fn a_list_is_no_body_and_a_forgotten_field_takes_nothing_away() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let answer = manager.post("/api/users", json!(["alice"])).await;
    refused(&answer, 400, "guard.invalid_input");
    let user = super::id(&ok(&manager.post("/api/users", json!({})).await));
    let roles = format!("/api/users/{user}/roles");
    refused(
        &manager.put(&roles, json!({})).await,
        400,
        "guard.invalid_input",
    );
    ok(&manager.put(&roles, json!({ "roleIds": [] })).await);
}

#[tokio::test]
async fn a_search_has_an_end() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let search = |len| format!("/api/users?search={}", "a".repeat(len));
    ok(&manager.get(&search(1024)).await);
    refused(
        &manager.get(&search(1025)).await,
        400,
        "guard.invalid_input",
    );
}

#[tokio::test]
async fn a_page_has_limits_and_neighbours() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for query in [
        "page=0",
        "page=x",
        "page_size=0",
        "page_size=101",
        "page=-1",
        "page=",
    ] {
        let answer = manager.get(&format!("/api/applications?{query}")).await;
        refused(&answer, 400, "guard.invalid_pagination");
    }
    let whole = manager.get("/api/applications").await;
    assert_eq!(ok(&whole).as_array().unwrap().len(), 2);
    assert!(!whole.headers.contains_key("total-number"));
    let page = manager.get("/api/applications?page=2&page_size=1").await;
    assert_eq!(ok(&page).as_array().unwrap().len(), 1);
    assert_eq!(page.header("total-number"), "2");
    assert_eq!(
        page.header("link"),
        "<http://localhost:3001/api/applications?page=1&page_size=1>; rel=\"first\", \
         <http://localhost:3001/api/applications?page=1&page_size=1>; rel=\"prev\", \
         <http://localhost:3001/api/applications?page=2&page_size=1>; rel=\"last\""
    );
    let users = manager.get("/api/users").await;
    ok(&users);
    assert_eq!(users.header("total-number"), "0");
}

#[tokio::test]
async fn the_document_describes_bodies_answers_and_the_token() {
    let app = TestApp::new().await;
    let answer = app.visitor().get("/api/swagger.json").await;
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let create = &document["paths"]["/api/applications"]["post"];
    let body = &create["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/NewApplication");
    assert_eq!(create["security"], json!([{ "bearer": ["all"] }]));
    assert!(create["responses"]["401"].is_object());
    assert_eq!(
        document["components"]["securitySchemes"]["bearer"]["scheme"],
        "bearer"
    );
    for path in document["paths"].as_object().unwrap().values() {
        for operation in path.as_object().unwrap().values() {
            for answer in operation["responses"].as_object().unwrap().values() {
                assert!(answer["description"].is_string(), "{operation}");
            }
        }
    }
    // Whatever is referred to is there.
    let text = answer.text();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        let schema = &document["components"]["schemas"][name];
        assert!(schema.is_object(), "{name} is not described");
    }
}
