//! The token endpoint and userinfo.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use moongate_core::ApplicationType;
use moongate_oidc::{BearerError, TokenError, TokenRequest};

use crate::ground::{
    CALLBACK, Ground, SECRET, VERIFIER, bearer, claims, error_name, exchange, json, parameters,
    value,
};

#[tokio::test]
async fn a_code_becomes_tokens_that_say_who_signed_in() {
    let ground = Ground::new().await;
    let code = ground.code("spa", &[]).await;
    let tokens = json(ground.exchange(&code).await);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["scope"], "openid profile phone");
    assert!(tokens.get("refresh_token").is_none());
    let id = claims(&tokens["id_token"]);
    assert_eq!(id["iss"], "http://localhost:3001/oidc");
    assert_eq!(id["sub"], "alice");
    assert_eq!(id["aud"], "spa");
    assert_eq!(id["nonce"], "the nonce");
    assert_eq!(id["phone_number"], "8613800138000");
    assert_eq!(id["amr"], serde_json::json!(["otp", "sms"]));
    assert_eq!(
        id["exp"].as_i64().unwrap() - id["iat"].as_i64().unwrap(),
        3600
    );
    assert!(id["at_hash"].is_string() && id["sid"].is_string() && id["auth_time"].is_i64());
    let access_token = tokens["access_token"].as_str().unwrap();
    let userinfo = ground
        .provider
        .userinfo(bearer(access_token))
        .await
        .unwrap();
    assert_eq!(userinfo.claims["sub"], "alice");
    assert_eq!(userinfo.claims["phone_number"], "8613800138000");
}

#[tokio::test]
async fn a_code_used_twice_ends_what_the_first_use_got() {
    let ground = Ground::new().await;
    let code = ground.code("spa", &[]).await;
    let tokens = json(ground.exchange(&code).await);
    assert_eq!(error_name(ground.exchange(&code).await), "invalid_grant");
    let access_token = tokens["access_token"].as_str().unwrap();
    let refused = ground.provider.userinfo(bearer(access_token)).await;
    assert!(matches!(refused, Err(BearerError::InvalidToken)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_six_parallel_exchanges_at_most_one_succeeds() {
    let ground = Ground::new().await;
    let code = ground.code("spa", &[]).await;
    let exchanges: Vec<_> = (0..6)
        .map(|_| {
            let provider = ground.provider.clone();
            let parameters = parameters(&exchange("spa", &code));
            tokio::spawn(async move {
                let request = TokenRequest {
                    authorization: None,
                    dpop: None,
                    parameters: &parameters,
                };
                provider.token(request).await.is_ok()
            })
        })
        .collect();
    let mut won = 0;
    for exchange in exchanges {
        won += usize::from(exchange.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_code_refused_once_is_dead() {
    for (name, wrong) in [
        ("redirect_uri", "http://localhost:3000/Other"),
        (
            "code_verifier",
            "a-wrong-verifier-that-is-long-enough-to-be-one",
        ),
    ] {
        let ground = Ground::new().await;
        let code = ground.code("spa", &[]).await;
        let mut pairs = exchange("spa", &code);
        pairs.retain(|(own, _)| *own != name);
        pairs.push((name, wrong));
        assert_eq!(error_name(ground.token(&pairs).await), "invalid_grant");
        assert_eq!(error_name(ground.exchange(&code).await), "invalid_grant");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let ground = Ground::new().await;
    let code = ground.code("spa", &[]).await;
    for name in ["grant_type", "code", "redirect_uri"] {
        let mut pairs = exchange("spa", &code);
        pairs.retain(|(own, _)| *own != name);
        assert_eq!(
            error_name(ground.token(&pairs).await),
            "invalid_request",
            "{name}"
        );
    }
    ground
        .exchange(&code)
        .await
        .map_err(|error| error.to_string())
        .unwrap();
}

#[tokio::test]
async fn a_code_lives_a_minute() {
    for (seconds, lives) in [(59, true), (60, false)] {
        let ground = Ground::new().await;
        let code = ground.code("spa", &[]).await;
        ground.advance(Duration::from_secs(seconds));
        assert_eq!(ground.exchange(&code).await.is_ok(), lives, "{seconds} s");
    }
}

#[tokio::test]
async fn a_verifier_needs_a_challenge_and_a_challenge_a_verifier() {
    let ground = Ground::new().await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = ground.code("web", &without).await;
    let mut pairs = exchange("web", &code);
    pairs.push(("client_secret", SECRET));
    assert_eq!(error_name(ground.token(&pairs).await), "invalid_grant");
    let code = ground.code("web", &[]).await;
    let mut pairs = exchange("web", &code);
    pairs.push(("client_secret", SECRET));
    pairs.retain(|(name, _)| *name != "code_verifier");
    assert_eq!(error_name(ground.token(&pairs).await), "invalid_grant");
}

#[tokio::test]
async fn a_confidential_client_proves_itself_by_exactly_one_mechanism() {
    let ground = Ground::new().await;
    let basic = format!("Basic {}", STANDARD.encode(format!("web:{SECRET}")));
    let body = |code: &str| {
        [
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("code_verifier", VERIFIER.to_owned()),
        ]
    };
    let send = async |authorization: Option<&str>, more: &[(&str, &str)]| {
        let code = ground.code("web", &[]).await;
        let body = body(&code);
        let mut pairs: Vec<_> = body
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        pairs.extend(more);
        ground.token_as(authorization, &pairs).await
    };
    assert!(send(Some(&basic), &[]).await.is_ok());
    assert!(
        send(None, &[("client_id", "web"), ("client_secret", SECRET)])
            .await
            .is_ok()
    );
    let both = send(Some(&basic), &[("client_secret", SECRET)]).await;
    assert_eq!(error_name(both), "invalid_request");
    let neither = send(None, &[("client_id", "web")]).await;
    assert_eq!(error_name(neither), "invalid_request");
    let other = send(Some(&basic), &[("client_id", "spa")]).await;
    assert_eq!(error_name(other), "invalid_request");
    let malformed = send(Some("Basic %%%"), &[]).await;
    assert_eq!(error_name(malformed), "invalid_request");
    let wrong = format!("Basic {}", STANDARD.encode("web:wrong"));
    let Err(TokenError::Client { error, challenge }) = send(Some(&wrong), &[]).await else {
        panic!("expected a client error");
    };
    assert_eq!((error.error, challenge), ("invalid_client", true));
    let wrong = send(None, &[("client_id", "web"), ("client_secret", "wrong")]).await;
    assert!(matches!(
        wrong,
        Err(TokenError::Client {
            challenge: false,
            ..
        })
    ));
    let unknown = send(None, &[("client_id", "nobody")]).await;
    assert_eq!(error_name(unknown), "invalid_client");
    let public = send(None, &[("client_id", "spa"), ("client_secret", SECRET)]).await;
    assert_eq!(error_name(public), "invalid_client");
}

#[tokio::test]
async fn a_code_is_good_for_its_own_client_alone() {
    let ground = Ground::new().await;
    let code = ground.code("web", &[]).await;
    assert_eq!(error_name(ground.exchange(&code).await), "invalid_grant");
}

#[tokio::test]
async fn offline_access_needs_consent_asked_for() {
    let ground = Ground::new().await;
    let code = ground
        .code("spa", &[("scope", "openid offline_access")])
        .await;
    let tokens = json(ground.exchange(&code).await);
    assert!(tokens.get("refresh_token").is_none());
    assert_eq!(tokens["scope"], "openid");
    assert!(ground.offline_tokens().await["refresh_token"].is_string());
}

#[tokio::test]
async fn a_public_clients_token_rotates_and_an_old_one_ends_all() {
    let ground = Ground::new().await;
    let tokens = ground.offline_tokens().await;
    let first = tokens["refresh_token"].as_str().unwrap();
    let refreshed = json(ground.refresh(first).await);
    let second = refreshed["refresh_token"].as_str().unwrap();
    assert_ne!(first, second);
    assert_eq!(claims(&refreshed["id_token"])["sub"], "alice");
    ground.advance(Duration::from_secs(3));
    assert!(
        ground.refresh(first).await.is_ok(),
        "parallel requests are no theft"
    );
    ground.advance(Duration::from_millis(1));
    assert_eq!(error_name(ground.refresh(first).await), "invalid_grant");
    assert_eq!(error_name(ground.refresh(second).await), "invalid_grant");
    let access_token = refreshed["access_token"].as_str().unwrap();
    let refused = ground.provider.userinfo(bearer(access_token)).await;
    assert!(matches!(refused, Err(BearerError::InvalidToken)));
}

#[tokio::test]
async fn a_confidential_clients_token_rotates_late_in_its_life() {
    let ground = Ground::new().await;
    let code = ground
        .code(
            "web",
            &[("scope", "openid offline_access"), ("prompt", "consent")],
        )
        .await;
    let mut pairs = exchange("web", &code);
    pairs.push(("client_secret", SECRET));
    let tokens = json(ground.token(&pairs).await);
    let first = tokens["refresh_token"].as_str().unwrap();
    let refresh = async || {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", "web"),
            ("client_secret", SECRET),
            ("refresh_token", first),
        ];
        json(ground.token(&pairs).await)["refresh_token"].clone()
    };
    assert_eq!(refresh().await, first);
    ground.advance(Duration::from_hours(14 * 24 * 7 / 10 + 1));
    assert_ne!(refresh().await, first);
}

#[tokio::test]
async fn a_refresh_narrows_scopes_and_never_widens_them() {
    let ground = Ground::new().await;
    let tokens = ground.offline_tokens().await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let refresh = async |scope: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", "spa"),
            ("refresh_token", token),
            ("scope", scope),
        ];
        ground.token(&pairs).await
    };
    assert_eq!(error_name(refresh("openid email").await), "invalid_scope");
    let narrowed = json(refresh("openid").await);
    assert_eq!(narrowed["scope"], "openid");
    assert!(claims(&narrowed["id_token"]).get("phone_number").is_none());
}

#[tokio::test]
async fn a_refresh_token_of_another_client_is_unknown() {
    let ground = Ground::new().await;
    ground
        .put_application("other", ApplicationType::Spa, |_| {})
        .await;
    let tokens = ground.offline_tokens().await;
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", "other"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(error_name(ground.token(&pairs).await), "invalid_grant");
}

#[tokio::test]
async fn odd_requests_get_plain_refusals() {
    let ground = Ground::new().await;
    let nul = [
        ("grant_type", "authorization_code"),
        ("code", "a\0b"),
        ("client_id", "spa"),
    ];
    assert_eq!(error_name(ground.token(&nul).await), "invalid_request");
    let twice = [
        ("client_id", "spa"),
        ("grant_type", "a"),
        ("grant_type", "b"),
    ];
    assert_eq!(error_name(ground.token(&twice).await), "invalid_request");
    let password = [("client_id", "spa"), ("grant_type", "password")];
    assert_eq!(
        error_name(ground.token(&password).await),
        "unsupported_grant_type"
    );
    let unknown = exchange("spa", "no such code");
    assert_eq!(error_name(ground.token(&unknown).await), "invalid_grant");
}

#[tokio::test]
async fn userinfo_needs_openid_and_an_hour_is_its_end() {
    let ground = Ground::new().await;
    let code = ground.code("spa", &[("scope", "profile")]).await;
    let tokens = json(ground.exchange(&code).await);
    assert!(tokens.get("id_token").is_none());
    let access_token = tokens["access_token"].as_str().unwrap();
    let refused = ground.provider.userinfo(bearer(access_token)).await;
    assert!(matches!(refused, Err(BearerError::InsufficientScope)));
    ground.advance(Duration::from_hours(1));
    let refused = ground.provider.userinfo(bearer(access_token)).await;
    assert!(matches!(refused, Err(BearerError::InvalidToken)));
    let refused = ground.provider.userinfo(bearer("no such token")).await;
    assert!(matches!(refused, Err(BearerError::InvalidToken)));
}

#[tokio::test]
async fn ten_parallel_refreshes_with_one_token_keep_the_user_signed_in() {
    let ground = Ground::new().await;
    let first = ground.offline_tokens().await;
    let token = first["refresh_token"].as_str().unwrap().to_owned();
    let refreshes: Vec<_> = (0..10)
        .map(|_| {
            let provider = ground.provider.clone();
            let parameters = parameters(&[
                ("grant_type", "refresh_token"),
                ("client_id", "spa"),
                ("refresh_token", &token),
            ]);
            tokio::spawn(async move {
                let request = TokenRequest {
                    authorization: None,
                    dpop: None,
                    parameters: &parameters,
                };
                provider.token(request).await
            })
        })
        .collect();
    let mut newest = Vec::new();
    for refresh in refreshes {
        newest.push(json(refresh.await.unwrap()));
    }
    // Whichever answer the application keeps, it goes on from there.
    ground.advance(Duration::from_mins(1));
    for tokens in newest {
        let token = tokens["refresh_token"].as_str().unwrap();
        json(ground.refresh(token).await);
    }
}

#[tokio::test]
async fn access_without_offline_access_does_not_outlast_the_session() {
    let ground = Ground::new().await;
    ground
        .put_application("spa", ApplicationType::Spa, |metadata| {
            metadata.always_issue_refresh_token = Some(true);
            metadata.refresh_token_ttl_in_days = Some(30);
        })
        .await;
    let code = ground.code("spa", &[]).await;
    let tokens = json(ground.exchange(&code).await);
    ground.advance(Duration::from_hours(14 * 24 - 1));
    let tokens = json(
        ground
            .refresh(tokens["refresh_token"].as_str().unwrap())
            .await,
    );
    ground.advance(Duration::from_hours(1));
    let late = ground
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(error_name(late), "invalid_grant");
}

#[tokio::test]
async fn a_description_has_the_characters_that_it_may_have() {
    let ground = Ground::new().await;
    let odd = [("\r\n\"\\é", "1"), ("\r\n\"\\é", "2")];
    let answer = ground.answer("spa", &odd).await;
    let description = value(&answer, "error_description").unwrap();
    assert_eq!(description, "'?????' parameter must not be provided twice");
}
