//! Access tokens for APIs: resources, their scopes, machines, and token exchange.

use std::time::Duration;

use moongate_core::{
    ApplicationType, Clock as _, Resource, ResourceId, ResourceScope, ScopeId, StoreError,
    SubjectToken, UserId, token_hash,
};
use moongate_oidc::BearerError;
use serde_json::{Value, json};

use crate::ground::{
    Ground, SECRET, bearer, claims, error_name, exchange, header, json as tokens_of, value,
};

const ORDERS: &str = "https://api.example/orders";
const BOOKS: &str = "https://api.example/books";

/// Two resources; alice may read orders, the machine may read and write them.
async fn with_resources() -> Ground {
    let ground = Ground::new().await;
    ground
        .put_application("machine", ApplicationType::MachineToMachine, |_| {})
        .await;
    let now = ground.clock.now();
    ground
        .store
        .write(move |tx| {
            Box::pin(async move {
                for (id, indicator) in [("orders", ORDERS), ("books", BOOKS)] {
                    let resource = Resource {
                        id: ResourceId::from(id),
                        name: id.into(),
                        indicator: indicator.into(),
                        access_token_ttl: 600,
                        is_default: false,
                        created_at: now,
                    };
                    assert!(tx.put_resource(&resource).await?);
                    for name in ["read", "write"] {
                        let scope = ResourceScope {
                            id: ScopeId::from(format!("{id}-{name}").as_str()),
                            resource_id: resource.id.clone(),
                            name: format!("{name}:{id}"),
                            description: None,
                            created_at: now,
                        };
                        assert!(tx.put_resource_scope(&scope).await?);
                    }
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    ground.hold_user("alice", "reader", &["orders-read"]).await;
    ground
        .hold_application("machine", "robot", &["orders-read", "orders-write"])
        .await;
    ground
}

async fn tokens(ground: &Ground, scope: &str, resources: &[&str]) -> Value {
    let mut more = vec![("scope", scope), ("prompt", "consent")];
    more.extend(resources.iter().map(|resource| ("resource", *resource)));
    let code = ground.code("spa", &more).await;
    tokens_of(ground.exchange(&code).await)
}

async fn refresh(ground: &Ground, tokens: &Value, more: &[(&str, &str)]) -> Result<Value, String> {
    let mut pairs = vec![
        ("grant_type", "refresh_token"),
        ("client_id", "spa"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    pairs.extend(more);
    match ground.token(&pairs).await {
        Ok(tokens) => Ok(serde_json::to_value(tokens).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

#[tokio::test]
async fn a_refresh_for_a_resource_gives_a_jwt_with_what_roles_hold() {
    let ground = with_resources().await;
    let scope = "openid offline_access read:orders write:orders read:books";
    let first = tokens(&ground, scope, &[ORDERS, BOOKS]).await;
    assert!(
        !first["access_token"].as_str().unwrap().contains('.'),
        "with openid and no resource, the token is for userinfo"
    );
    let orders = refresh(&ground, &first, &[("resource", ORDERS)])
        .await
        .unwrap();
    assert_eq!(orders["expires_in"], 600);
    assert_eq!(orders["scope"], "read:orders");
    assert_eq!(header(&orders["access_token"])["typ"], "at+jwt");
    let token = claims(&orders["access_token"]);
    assert_eq!(token["aud"], ORDERS);
    assert_eq!(token["scope"], "read:orders");
    assert_eq!(token["sub"], "alice");
    assert_eq!(token["client_id"], "spa");
    assert_eq!(token["iss"], "http://localhost:3001/oidc");
    assert!(token["jti"].is_string());
    let books = refresh(&ground, &orders, &[("resource", BOOKS)])
        .await
        .unwrap();
    assert!(books.get("scope").is_none(), "alice holds nothing there");
    assert!(claims(&books["access_token"]).get("scope").is_none());
}

#[tokio::test]
async fn roles_count_at_the_moment_of_the_token() {
    let ground = with_resources().await;
    let first = tokens(&ground, "openid offline_access write:orders", &[ORDERS]).await;
    let before = refresh(&ground, &first, &[("resource", ORDERS)])
        .await
        .unwrap();
    assert!(before.get("scope").is_none());
    ground.hold_user("alice", "writer", &["orders-write"]).await;
    let after = refresh(&ground, &before, &[("resource", ORDERS)])
        .await
        .unwrap();
    assert_eq!(after["scope"], "write:orders");
}

#[tokio::test]
async fn without_openid_the_one_granted_resource_is_meant() {
    let ground = with_resources().await;
    let tokens = tokens(&ground, "read:orders", &[ORDERS]).await;
    assert_eq!(claims(&tokens["access_token"])["aud"], ORDERS);
    assert!(tokens.get("id_token").is_none());
}

#[tokio::test]
async fn a_resource_that_was_not_granted_is_no_target() {
    let ground = with_resources().await;
    let first = tokens(&ground, "openid offline_access read:orders", &[ORDERS]).await;
    for resource in [BOOKS, "https://unknown.example"] {
        let refused = refresh(&ground, &first, &[("resource", resource)]).await;
        assert!(refused.unwrap_err().starts_with("invalid_target"));
    }
    let several = [("resource", ORDERS), ("resource", BOOKS)];
    let refused = refresh(&ground, &first, &several).await.unwrap_err();
    assert!(refused.starts_with("invalid_target"));
    assert!(
        refresh(&ground, &first, &[]).await.is_ok(),
        "a refusal spends nothing"
    );
    let answer = ground
        .answer("spa", &[("resource", "https://unknown.example")])
        .await;
    assert_eq!(value(&answer, "error").unwrap(), "invalid_target");
}

#[tokio::test]
async fn a_jwt_is_verified_for_its_audience_until_it_expires() {
    let ground = with_resources().await;
    let tokens = tokens(&ground, "read:orders", &[ORDERS]).await;
    let token = tokens["access_token"].as_str().unwrap();
    let verified = ground.provider.verify_access_token(token, ORDERS).unwrap();
    assert_eq!(
        (verified.sub.as_str(), verified.client_id.as_str()),
        ("alice", "spa")
    );
    assert!(verified.scopes.contains("read:orders") && !verified.is_application());
    let other = ground.provider.verify_access_token(token, BOOKS);
    assert!(matches!(other, Err(BearerError::InvalidToken)));
    let opaque = ground.provider.userinfo(bearer(token)).await;
    assert!(matches!(opaque, Err(BearerError::InvalidToken)));
    assert!(ground.provider.verify_hint(token).is_none(), "no ID token");
    ground.advance(Duration::from_mins(10));
    let late = ground.provider.verify_access_token(token, ORDERS);
    assert!(matches!(late, Err(BearerError::InvalidToken)));
}

#[tokio::test]
async fn a_machine_gets_what_it_asks_for_and_its_roles_hold() {
    let ground = with_resources().await;
    let ask = async |more: &[(&str, &str)]| {
        let mut pairs = vec![
            ("grant_type", "client_credentials"),
            ("client_id", "machine"),
            ("client_secret", SECRET),
        ];
        pairs.extend(more);
        ground.token(&pairs).await
    };
    let scope = "read:orders write:orders read:books openid";
    let tokens = tokens_of(ask(&[("resource", ORDERS), ("scope", scope)]).await);
    assert_eq!(tokens["scope"], "read:orders write:orders");
    assert!(tokens.get("id_token").is_none() && tokens.get("refresh_token").is_none());
    let token = claims(&tokens["access_token"]);
    assert_eq!(
        (&token["sub"], &token["client_id"]),
        (&json!("machine"), &json!("machine"))
    );
    let bare = tokens_of(ask(&[("resource", ORDERS)]).await);
    assert!(bare.get("scope").is_none(), "nothing unasked for");
    assert_eq!(error_name(ask(&[]).await), "invalid_target");
    assert_eq!(
        error_name(ask(&[("resource", "x")]).await),
        "invalid_target"
    );
    let organization = ask(&[("resource", ORDERS), ("organization_id", "o")]).await;
    assert_eq!(error_name(organization), "access_denied");
}

#[tokio::test]
async fn each_kind_of_application_has_its_grants() {
    let ground = with_resources().await;
    for (client, grant_type) in [
        ("machine", "authorization_code"),
        ("machine", "refresh_token"),
        ("web", "client_credentials"),
        ("web", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("web", "urn:ietf:params:oauth:grant-type:device_code"),
    ] {
        let refused = ground
            .token(&[
                ("grant_type", grant_type),
                ("client_id", client),
                ("client_secret", SECRET),
                ("resource", ORDERS),
            ])
            .await;
        assert_eq!(
            error_name(refused),
            "unauthorized_client",
            "{client} {grant_type}"
        );
    }
    let answer = ground.answer("machine", &[]).await;
    assert_eq!(value(&answer, "error").unwrap(), "unauthorized_client");
}

/// `broker` may exchange tokens.
async fn with_broker() -> Ground {
    let ground = with_resources().await;
    ground
        .put_application("broker", ApplicationType::Traditional, |metadata| {
            metadata.allow_token_exchange = Some(true);
        })
        .await;
    ground
}

async fn exchanged(
    ground: &Ground,
    token: &str,
    token_type: &str,
    more: &[(&str, &str)],
) -> Result<moongate_oidc::TokenResponse, moongate_oidc::TokenError> {
    let mut pairs = vec![
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("client_id", "broker"),
        ("client_secret", SECRET),
        ("subject_token", token),
        ("subject_token_type", token_type),
    ];
    pairs.extend(more);
    ground.token(&pairs).await
}

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

#[tokio::test]
async fn an_access_token_is_exchanged_for_one_of_the_brokers_own() {
    let ground = with_broker().await;
    let tokens = tokens(&ground, "openid offline_access read:orders", &[ORDERS]).await;
    let opaque = tokens["access_token"].as_str().unwrap();
    let jwt = [("resource", ORDERS), ("scope", "read:orders")];
    let got = tokens_of(exchanged(&ground, opaque, ACCESS_TOKEN, &jwt).await);
    assert_eq!(got["issued_token_type"], ACCESS_TOKEN);
    assert!(got.get("refresh_token").is_none());
    let token = claims(&got["access_token"]);
    assert_eq!(
        (&token["sub"], &token["client_id"]),
        (&json!("alice"), &json!("broker"))
    );
    assert_eq!(token["scope"], "read:orders");
    let first = got["access_token"].as_str().unwrap();
    let userinfo = [("scope", "openid phone")];
    let again = tokens_of(exchanged(&ground, first, ACCESS_TOKEN, &userinfo).await);
    let token = again["access_token"].as_str().unwrap();
    let info = ground.provider.userinfo(bearer(token)).await.unwrap();
    assert_eq!(info.claims["phone_number"], "8613800138000");
    let actor = [
        ("resource", ORDERS),
        ("actor_token", opaque),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    let acted = tokens_of(exchanged(&ground, opaque, ACCESS_TOKEN, &actor).await);
    assert_eq!(claims(&acted["access_token"])["act"]["sub"], "alice");
}

#[tokio::test]
async fn what_stands_for_nobody_is_not_exchanged() {
    let ground = with_broker().await;
    let machine = tokens_of(
        ground
            .token(&[
                ("grant_type", "client_credentials"),
                ("client_id", "machine"),
                ("client_secret", SECRET),
                ("resource", ORDERS),
            ])
            .await,
    );
    let machine = machine["access_token"].as_str().unwrap();
    for token in [machine, "unknown", "sub_unknown"] {
        let refused = exchanged(&ground, token, ACCESS_TOKEN, &[]).await;
        assert_eq!(error_name(refused), "invalid_grant", "{token}");
    }
    let odd = exchanged(&ground, "x", "urn:example:unknown", &[]).await;
    assert_eq!(error_name(odd), "invalid_request");
}

#[tokio::test]
async fn an_impersonation_token_is_good_once() {
    let ground = with_broker().await;
    let now = ground.clock.now();
    let row = SubjectToken {
        hash: token_hash("sub_token"),
        user_id: UserId::from("alice"),
        context: serde_json::Map::new(),
        created_at: now,
        expires_at: now.plus(Duration::from_mins(10)),
        consumed_at: None,
    };
    ground
        .store
        .write(move |tx| Box::pin(async move { tx.insert_subject_token(&row).await }))
        .await
        .unwrap();
    let kind = "urn:logto:token-type:impersonation_token";
    let wrong = exchanged(&ground, "sub_token", kind, &[("resource", "x")]).await;
    assert_eq!(
        error_name(wrong),
        "invalid_target",
        "a mistake spends nothing"
    );
    let right = [("resource", ORDERS)];
    assert!(exchanged(&ground, "sub_token", kind, &right).await.is_ok());
    let again = exchanged(&ground, "sub_token", kind, &right).await;
    assert_eq!(error_name(again), "invalid_grant");
}

#[tokio::test]
async fn a_code_names_its_resource_at_the_exchange() {
    let ground = with_resources().await;
    let more = [("scope", "openid read:orders"), ("resource", ORDERS)];
    let code = ground.code("spa", &more).await;
    let mut pairs = exchange("spa", &code);
    pairs.push(("resource", ORDERS));
    let tokens = tokens_of(ground.token(&pairs).await);
    assert_eq!(claims(&tokens["access_token"])["aud"], ORDERS);
    assert_eq!(claims(&tokens["id_token"])["sub"], "alice");
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_that_ends_no_later() {
    let ground = with_broker().await;
    let tokens = tokens(&ground, "read:orders", &[ORDERS]).await;
    let subject = tokens["access_token"].as_str().unwrap();
    let end = claims(&tokens["access_token"])["exp"].clone();
    ground.advance(Duration::from_mins(9));
    let orders = [("resource", ORDERS)];
    let jwt = tokens_of(exchanged(&ground, subject, ACCESS_TOKEN, &orders).await);
    assert_eq!(claims(&jwt["access_token"])["exp"], end);
    assert_eq!(jwt["expires_in"], 60);
    let opaque = tokens_of(exchanged(&ground, subject, ACCESS_TOKEN, &[("scope", "openid")]).await);
    assert_eq!(opaque["expires_in"], 60);
    let token = opaque["access_token"].as_str().unwrap();
    ground.advance(Duration::from_mins(1));
    let late = ground.provider.userinfo(bearer(token)).await;
    assert!(matches!(late, Err(BearerError::InvalidToken)));
}

#[tokio::test]
async fn more_resources_than_anybody_needs_are_refused() {
    let ground = with_resources().await;
    let named: Vec<_> = (0..17)
        .map(|n| format!("https://api.example/{n}"))
        .collect();
    let named: Vec<_> = named.iter().map(|it| ("resource", it.as_str())).collect();
    let answer = ground.answer("spa", &named).await;
    assert_eq!(value(&answer, "error").unwrap(), "invalid_target");
    let same = vec![("resource", ORDERS); 1000];
    let answer = ground.answer("spa", &same).await;
    assert!(value(&answer, "code").is_some(), "one resource, said often");
}
