//! Applications, their secrets and what third parties may ask for.

use std::time::Duration;

use moongate_tests::{Manager, TestApp};
use serde_json::{Value, json};

use super::{created, gone, id, ok, refused};

#[tokio::test]
async fn an_application_is_made_with_a_secret_and_changed_whole() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let answer = manager
        .post(
            "/api/applications",
            json!({
                "name": "Shop", "type": "Traditional",
                "oidcClientMetadata": {
                    "redirectUris": ["https://shop.example/cb"],
                    "postLogoutRedirectUris": ["https://shop.example/"],
                },
                "customData": { "a": 1, "b": { "c": 2 } },
            }),
        )
        .await;
    let body = ok(&answer);
    let shop = id(&body);
    assert_eq!(shop.len(), 21);
    assert_eq!(body["tenantId"], "default");
    assert_eq!(body["description"], Value::Null);
    assert_eq!(body["isThirdParty"], false);
    assert_eq!(body["createdAt"], 1_767_323_045_000_i64);
    assert!(body.get("secret").is_none());

    let path = format!("/api/applications/{shop}");
    let secrets = ok(&manager.get(&format!("{path}/secrets")).await);
    assert_eq!(secrets.as_array().unwrap().len(), 1);
    assert_eq!(secrets[0]["name"], "Default secret");
    assert_eq!(secrets[0]["value"].as_str().unwrap().len(), 32);

    let change = json!({
        "description": "Sells books",
        "oidcClientMetadata": { "redirectUris": ["https://shop.example/other"] },
        "customClientMetadata": {
            "corsAllowedOrigins": ["https://scripts.example"], "refreshTokenTtl": 3600,
            "maxAllowedGrants": 3, "allowTokenExchange": true,
        },
    });
    let body = ok(&manager.patch(&path, change).await);
    assert_eq!(body["name"], "Shop");
    assert_eq!(
        body["oidcClientMetadata"]["postLogoutRedirectUris"],
        json!([])
    );
    assert_eq!(body["customClientMetadata"]["maxAllowedGrants"], 3);
    assert_eq!(body["isAdmin"], false);
    let body = ok(&manager.patch(&path, json!({ "description": null })).await);
    assert_eq!(body["description"], Value::Null);

    let merged = json!({ "b": 5, "d": null });
    let body = ok(&manager.patch(&format!("{path}/custom-data"), merged).await);
    assert_eq!(body, json!({ "a": 1, "b": 5, "d": null }));
    let body = ok(&manager.get(&path).await);
    assert_eq!(body["customData"]["a"], 1);

    gone(&manager.delete(&path).await);
    refused(&manager.get(&path).await, 404, "entity.not_found");
    refused(&manager.delete(&path).await, 404, "entity.not_found");
    let answer = manager.patch(&path, json!({ "name": "x" })).await;
    refused(&answer, 404, "entity.not_found");
}

#[tokio::test]
async fn applications_are_filtered_and_searched() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "name": "Circle", "type": "SPA", "isThirdParty": true });
    ok(&manager.post("/api/applications", body).await);
    let role = ok(&manager.get("/api/roles?type=MachineToMachine").await);
    let role = id(&role[0]);
    for (query, expected) in [
        ("", &["Circle", "Management", "Bookstore"][..]),
        ("?types=SPA&types=Traditional", &["Circle", "Bookstore"]),
        ("?isThirdParty=true", &["Circle"]),
        ("?isThirdParty=false", &["Management", "Bookstore"]),
        ("?search=%25book%25", &["Bookstore"]),
        (&format!("?excludeRoleId={role}"), &["Circle", "Bookstore"]),
    ] {
        let found = ok(&manager.get(&format!("/api/applications{query}")).await);
        let mut names: Vec<_> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["name"])
            .collect();
        let mut expected = expected.to_vec();
        names.sort_by_key(ToString::to_string);
        expected.sort_unstable();
        assert_eq!(names, expected, "{query}");
    }
}

#[tokio::test]
async fn rules_of_the_whole_have_codes() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for (body, status, code) in [
        (
            json!({ "name": "x", "type": "MachineToMachine", "isThirdParty": true }),
            400,
            "application.invalid_third_party_application_type",
        ),
        (
            json!({ "name": "x", "type": "SPA", "customClientMetadata": { "isDeviceFlow": true } }),
            422,
            "application.device_flow_native_only",
        ),
        (
            json!({ "name": "x", "type": "SPA", "isThirdParty": true,
                "customClientMetadata": { "allowTokenExchange": true } }),
            422,
            "application.third_party_application_cannot_enable_token_exchange",
        ),
    ] {
        refused(&manager.post("/api/applications", body).await, status, code);
    }
    let body = json!({
        "name": "TV", "type": "Native", "customClientMetadata": { "isDeviceFlow": true },
    });
    let tv = id(&ok(&manager.post("/api/applications", body).await));
    let change = json!({ "customClientMetadata": { "isDeviceFlow": false } });
    let answer = manager
        .patch(&format!("/api/applications/{tv}"), change)
        .await;
    refused(&answer, 422, "application.device_flow_not_changeable");
}

#[tokio::test]
async fn secrets_have_names_and_ends() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let path = "/api/applications/management/secrets";
    let soon = 1_767_323_045_000_i64 + 60_000;
    let body = json!({ "name": "Second", "expiresAt": soon });
    let secret = created(&manager.post(path, body.clone()).await);
    assert_eq!(secret["expiresAt"], soon);
    assert_eq!(secret["applicationId"], "management");
    let value = secret["value"].as_str().unwrap().to_owned();
    refused(
        &manager.post(path, body).await,
        422,
        "application.secret_name_exists",
    );
    let past = json!({ "name": "Third", "expiresAt": 1 });
    refused(
        &manager.post(path, past).await,
        400,
        "request.invalid_input",
    );

    // It works, under its new name too, until its end.
    let answer = Manager::ask_for_token(&app, "management", &value, "all").await;
    assert!(answer.status.is_success(), "{}", answer.text());
    let renamed = ok(&manager
        .patch(&format!("{path}/Second"), json!({ "name": "Robot's" }))
        .await);
    assert_eq!(renamed["value"], value);
    assert_eq!(renamed["expiresAt"], soon);
    let taken = json!({ "name": "Default secret" });
    let answer = manager.patch(&format!("{path}/Robot's"), taken).await;
    refused(&answer, 422, "application.secret_name_exists");
    let answer = Manager::ask_for_token(&app, "management", &value, "all").await;
    assert!(answer.status.is_success(), "{}", answer.text());
    app.advance(Duration::from_secs(61));
    let answer = Manager::ask_for_token(&app, "management", &value, "all").await;
    assert!(answer.status.is_client_error());

    gone(&manager.delete(&format!("{path}/Robot's")).await);
    let answer = manager.delete(&format!("{path}/Robot's")).await;
    refused(&answer, 404, "entity.not_found");
    let answer = manager
        .delete("/api/applications/management/legacy-secret")
        .await;
    refused(&answer, 400, "application.no_legacy_secret_found");
    let body = json!({ "name": "x", "type": "SPA" });
    let spa = id(&ok(&manager.post("/api/applications", body).await));
    let path = format!("/api/applications/{spa}/secrets");
    let answer = manager.post(&path, json!({ "name": "x" })).await;
    refused(&answer, 422, "application.invalid_type");
}

#[tokio::test]
async fn secrets_are_shown_once_where_the_settings_say_so() {
    let app = TestApp::with("http://localhost:3001", |it| it.reveal_secrets = false).await;
    let manager = Manager::new(&app).await;
    let body = json!({ "name": "Shop", "type": "Traditional" });
    let body = ok(&manager.post("/api/applications", body).await);
    assert_eq!(body["secret"].as_str().unwrap().len(), 32);
    let path = format!("/api/applications/{}/secrets", id(&body));
    let secret = created(&manager.post(&path, json!({ "name": "Second" })).await);
    assert_eq!(secret["value"].as_str().unwrap().len(), 32);
    let secrets = ok(&manager.get(&path).await);
    assert_eq!(secrets.as_array().unwrap().len(), 2);
    assert!(
        secrets
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it.get("value").is_none())
    );
}

#[tokio::test]
async fn a_third_party_may_ask_for_what_it_was_given() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let body = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let resource = id(&created(&manager.post("/api/resources", body).await));
    let scopes = format!("/api/resources/{resource}/scopes");
    let scope = id(&created(
        &manager.post(&scopes, json!({ "name": "read" })).await,
    ));
    let body = json!({ "name": "Circle", "type": "SPA", "isThirdParty": true });
    let circle = id(&ok(&manager.post("/api/applications", body).await));
    let path = format!("/api/applications/{circle}/user-consent-scopes");
    let body = json!({ "userScopes": ["profile", "email"], "resourceScopes": [scope] });
    created(&manager.post(&path, body).await);
    let allowed = ok(&manager.get(&path).await);
    assert_eq!(allowed["userScopes"], json!(["profile", "email"]));
    assert_eq!(allowed["resourceScopes"][0]["resource"]["id"], resource);
    assert_eq!(allowed["resourceScopes"][0]["scopes"][0]["name"], "read");
    assert_eq!(allowed["organizationScopes"], json!([]));
    assert_eq!(allowed["organizationResourceScopes"], json!([]));

    gone(&manager.delete(&format!("{path}/user-scopes/email")).await);
    gone(
        &manager
            .delete(&format!("{path}/resource-scopes/{scope}"))
            .await,
    );
    let answer = manager
        .delete(&format!("{path}/resource-scopes/{scope}"))
        .await;
    refused(&answer, 404, "entity.not_found");
    let allowed = ok(&manager.get(&path).await);
    assert_eq!(allowed["userScopes"], json!(["profile"]));
    assert_eq!(allowed["resourceScopes"], json!([]));

    let refuse = async |body: Value, status, code| {
        refused(&manager.post(&path, body).await, status, code);
    };
    refuse(
        json!({ "userScopes": ["everything"] }),
        400,
        "guard.invalid_input",
    )
    .await;
    let code = "application.user_consent_scopes_not_found";
    refuse(json!({ "resourceScopes": ["unknown"] }), 422, code).await;
    refuse(json!({ "organizationScopes": ["x"] }), 422, code).await;
    let all = ok(&manager.get("/api/resources/management-api/scopes").await);
    let code = "application.consent_management_api_scopes_not_allowed";
    refuse(json!({ "resourceScopes": [id(&all[0])] }), 422, code).await;
    let own = "/api/applications/bookstore/user-consent-scopes";
    let answer = manager.post(own, json!({ "userScopes": ["email"] })).await;
    refused(&answer, 422, "application.third_party_application_only");
}
