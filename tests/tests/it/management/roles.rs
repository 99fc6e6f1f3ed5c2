//! Roles, their permissions and who holds them.

use moongate_tests::{Manager, RelyingParty, TestApp, fresh_number};
use serde_json::{Value, json};

use super::{created, gone, id, ok, refused};

struct Ground<'a> {
    manager: Manager<'a>,
    scope: String,
    role: String,
    user: String,
}

async fn ground(app: &TestApp) -> Ground<'_> {
    let manager = Manager::new(app).await;
    let body = json!({ "name": "Orders", "indicator": "https://orders.example" });
    let resource = id(&created(&manager.post("/api/resources", body).await));
    let scopes = format!("/api/resources/{resource}/scopes");
    let scope = id(&created(
        &manager.post(&scopes, json!({ "name": "read" })).await,
    ));
    let body = json!({ "name": "Clerk", "description": "Sees orders", "scopeIds": [scope] });
    let role = id(&ok(&manager.post("/api/roles", body).await));
    let user = id(&ok(&manager
        .post("/api/users", json!({ "username": "ann" }))
        .await));
    Ground {
        manager,
        scope,
        role,
        user,
    }
}

#[tokio::test]
async fn a_role_is_made_changed_and_removed() {
    let app = TestApp::new().await;
    let Ground { manager, role, .. } = ground(&app).await;
    let path = format!("/api/roles/{role}");
    let body = ok(&manager.get(&path).await);
    assert_eq!(body["type"], "User");
    assert_eq!(body["isDefault"], false);
    let same = json!({ "name": "Clerk", "description": "x" });
    refused(
        &manager.post("/api/roles", same).await,
        422,
        "role.name_in_use",
    );
    let taken = json!({ "name": "Logto Management API access" });
    refused(&manager.patch(&path, taken).await, 422, "role.name_in_use");
    let body = ok(&manager.patch(&path, json!({ "description": "y" })).await);
    assert_eq!(body["description"], "y");
    let robots = json!({
        "name": "Robots", "description": "x", "type": "MachineToMachine", "isDefault": true,
    });
    refused(
        &manager.post("/api/roles", robots).await,
        400,
        "guard.invalid_input",
    );
    let found = ok(&manager.get("/api/roles?type=User&search=%25CLERK%25").await);
    assert_eq!(found.as_array().unwrap().len(), 1);
    gone(&manager.delete(&path).await);
    refused(&manager.get(&path).await, 404, "entity.not_found");
    refused(&manager.delete(&path).await, 404, "entity.not_found");
}

#[tokio::test]
async fn permissions_are_given_and_taken() {
    let app = TestApp::new().await;
    let Ground {
        manager,
        scope,
        role,
        ..
    } = ground(&app).await;
    let path = format!("/api/roles/{role}/scopes");
    let held = ok(&manager.get(&path).await);
    assert_eq!(held[0]["name"], "read");
    assert_eq!(held[0]["resource"]["indicator"], "https://orders.example");
    let body = json!({ "scopeIds": [scope] });
    refused(
        &manager.post(&path, body.clone()).await,
        422,
        "role.scope_exists",
    );
    gone(&manager.delete(&format!("{path}/{scope}")).await);
    let answer = manager.delete(&format!("{path}/{scope}")).await;
    refused(&answer, 404, "entity.not_found");
    assert_eq!(created(&manager.post(&path, body).await)[0]["id"], scope);
    let unknown = json!({ "scopeIds": ["unknown"] });
    let code = "entity.relation_foreign_key_not_found";
    refused(&manager.post(&path, unknown).await, 404, code);
    let all = ok(&manager.get("/api/resources/management-api/scopes").await);
    let code = "role.management_api_scopes_not_assignable_to_user_role";
    let body = json!({ "scopeIds": [id(&all[0])] });
    refused(&manager.post(&path, body).await, 400, code);
    // One that can't be given leaves the role unmade.
    let body = json!({ "name": "New", "description": "x", "scopeIds": [id(&all[0])] });
    refused(&manager.post("/api/roles", body).await, 400, code);
    assert_eq!(ok(&manager.get("/api/roles?search=New").await), json!([]));
}

#[tokio::test]
async fn users_hold_roles_seen_from_both_sides() {
    let app = TestApp::new().await;
    let Ground {
        manager,
        role,
        user,
        ..
    } = ground(&app).await;
    let by_role = format!("/api/roles/{role}/users");
    let by_user = format!("/api/users/{user}/roles");
    created(&manager.post(&by_role, json!({ "userIds": [user] })).await);
    let answer = manager.post(&by_role, json!({ "userIds": [user] })).await;
    refused(&answer, 422, "role.user_exists");
    let answer = manager
        .post(&by_role, json!({ "userIds": ["unknown"] }))
        .await;
    refused(&answer, 404, "entity.relation_foreign_key_not_found");
    let users = manager.get(&by_role).await;
    assert_eq!(ok(&users)[0]["id"], user);
    assert_eq!(users.header("total-number"), "1");
    assert_eq!(ok(&manager.get(&by_user).await)[0]["name"], "Clerk");
    let free = format!("/api/users?excludeRoleId={role}");
    assert_eq!(ok(&manager.get(&free).await), json!([]));
    let listed = ok(&manager.get("/api/roles?type=User").await);
    assert_eq!(listed[0]["usersCount"], 1);
    assert_eq!(listed[0]["featuredUsers"][0]["id"], user);

    gone(&manager.delete(&format!("{by_role}/{user}")).await);
    let answer = manager.delete(&format!("{by_user}/{role}")).await;
    refused(&answer, 404, "entity.not_found");
    let assigned = created(
        &manager
            .post(&by_user, json!({ "roleNames": ["Clerk"] }))
            .await,
    );
    assert_eq!(
        assigned,
        json!({ "roleIds": [role], "addedRoleIds": [role] })
    );
    let assigned = created(&manager.post(&by_user, json!({ "roleIds": [role] })).await);
    assert_eq!(assigned["addedRoleIds"], json!([]));
    let replaced = ok(&manager.put(&by_user, json!({ "roleIds": [] })).await);
    assert_eq!(replaced["roleIds"], json!([]));
    assert_eq!(ok(&manager.get(&by_user).await), json!([]));
    let machine = id(&ok(&manager.get("/api/roles?type=MachineToMachine").await)[0]);
    let answer = manager
        .post(&by_user, json!({ "roleIds": [machine] }))
        .await;
    refused(&answer, 422, "user.invalid_role_type");
}

#[tokio::test]
async fn machines_hold_roles_seen_from_both_sides() {
    let app = TestApp::new().await;
    let Ground { manager, role, .. } = ground(&app).await;
    let body = json!({ "name": "Robots", "description": "x", "type": "MachineToMachine" });
    let robots = id(&ok(&manager.post("/api/roles", body).await));
    let body = json!({ "name": "Robot", "type": "MachineToMachine" });
    let robot = id(&ok(&manager.post("/api/applications", body).await));
    let by_role = format!("/api/roles/{robots}/applications");
    let by_robot = format!("/api/applications/{robot}/roles");
    created(
        &manager
            .post(&by_role, json!({ "applicationIds": [robot] }))
            .await,
    );
    let answer = manager
        .post(&by_role, json!({ "applicationIds": [robot] }))
        .await;
    refused(&answer, 422, "role.application_exists");
    let answer = manager
        .post(&by_role, json!({ "applicationIds": ["bookstore"] }))
        .await;
    refused(&answer, 422, "application.invalid_role_type");
    assert_eq!(ok(&manager.get(&by_role).await)[0]["id"], robot);
    assert_eq!(ok(&manager.get(&by_robot).await)[0]["id"], robots);
    gone(&manager.delete(&format!("{by_role}/{robot}")).await);
    let assigned = ok(&manager.put(&by_robot, json!({ "roleIds": [robots] })).await);
    assert_eq!(assigned["addedRoleIds"], json!([robots]));
    let answer = manager.post(&by_robot, json!({ "roleIds": [role] })).await;
    refused(&answer, 422, "application.invalid_role_type");
    gone(&manager.delete(&format!("{by_robot}/{robots}")).await);
    let answer = manager.delete(&format!("{by_robot}/{robots}")).await;
    refused(&answer, 404, "entity.not_found");
}

#[tokio::test]
async fn new_users_get_the_default_roles_however_they_come() {
    let app = TestApp::new().await;
    let Ground { manager, role, .. } = ground(&app).await;
    ok(&manager
        .patch(&format!("/api/roles/{role}"), json!({ "isDefault": true }))
        .await);
    let body = json!({ "username": "bea" });
    let bea = id(&ok(&manager.post("/api/users", body).await));
    let mut visitor = app.visitor();
    let request = RelyingParty::new("shop").request(&app, &[]);
    app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let holders = ok(&manager.get(&format!("/api/roles/{role}/users")).await);
    let holders: Vec<&Value> = holders
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(holders.len(), 2);
    assert!(holders.contains(&&json!(bea)));
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let role = "administrator";
    let mut users = Vec::new();
    for name in ["ann", "ben"] {
        let user = json!({ "username": name });
        let user = id(&ok(&manager.post("/api/users", user).await));
        let given = json!({ "roleIds": [role] });
        let path = format!("/api/users/{user}/roles");
        created(&manager.post(&path, given).await);
        users.push(user);
    }
    let (ann, ben) = (&users[0], &users[1]);
    let suspended = |is: bool| json!({ "isSuspended": is });
    let path = |user: &str, rest: &str| format!("/api/users/{user}{rest}");
    // One of two may be barred; the other is the last one then.
    let bar = path(ben, "/is-suspended");
    ok(&manager.patch(&bar, suspended(true)).await);
    let clerk = json!({ "name": "Clerk", "description": "Sees orders" });
    let clerk = id(&ok(&manager.post("/api/roles", clerk).await));
    let refusals = [
        manager
            .patch(&path(ann, "/is-suspended"), suspended(true))
            .await,
        manager.delete(&path(ann, "")).await,
        manager.delete(&path(ann, &format!("/roles/{role}"))).await,
        manager
            .delete(&format!("/api/roles/{role}/users/{ann}"))
            .await,
        manager
            .put(&path(ann, "/roles"), json!({ "roleIds": [clerk] }))
            .await,
    ];
    for answer in &refusals {
        refused(answer, 403, "role.internal_role_violation");
    }
    // Who holds it beside others keeps it; a barred one may lose it.
    let both = json!({ "roleIds": [role, clerk] });
    assert!(
        manager
            .put(&path(ann, "/roles"), both)
            .await
            .status
            .is_success()
    );
    gone(&manager.delete(&path(ben, &format!("/roles/{role}"))).await);
    ok(&manager.patch(&bar, suspended(false)).await);
    created(
        &manager
            .post(&path(ben, "/roles"), json!({ "roleIds": [role] }))
            .await,
    );
    gone(&manager.delete(&path(ann, "")).await);
}
