//! A third-party application's question, as JSON.

use http::StatusCode;
use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata, UnixMillis,
};
use moongate_tests::{RelyingParty, TestApp, fresh_number};
use serde_json::json;

use super::{Own, created, ok, refused};

const CALLBACK: &str = "https://circle.example/cb";

#[tokio::test]
async fn the_question_is_told_and_answered() {
    let app = TestApp::new().await;
    app.put_application(Application {
        id: ApplicationId::from("circle"),
        name: "Readers’ Circle".into(),
        description: None,
        kind: ApplicationType::Spa,
        oidc_client_metadata: OidcClientMetadata {
            redirect_uris: vec![CALLBACK.into()],
            ..OidcClientMetadata::default()
        },
        custom_client_metadata: CustomClientMetadata::default(),
        is_third_party: true,
        consent_scopes: ConsentScopes {
            user_scopes: vec!["profile".into(), "phone".into()],
            resource_scopes: Vec::new(),
        },
        custom_data: serde_json::Map::new(),
        created_at: UnixMillis(1),
    })
    .await;
    let request = [
        ("client_id", "circle"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile phone"),
        ("prompt", ""),
    ];
    let mut own = Own::asked(&app, &request).await;
    own.begin("Register").await;
    let answer = own.call("GET", "interaction/consent", None).await;
    refused(&answer, 404, "session.interaction_not_found");
    let number = fresh_number();
    let record = own.prove_phone(&number, "Register").await;
    created(&own.identify(&record).await);
    let target = ok(&own.submit().await)["redirectTo"].clone();
    let page = own.visitor.open(target.as_str().unwrap()).await;
    assert_eq!(page.status, StatusCode::OK);

    let question = ok(&own.call("GET", "interaction/consent", None).await);
    assert_eq!(
        question["application"],
        json!({ "id": "circle", "name": "Readers’ Circle" })
    );
    assert_eq!(question["user"]["primaryPhone"], format!("86{number}"));
    assert_eq!(question["missingOIDCScope"], json!(["profile", "phone"]));
    assert_eq!(question["missingResourceScopes"], json!([]));
    assert_eq!(question["redirectUri"], CALLBACK);

    let organizations = json!({ "organizationIds": ["x"] });
    let answer = own
        .call("POST", "interaction/consent", Some(organizations))
        .await;
    refused(&answer, 422, "request.feature_not_supported");
    // Which question was read must be said.
    let shown = question["interactionId"].clone();
    for (body, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({ "interactionId": "x" }), StatusCode::BAD_REQUEST),
    ] {
        let answer = own.call("POST", "interaction/consent", Some(body)).await;
        refused(&answer, status.as_u16(), "session.not_found");
    }
    // Another tab asks something else meanwhile: what was shown is what is allowed.
    let other = [("state", "other"), request[0], request[1], request[2]];
    let other = RelyingParty::new("other").request(&app, &other);
    own.visitor.get(&other).await;
    let body = json!({ "interactionId": shown });
    let answer = own.call("POST", "interaction/consent", Some(body)).await;
    assert_eq!(ok(&answer)["redirectTo"], target);
    let arrived = own.visitor.open(target.as_str().unwrap()).await;
    assert!(arrived.location().starts_with(CALLBACK));
    assert!(arrived.parameter("code").is_some());
}
