//! Revocation and introspection: a client and its own tokens.

use std::time::Duration;

use moongate_core::ApplicationType;
use moongate_oidc::{BearerError, TokenError, TokenRequest};
use serde_json::{Value, json};

use crate::ground::{Ground, SECRET, bearer, error_name, exchange, json as tokens_of, parameters};

async fn introspect(ground: &Ground, token: &str) -> Value {
    let parameters = parameters(&[
        ("client_id", "web"),
        ("client_secret", SECRET),
        ("token", token),
    ]);
    let request = TokenRequest {
        authorization: None,
        dpop: None,
        parameters: &parameters,
    };
    let answer = ground.provider.introspect(request).await;
    answer.map_err(|error| error.to_string()).unwrap()
}

async fn revoke(ground: &Ground, pairs: &[(&str, &str)]) -> Result<(), TokenError> {
    let parameters = parameters(pairs);
    let request = TokenRequest {
        authorization: None,
        dpop: None,
        parameters: &parameters,
    };
    ground.provider.revoke(request).await
}

/// Tokens of the confidential application, with a refresh token.
async fn web_tokens(ground: &Ground) -> Value {
    let scope = [("scope", "openid offline_access"), ("prompt", "consent")];
    let code = ground.code("web", &scope).await;
    let mut pairs = exchange("web", &code);
    pairs.push(("client_secret", SECRET));
    tokens_of(ground.token(&pairs).await)
}

#[tokio::test]
async fn a_client_learns_what_its_own_token_is_good_for() {
    let ground = Ground::new().await;
    let tokens = web_tokens(&ground).await;
    let access = introspect(&ground, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(access["active"], true);
    assert_eq!(access["sub"], "alice");
    assert_eq!(access["client_id"], "web");
    assert_eq!(access["scope"], "openid offline_access");
    assert_eq!(access["iss"], "http://localhost:3001/oidc");
    assert_eq!(access["token_type"], "Bearer");
    let lifetime = access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap();
    assert_eq!(lifetime, 3600);
    let refresh = introspect(&ground, tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refresh["active"], true);
    assert!(refresh.get("token_type").is_none());
}

#[tokio::test]
async fn of_other_tokens_it_learns_nothing() {
    let ground = Ground::new().await;
    let others = ground.offline_tokens().await;
    let own = web_tokens(&ground).await;
    let own = own["access_token"].as_str().unwrap();
    for token in [others["access_token"].as_str().unwrap(), "no such token"] {
        assert_eq!(introspect(&ground, token).await, json!({ "active": false }));
    }
    ground.advance(Duration::from_hours(1));
    assert_eq!(introspect(&ground, own).await, json!({ "active": false }));
}

#[tokio::test]
async fn who_keeps_no_secret_may_not_ask() {
    let ground = Ground::new().await;
    let parameters = parameters(&[("client_id", "spa"), ("token", "x")]);
    let request = TokenRequest {
        authorization: None,
        dpop: None,
        parameters: &parameters,
    };
    let refused = ground.provider.introspect(request).await;
    assert!(matches!(refused, Err(TokenError::Client { .. })));
}

#[tokio::test]
async fn a_revoked_token_takes_its_siblings_along() {
    for given in ["access_token", "refresh_token"] {
        let ground = Ground::new().await;
        let tokens = ground.offline_tokens().await;
        let token = tokens[given].as_str().unwrap();
        revoke(&ground, &[("client_id", "spa"), ("token", token)])
            .await
            .map_err(|error| error.to_string())
            .unwrap();
        let access = tokens["access_token"].as_str().unwrap();
        let refused = ground.provider.userinfo(bearer(access)).await;
        assert!(matches!(refused, Err(BearerError::InvalidToken)));
        let refresh = tokens["refresh_token"].as_str().unwrap();
        assert_eq!(error_name(ground.refresh(refresh).await), "invalid_grant");
    }
}

#[tokio::test]
async fn nobody_revokes_anothers_token() {
    let ground = Ground::new().await;
    ground
        .put_application("other", ApplicationType::Spa, |_| {})
        .await;
    let tokens = ground.offline_tokens().await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    for token in [refresh, "no such token"] {
        let answer = revoke(&ground, &[("client_id", "other"), ("token", token)]).await;
        assert!(answer.is_ok());
    }
    assert!(ground.refresh(refresh).await.is_ok());
    let nameless = revoke(&ground, &[("client_id", "spa")]).await;
    assert!(matches!(nameless, Err(TokenError::Request(_))));
}
