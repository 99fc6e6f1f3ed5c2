//! Signing keys that follow each other without a failed verification in between.

use std::time::Duration;

use moongate_core::{ApplicationType, Clock as _, SigningAlgorithm, UnixMillis};
use moongate_oidc::{
    DEFAULT_ROTATION_GRACE, JWKS_MAX_AGE, KeyChangeError, SigningKeyStatus, SigningKeys,
};
use serde_json::Value;

use crate::ground::{Ground, claims, exchange, header, json as tokens_of};

/// Whoever verifies, and keeps the key set for as long as it may.
struct Verifier {
    fetched_at: UnixMillis,
    jwks: Value,
}

impl Verifier {
    fn new(ground: &Ground) -> Self {
        Self {
            fetched_at: ground.clock.now(),
            jwks: serde_json::from_slice(&ground.provider.jwks()).unwrap(),
        }
    }

    fn knows(&mut self, ground: &Ground, token: &Value) -> bool {
        if ground.clock.now().since(self.fetched_at) >= JWKS_MAX_AGE {
            *self = Self::new(ground);
        }
        let kid = &header(token)["kid"];
        let keys = self.jwks["keys"].as_array().unwrap();
        keys.iter().any(|key| &key["kid"] == kid)
    }
}

async fn id_token(ground: &Ground) -> Value {
    let code = ground.code("spa", &[]).await;
    tokens_of(ground.token(&exchange("spa", &code)).await)["id_token"].clone()
}

#[tokio::test]
async fn three_rotations_while_people_sign_in_fail_no_verification() {
    let ground = Ground::new().await;
    let keys = ground.provider.signing_keys();
    let mut verifier = Verifier::new(&ground);
    let mut seen = Vec::new();
    for sign_in in 0..300 {
        if [50, 130, 210].contains(&sign_in) {
            keys.rotate(SigningAlgorithm::ES384, DEFAULT_ROTATION_GRACE)
                .await
                .unwrap();
        }
        let token = id_token(&ground).await;
        assert!(verifier.knows(&ground, &token), "sign-in {sign_in}");
        let kid = header(&token)["kid"].clone();
        if !seen.contains(&kid) {
            seen.push(kid);
        }
        ground.advance(Duration::from_secs(2));
    }
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn a_next_key_is_published_and_signs_when_its_time_comes() {
    let ground = Ground::new().await;
    let keys = ground.provider.signing_keys();
    let first = header(&id_token(&ground).await)["kid"].clone();
    keys.rotate(SigningAlgorithm::ES384, Duration::from_mins(5))
        .await
        .unwrap();
    let statuses = || {
        let of_default = keys.list().into_iter();
        let of_default = of_default.filter(|key| key.algorithm == SigningAlgorithm::ES384);
        of_default.map(|key| key.status).collect::<Vec<_>>()
    };
    assert_eq!(
        statuses(),
        [SigningKeyStatus::Next, SigningKeyStatus::Current]
    );
    assert_eq!(header(&id_token(&ground).await)["kid"], first);
    let again = keys.rotate(SigningAlgorithm::ES384, Duration::ZERO).await;
    assert!(matches!(again, Err(KeyChangeError::NextExists)));
    ground.advance(Duration::from_mins(5));
    assert_ne!(header(&id_token(&ground).await)["kid"], first);
    assert_eq!(
        statuses(),
        [SigningKeyStatus::Current, SigningKeyStatus::Previous]
    );
}

#[tokio::test]
async fn another_server_on_the_store_takes_over_the_next_key_by_itself() {
    let ground = Ground::new().await;
    let other = SigningKeys::open(
        SigningAlgorithm::ES384,
        ground.store.clone(),
        std::sync::Arc::new(moongate_core::testing::server_keys()),
        std::sync::Arc::new(moongate_core::testing::SeededEntropy::new(99)),
        ground.clock.clone(),
    )
    .await
    .unwrap();
    let keys = ground.provider.signing_keys();
    assert_eq!(other.jwks(), keys.jwks(), "one store, one set of keys");
    other
        .rotate(SigningAlgorithm::ES384, DEFAULT_ROTATION_GRACE)
        .await
        .unwrap();
    keys.reload().await.unwrap();
    assert_eq!(other.jwks(), keys.jwks());
    let before = header(&id_token(&ground).await)["kid"].clone();
    ground.advance(DEFAULT_ROTATION_GRACE);
    assert_ne!(header(&id_token(&ground).await)["kid"], before);
}

#[tokio::test]
async fn a_retired_key_stays_until_its_last_token_has_expired() {
    let ground = Ground::new().await;
    ground
        .put_application("spa", ApplicationType::Spa, |metadata| {
            metadata.id_token_ttl = Some(2 * 86_400);
        })
        .await;
    let keys = ground.provider.signing_keys();
    let token = id_token(&ground).await;
    keys.rotate(SigningAlgorithm::ES384, Duration::ZERO)
        .await
        .unwrap();
    let is_published = async || {
        keys.remove_retired().await.unwrap();
        Verifier::new(&ground).knows(&ground, &token)
    };
    ground.advance(Duration::from_hours(48));
    assert!(is_published().await);
    assert!(
        ground
            .provider
            .verify_hint(token.as_str().unwrap())
            .is_some()
    );
    ground.advance(Duration::from_mins(5));
    assert!(!is_published().await);
}

#[tokio::test]
async fn only_a_previous_key_can_be_deleted() {
    let ground = Ground::new().await;
    let keys = ground.provider.signing_keys();
    let first = keys.list()[0].id.clone();
    let refused = keys.delete(&first).await;
    assert!(matches!(refused, Err(KeyChangeError::NotPrevious)));
    let unknown = keys.delete(&"unknown".into()).await;
    assert!(matches!(unknown, Err(KeyChangeError::NotFound)));
    let old = keys
        .list()
        .into_iter()
        .find(|key| key.algorithm == SigningAlgorithm::RS256);
    let old = old.unwrap().id;
    keys.rotate(SigningAlgorithm::RS256, Duration::ZERO)
        .await
        .unwrap();
    keys.delete(&old).await.unwrap();
    assert!(keys.list().iter().all(|key| key.id != old));
}

#[tokio::test]
async fn an_application_chooses_the_algorithm_of_its_id_tokens() {
    for algorithm in SigningAlgorithm::ALL {
        let ground = Ground::new().await;
        ground
            .put_application("spa", ApplicationType::Spa, |metadata| {
                metadata.id_token_signed_response_alg = Some(algorithm);
            })
            .await;
        let token = id_token(&ground).await;
        assert_eq!(header(&token)["alg"], algorithm.as_str());
        assert!(claims(&token)["at_hash"].is_string());
        assert_eq!(claims(&token)["acr"], "urn:moongate:acr:1fa");
        assert!(
            ground
                .provider
                .verify_hint(token.as_str().unwrap())
                .is_some()
        );
        assert!(Verifier::new(&ground).knows(&ground, &token));
    }
}
