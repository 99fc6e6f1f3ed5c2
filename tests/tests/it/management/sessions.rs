//! Sessions and grants of users: seen, ended, and ended all at once.

use http::StatusCode;
use moongate_tests::{Manager, RelyingParty, TestApp, Visitor, fresh_number};
use serde_json::{Value, json};

use super::{gone, id, ok, refused};

struct SignedIn {
    visitor: Visitor,
    user: String,
    refresh_token: String,
    access_token: String,
}

async fn sign_in(app: &TestApp) -> SignedIn {
    let mut visitor = app.visitor();
    let shop = RelyingParty::new("shop");
    let request = shop.request(app, &[]);
    let answer = app.sign_in(&mut visitor, &request, &fresh_number()).await;
    let tokens = shop.exchange(app, &answer).await.json();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let claims = moongate_tests::claims(&text("id_token"));
    SignedIn {
        visitor,
        user: claims["sub"].as_str().unwrap().to_owned(),
        refresh_token: text("refresh_token"),
        access_token: text("access_token"),
    }
}

impl SignedIn {
    async fn refresh(&self, app: &TestApp) -> StatusCode {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.refresh_token.as_str()),
        ];
        RelyingParty::token(app, &fields).await.status
    }

    async fn silent(&mut self, app: &TestApp) -> Option<String> {
        let request = RelyingParty::new("again").request(app, &[("prompt", "none")]);
        self.visitor.get(&request).await.parameter("error")
    }
}

#[tokio::test]
async fn a_session_is_seen_and_ended() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let mut one = sign_in(&app).await;
    let path = format!("/api/users/{}/sessions", one.user);
    let sessions = ok(&manager.get(&path).await);
    let session = &sessions["sessions"][0];
    assert_eq!(session["accountId"], one.user);
    assert!(session["payload"]["authorizations"]["bookstore"]["sid"].is_string());
    let uid = session["payload"]["uid"].as_str().unwrap();
    let own = format!("{path}/{uid}");
    assert_eq!(ok(&manager.get(&own).await), *session);

    // Another user's is as good as none.
    let other = sign_in(&app).await;
    let elsewhere = format!("/api/users/{}/sessions/{uid}", other.user);
    refused(
        &manager.get(&elsewhere).await,
        404,
        "oidc.session_not_found",
    );
    refused(
        &manager.delete(&elsewhere).await,
        404,
        "oidc.session_not_found",
    );

    gone(&manager.delete(&own).await);
    refused(&manager.delete(&own).await, 404, "oidc.session_not_found");
    assert_eq!(one.silent(&app).await.as_deref(), Some("login_required"));
    // Its grant has offline access, which outlives a sign-out.
    assert_eq!(one.refresh(&app).await, StatusCode::OK);
}

#[tokio::test]
async fn grants_end_with_a_session_where_it_is_asked_for() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    for (target, expected) in [
        ("all", StatusCode::BAD_REQUEST),
        ("firstParty", StatusCode::BAD_REQUEST),
    ] {
        let one = sign_in(&app).await;
        let path = format!("/api/users/{}/sessions", one.user);
        let sessions = ok(&manager.get(&path).await);
        let uid = sessions["sessions"][0]["payload"]["uid"].as_str().unwrap();
        gone(
            &manager
                .delete(&format!("{path}/{uid}?revokeGrantsTarget={target}"))
                .await,
        );
        assert_eq!(one.refresh(&app).await, expected, "{target}");
    }
}

#[tokio::test]
async fn a_grant_is_seen_and_ended() {
    let app = TestApp::new().await;
    let manager = Manager::new(&app).await;
    let one = sign_in(&app).await;
    let path = format!("/api/users/{}/grants", one.user);
    let grants = ok(&manager.get(&path).await);
    let grant = &grants["grants"][0];
    assert_eq!(grant["payload"]["clientId"], "bookstore");
    assert!(
        grant["payload"]["openid"]["scope"]
            .as_str()
            .unwrap()
            .contains("phone")
    );
    let third = ok(&manager.get(&format!("{path}?appType=thirdParty")).await);
    assert_eq!(third["grants"], json!([]));
    let first = ok(&manager.get(&format!("{path}?appType=firstParty")).await);
    assert_eq!(first, grants);
    let own = format!("{path}/{}", id(grant));
    let elsewhere = sign_in(&app).await;
    let elsewhere = format!("/api/users/{}/grants/{}", elsewhere.user, id(grant));
    refused(&manager.delete(&elsewhere).await, 404, "entity.not_found");
    gone(&manager.delete(&own).await);
    refused(&manager.delete(&own).await, 404, "entity.not_found");
    assert_eq!(one.refresh(&app).await, StatusCode::BAD_REQUEST);
    let userinfo = RelyingParty::userinfo(&app, &one.access_token).await;
    assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_is_suspended_or_removed_is_out_at_once() {
    for remove in [false, true] {
        let app = TestApp::new().await;
        let manager = Manager::new(&app).await;
        let mut one = sign_in(&app).await;
        let path = format!("/api/users/{}", one.user);
        if remove {
            gone(&manager.delete(&path).await);
        } else {
            let body = json!({ "isSuspended": true });
            let body = ok(&manager.patch(&format!("{path}/is-suspended"), body).await);
            assert_eq!(body["isSuspended"], true);
        }
        assert_eq!(one.silent(&app).await.as_deref(), Some("login_required"));
        assert_eq!(one.refresh(&app).await, StatusCode::BAD_REQUEST);
        let userinfo = RelyingParty::userinfo(&app, &one.access_token).await;
        assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
        if !remove {
            let sessions = ok(&manager.get(&format!("{path}/sessions")).await);
            assert_eq!(sessions["sessions"], json!([]));
            let body = json!({ "isSuspended": false });
            let body = ok(&manager.patch(&format!("{path}/is-suspended"), body).await);
            assert_eq!(body["isSuspended"], Value::Bool(false));
        }
    }
}
