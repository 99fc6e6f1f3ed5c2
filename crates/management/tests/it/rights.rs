//! API resources, roles, and what applications hold and may ask for.

use moongate_core::{Application, ApplicationId, Role, RoleId, RoleType, UnixMillis};
use moongate_management::Undeclared;
use serde_json::{Value, json};

use crate::harness::{Harness, check};

fn rights() -> Value {
    json!({
        "resources": [{
            "id": "orders", "name": "Orders", "indicator": "https://orders.example",
            "accessTokenTtl": 600,
            "scopes": [{ "name": "read", "description": "See orders" }, { "name": "write" }],
        }],
        "roles": [
            {
                "id": "clerk", "name": "Clerk", "description": "Sees orders", "isDefault": true,
                "scopes": [{ "resource": "https://orders.example", "scope": "read" }],
            },
            {
                "id": "robots", "name": "Robots", "description": "Change orders",
                "type": "MachineToMachine",
                "scopes": [{ "resource": "https://orders.example", "scope": "write" }],
            },
        ],
        "applications": [
            {
                "id": "robot", "name": "Robot", "type": "MachineToMachine", "isAdmin": true,
                "roles": ["Robots"],
            },
            {
                "id": "circle", "name": "Circle", "type": "SPA", "isThirdParty": true,
                "customData": { "owner": "x" },
                "userConsentScopes": {
                    "userScopes": ["profile"],
                    "resourceScopes": [{ "resource": "https://orders.example", "scope": "read" }],
                },
            },
        ],
    })
}

#[tokio::test]
async fn rights_are_declared_by_name_and_a_second_time_changes_nothing() {
    let harness = Harness::new().await;
    let plan = harness.apply(&rights()).await.unwrap();
    let text = plan.to_string();
    let first: Vec<_> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        first,
        [
            "+ resource orders",
            "+ role clerk",
            "+ role robots",
            "+ application robot",
            "+ application circle",
        ]
    );
    let again = harness.apply(&rights()).await.unwrap();
    assert!(again.is_empty(), "{again}");
    let mut reader = harness.store.read().await.unwrap();
    let robot = ApplicationId::from("robot");
    let roles = reader.roles_of_application(&robot).await.unwrap();
    let mut roles: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    roles.sort_unstable();
    assert_eq!(roles, ["Logto Management API access", "Robots"]);
    let orders = reader.resource_by_indicator("https://orders.example").await;
    let orders = orders.unwrap().unwrap().id;
    let scopes = reader.scopes_of_application(&robot, &orders).await.unwrap();
    assert_eq!(scopes, ["write"]);
    let clerk = reader.role(&RoleId::from("clerk")).await.unwrap().unwrap();
    assert_eq!((clerk.kind, clerk.is_default), (RoleType::User, true));
    let circle = harness.application("circle").await.unwrap();
    assert!(circle.is_third_party);
    assert_eq!(circle.consent_scopes.user_scopes, ["profile"]);
    assert_eq!(circle.consent_scopes.resource_scopes.len(), 1);
}

#[tokio::test]
async fn a_change_of_rights_is_told_and_done() {
    let harness = Harness::new().await;
    harness.apply(&rights()).await.unwrap();
    let plan = harness
        .apply(&json!({
            "resources": [{ "id": "orders", "scopes": [{ "name": "refund" }] }],
            "roles": [{ "id": "clerk", "scopes": [] }],
            "applications": [{ "id": "robot", "isAdmin": null, "roles": [] }],
        }))
        .await
        .unwrap();
    assert_eq!(
        plan.to_string(),
        "~ resource orders\n    \
         scopes.\"refund\": (not set) → {\"description\":null}\n\
         ~ role clerk\n    \
         scopes:\n      \
         - {\"resource\":\"https://orders.example\",\"scope\":\"read\"}\n\
         ~ application robot\n    \
         isAdmin: true → (not set)\n    \
         roles:\n      \
         - \"Robots\""
    );
    let mut reader = harness.store.read().await.unwrap();
    let robot = ApplicationId::from("robot");
    assert_eq!(reader.roles_of_application(&robot).await.unwrap(), []);
    let clerk = RoleId::from("clerk");
    assert_eq!(reader.scopes_of_role(&clerk).await.unwrap(), []);
    // What no file names stays.
    let orders = reader.resource_by_indicator("https://orders.example").await;
    let scopes = reader.resource_scopes(&orders.unwrap().unwrap().id).await;
    assert_eq!(scopes.unwrap().len(), 3);
}

#[tokio::test]
async fn pruning_takes_resources_scopes_and_roles_but_not_our_own() {
    let harness = Harness::new().await;
    harness.apply(&rights()).await.unwrap();
    let mut fewer = rights();
    fewer["resources"][0]["scopes"]
        .as_array_mut()
        .unwrap()
        .pop();
    fewer["roles"].as_array_mut().unwrap().pop();
    fewer["applications"].as_array_mut().unwrap().remove(0);
    let plan = harness
        .apply_with(&fewer, Undeclared::Delete)
        .await
        .unwrap();
    let text = plan.to_string();
    assert!(text.contains("scopes.\"write\""), "{text}");
    assert!(text.contains("- role robots"), "{text}");
    let mut reader = harness.store.read().await.unwrap();
    let roles = reader.roles().await.unwrap();
    let mut names: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    names.sort_unstable();
    let own = ["Logto Management API access", "Moongate administrator"];
    assert_eq!(names, [&["Clerk"][..], &own].concat());
    assert_eq!(reader.resources().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_does_not_go_together_is_named() {
    let harness = Harness::new().await;
    harness.apply(&rights()).await.unwrap();
    let found = harness
        .findings(&json!({
            "resources": [
                { "id": "management-api", "name": "x" },
                { "id": "other", "name": "Other", "indicator": "https://orders.example" },
                { "id": "bad", "name": "Bad", "indicator": "bad", "scopes": [
                    { "name": "a b" }, { "name": "c" }, { "name": "c" }, 5,
                ] },
            ],
            "roles": [
                { "id": "clerk", "type": "MachineToMachine" },
                { "id": "other", "name": "Robots", "description": "x" },
                { "id": "admin", "name": "Admin", "description": "x", "scopes": [
                    { "resource": "https://default.logto.app/api", "scope": "all" },
                    { "resource": "https://orders.example", "scope": "everything" },
                ] },
            ],
            "applications": [
                { "id": "robot", "roles": ["Nobody"] },
                { "id": "circle", "isAdmin": true, "isThirdParty": false,
                  "userConsentScopes": { "userScopes": ["all"] } },
            ],
        }))
        .await;
    check(
        &found,
        &[
            "resources[management-api]: this one comes with the server",
            "resources[other].indicator: another API resource",
            "resources[bad].scopes[0].name: must be visible ASCII",
            "resources[bad].scopes[2].name: \"c\" stands in the list already",
            "resources[bad].scopes[3]: expected an object",
            "roles[clerk].type: a role stays for whom it is",
            "roles[clerk].isDefault: only a role of type User",
            "roles[other].name: another role has this name",
            "roles[admin].scopes[1]: https://orders.example has no scope everything",
            "roles[admin].scopes: users can't hold permissions",
            "applications[robot].roles[0]: there is no role \"Nobody\" of type MachineToMachine",
            "applications[circle].userConsentScopes.userScopes[0]: there is no such scope",
            "applications[circle].isAdmin: only a MachineToMachine application",
            "applications[circle].userConsentScopes: users of our own applications",
        ],
    );
}

#[tokio::test]
async fn what_is_built_in_is_neither_declared_exported_nor_pruned() {
    let harness = Harness::new().await;
    moongate_management::seed(&*harness.store, "https://api.example", UnixMillis(1))
        .await
        .unwrap();
    let files = json!({
        "roles": [{
            "id": "administrator", "name": "Everybody", "description": "x", "isDefault": true,
        }],
        "applications": [{ "id": "account-center", "name": "Mine", "type": "SPA" }],
    });
    let findings = harness.findings(&files).await;
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].contains("roles[administrator]"), "{findings:?}");
    assert!(
        findings[1].contains("applications[account-center]"),
        "{findings:?}"
    );
    let exported = harness.export().await.to_string();
    assert!(!exported.contains("administrator") && !exported.contains("account-center"));
    let nothing = json!({ "signInExperience": {} });
    let plan = harness.apply_with(&nothing, Undeclared::Delete).await;
    let plan = plan.unwrap().to_string();
    assert!(
        !plan.contains("administrator") && !plan.contains("account-center"),
        "{plan}"
    );
    let mut reader = harness.store.read().await.unwrap();
    let role = RoleId::from(Role::ADMINISTRATOR);
    assert!(reader.role(&role).await.unwrap().is_some());
    let application = ApplicationId::from(Application::ACCOUNT_CENTER);
    assert!(reader.application(&application).await.unwrap().is_some());
}
