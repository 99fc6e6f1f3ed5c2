//! API resources and their permissions.

use moongate_tests::{Manager, TestApp};
use serde_json::json;

use super::{created, gone, id, ok, refused};

#[tokio::test]
async fn a_fresh_tenant_has_the_management_api_and_keeps_it() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let found = ok(&manager.get("/api/resources?includeScopes=true").await);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let resource = &found[0];
    assert_eq!(resource["id"], "management-api");
    assert_eq!(resource["indicator"], "https://default.logto.app/api");
    assert_eq!(resource["accessTokenTtl"], 3600);
    assert_eq!(resource["scopes"][0]["name"], "all");
    let roles = ok(&manager.get("/api/roles").await);
    assert_eq!(roles[0]["name"], "Logto Management API access");
    assert_eq!(roles[0]["type"], "MachineToMachine");
    assert_eq!(roles[0]["applicationsCount"], 1);
    assert_eq!(roles[0]["featuredApplications"][0]["name"], "Management");

    let path = "/api/resources/management-api";
    let modify = "resource.cannot_modify_management_api";
    refused(
        &manager.patch(path, json!({ "name": "x" })).await,
        400,
        modify,
    );
    let default = json!({ "isDefault": true });
    refused(
        &manager.patch(&format!("{path}/is-default"), default).await,
        400,
        modify,
    );
    let scopes = format!("{path}/scopes");
    refused(
        &manager.post(&scopes, json!({ "name": "x" })).await,
        400,
        modify,
    );
    let all = format!("{scopes}/{}", id(&resource["scopes"][0]));
    refused(
        &manager.patch(&all, json!({ "name": "x" })).await,
        400,
        modify,
    );
    refused(&manager.delete(&all).await, 400, modify);
    let delete = "resource.cannot_delete_management_api";
    refused(&manager.delete(path).await, 400, delete);
}

#[tokio::test]
async fn the_management_api_follows_the_settings() {
    let app = TestApp::with("http://localhost:3001", |it| {
        "urn:moongate:api".clone_into(&mut it.management_resource);
    })
    .await;
    let mut reader = moongate_core::Store::read(app.store()).await.unwrap();
    let resources = reader.resources().await.unwrap();
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0].indicator, "urn:moongate:api");
    let roles = reader.roles().await.unwrap();
    drop(reader);
    let app = app.restarted().await;
    let mut reader = moongate_core::Store::read(app.store()).await.unwrap();
    assert_eq!(reader.resources().await.unwrap(), resources);
    assert_eq!(reader.roles().await.unwrap(), roles);
}

#[tokio::test]
async fn a_resource_is_made_changed_and_removed() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let resource = created(&manager.post("/api/resources", body.clone()).await);
    assert_eq!(resource["isDefault"], false);
    assert_eq!(resource["accessTokenTtl"], 3600);
    let answer = manager.post("/api/resources", body).await;
    refused(&answer, 422, "resource.resource_identifier_in_use");
    let path = format!("/api/resources/{}", id(&resource));
    let change = json!({ "name": "Sales", "accessTokenTtl": 600 });
    let changed = ok(&manager.patch(&path, change).await);
    assert_eq!(changed["name"], "Sales");
    assert_eq!(changed["accessTokenTtl"], 600);
    let answer = manager
        .patch(&path, json!({ "indicator": "https://x" }))
        .await;
    refused(&answer, 400, "guard.invalid_input");
    let default = json!({ "isDefault": true });
    let changed = ok(&manager.patch(&format!("{path}/is-default"), default).await);
    assert_eq!(changed["isDefault"], true);
    assert_eq!(ok(&manager.get(&path).await), changed);
    gone(&manager.delete(&path).await);
    refused(&manager.get(&path).await, 404, "entity.not_found");
    refused(&manager.delete(&path).await, 404, "entity.not_found");
}

#[tokio::test]
async fn permissions_have_names_without_spaces() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "name": "Orders", "indicator": "orders" });
    let resource = id(&created(&manager.post("/api/resources", body).await));
    let path = format!("/api/resources/{resource}/scopes");
    let body = json!({ "name": "read:orders", "description": "See orders" });
    let scope = created(&manager.post(&path, body.clone()).await);
    assert_eq!(scope["resourceId"], resource);
    refused(&manager.post(&path, body).await, 422, "scope.name_exists");
    let spaced = json!({ "name": "read orders" });
    refused(
        &manager.post(&path, spaced).await,
        400,
        "scope.name_with_space",
    );
    let other = created(&manager.post(&path, json!({ "name": "write:orders" })).await);
    let one = format!("{path}/{}", id(&other));
    let taken = json!({ "name": "read:orders" });
    refused(&manager.patch(&one, taken).await, 422, "scope.name_exists");
    let changed = ok(&manager
        .patch(&one, json!({ "description": "Change orders" }))
        .await);
    assert_eq!(changed["name"], "write:orders");
    assert_eq!(changed["description"], "Change orders");
    let found = ok(&manager.get(&format!("{path}?search=read%25")).await);
    assert_eq!(found, json!([scope]));
    gone(&manager.delete(&one).await);
    refused(&manager.delete(&one).await, 404, "entity.not_found");
    let elsewhere = format!("/api/resources/unknown/scopes/{}", id(&scope));
    refused(&manager.delete(&elsewhere).await, 404, "entity.not_found");
    let answer = manager.get("/api/resources/unknown/scopes").await;
    refused(&answer, 404, "entity.not_found");
}
