//! Modules of the basic plan about codes that come twice, and refresh tokens.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::client::{Client, FIRST, SECOND};
use super::suite::{Suite, Tokens, is_random, refused};

pub(super) async fn oidcc_codereuse(mut suite: Suite) {
    let request = suite.request();
    let callback = suite.sign_in(&request).await;
    suite.finish(&request, &callback).await;
    refused(&suite.redeem(&request, &callback).await, "invalid_grant");
}

pub(super) async fn oidcc_codereuse_30seconds(mut suite: Suite) {
    let request = suite.request();
    let callback = suite.sign_in(&request).await;
    let tokens = suite.finish(&request, &callback).await.tokens;
    suite.app.advance(Duration::from_secs(30));
    refused(&suite.redeem(&request, &callback).await, "invalid_grant");
    let info = suite.userinfo(&tokens.access_token).await;
    assert_eq!(info.status, StatusCode::UNAUTHORIZED, "the token is dead");
}

pub(super) async fn oidcc_refresh_token(mut suite: Suite) {
    assert!(suite.lists("grant_types_supported", "refresh_token"));
    let first = offline_tokens(&mut suite, FIRST).await;
    let token = refresh_token(&first.json).to_owned();
    is_random(&token);
    suite.app.advance(Duration::from_secs(2));
    let answer = refresh(&suite, &FIRST, &token).await;
    // OpenID Connect Core §12.2: a nonce, if there is one, is the first one.
    let second = suite.tokens(&answer, FIRST.id, first.nonce());
    assert_ne!(second.access_token, first.access_token);
    let (before, after) = (&first.id_token, &second.id_token);
    for name in ["iss", "sub", "aud", "azp", "auth_time"] {
        assert_eq!(after.claims.get(name), before.claims.get(name), "{name}");
    }
    assert!(after.seconds("iat") > before.seconds("iat"));
    let info = suite.userinfo(&second.access_token).await;
    suite.checked_userinfo(&info, &second);

    suite.browser = suite.app.visitor();
    let others = offline_tokens(&mut suite, SECOND).await;
    let others = refresh_token(&others.json);
    refused(&refresh(&suite, &FIRST, others).await, "invalid_grant");
}

/// Tokens of a fresh sign-in with offline access (OpenID Connect Core §11).
async fn offline_tokens(suite: &mut Suite, client: Client) -> Tokens {
    assert!(suite.lists("scopes_supported", "offline_access"));
    let request = suite
        .request_of(client)
        .with("scope", "openid offline_access")
        .with("prompt", "consent");
    suite.complete(&request).await.tokens
}

fn refresh_token(json: &Value) -> &str {
    json["refresh_token"].as_str().expect("a refresh token")
}

async fn refresh(suite: &Suite, client: &Client, token: &str) -> moongate_tests::Page {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    suite.token_request(client, &fields).await
}

impl Tokens {
    fn nonce(&self) -> Option<&str> {
        self.id_token.claims.get("nonce").and_then(Value::as_str)
    }
}
