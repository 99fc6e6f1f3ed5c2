//! Pushed authorization requests (RFC 9126).

use std::time::Duration;

use moongate_core::ApplicationType;
use moongate_oidc::{AuthorizationOutcome, PageError, TokenError, TokenRequest};

use crate::ground::{Ground, SECRET, parameters, request, value};

async fn push(ground: &Ground, pairs: &[(&str, &str)]) -> Result<String, TokenError> {
    let parameters = parameters(pairs);
    let request = TokenRequest {
        authorization: None,
        dpop: None,
        parameters: &parameters,
    };
    let answer = ground.provider.push_request(request).await?;
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(answer["expires_in"], 60);
    Ok(answer["request_uri"].as_str().unwrap().to_owned())
}

fn pushed_by_web<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = request("web", more);
    pairs.push(("client_secret", SECRET));
    pairs
}

async fn use_it(ground: &Ground, client_id: &str, request_uri: &str) -> AuthorizationOutcome {
    ground
        .authorize(&[("client_id", client_id), ("request_uri", request_uri)])
        .await
}

fn error(result: Result<String, TokenError>) -> (&'static str, String) {
    match result.expect_err("an error") {
        TokenError::Request(error) | TokenError::Client { error, .. } => {
            (error.error, error.description)
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_pushed_request_is_answered_once() {
    let ground = Ground::new().await;
    let uri = push(&ground, &pushed_by_web(&[])).await.unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
    let AuthorizationOutcome::Answer(answer) = use_it(&ground, "web", &uri).await else {
        panic!("expected a code");
    };
    assert!(value(&answer, "code").is_some());
    assert_eq!(value(&answer, "state").unwrap(), "the state");
    let again = use_it(&ground, "web", &uri).await;
    assert!(matches!(
        again,
        AuthorizationOutcome::Page(PageError::UnknownRequestUri { .. })
    ));
}

#[tokio::test]
async fn what_was_pushed_counts_and_nothing_beside_it() {
    let ground = Ground::new().await;
    let uri = push(&ground, &pushed_by_web(&[])).await.unwrap();
    let outcome = ground
        .authorize(&[
            ("client_id", "web"),
            ("request_uri", &uri),
            ("redirect_uri", "https://evil.example/cb"),
            ("state", "another"),
        ])
        .await;
    let AuthorizationOutcome::Answer(answer) = outcome else {
        panic!("expected a code");
    };
    assert_eq!(answer.redirect_uri, "http://localhost:3000/Callback");
    assert_eq!(value(&answer, "state").unwrap(), "the state");
}

#[tokio::test]
async fn a_pushed_request_is_its_clients_own_for_a_minute() {
    let ground = Ground::new().await;
    let is_unknown = |outcome| {
        matches!(
            outcome,
            AuthorizationOutcome::Page(PageError::UnknownRequestUri { .. })
        )
    };
    let uri = push(&ground, &pushed_by_web(&[])).await.unwrap();
    assert!(is_unknown(use_it(&ground, "spa", &uri).await));
    let uri = push(&ground, &pushed_by_web(&[])).await.unwrap();
    ground.advance(Duration::from_mins(1));
    assert!(is_unknown(use_it(&ground, "web", &uri).await));
}

#[tokio::test]
async fn mistakes_are_told_to_the_client_at_once() {
    let ground = Ground::new().await;
    for (more, expected) in [
        (
            ("redirect_uri", "https://evil.example/cb"),
            "invalid_request",
        ),
        (("response_type", "token"), "unsupported_response_type"),
        (("resource", "https://unknown.example"), "invalid_target"),
        (("prompt", "none login"), "invalid_request"),
        (("request_uri", "urn:x"), "invalid_request"),
        (("request", "e30.e30."), "request_not_supported"),
    ] {
        let refused = push(&ground, &pushed_by_web(&[more])).await;
        assert_eq!(error(refused).0, expected, "{more:?}");
    }
    let mut unproven = pushed_by_web(&[]);
    unproven.retain(|(name, _)| *name != "client_secret");
    assert_eq!(error(push(&ground, &unproven).await).0, "invalid_request");
    unproven.push(("client_secret", "wrong"));
    assert_eq!(error(push(&ground, &unproven).await).0, "invalid_client");
}

#[tokio::test]
async fn a_client_that_has_to_push_is_not_answered_otherwise() {
    let ground = Ground::new().await;
    ground
        .put_application("web", ApplicationType::Traditional, |metadata| {
            metadata.require_pushed_authorization_requests = Some(true);
        })
        .await;
    let outcome = ground.authorize(&request("web", &[])).await;
    assert!(matches!(
        outcome,
        AuthorizationOutcome::Page(PageError::NotPushed { .. })
    ));
    let uri = push(&ground, &pushed_by_web(&[])).await.unwrap();
    assert!(matches!(
        use_it(&ground, "web", &uri).await,
        AuthorizationOutcome::Answer(_)
    ));
}
