//! Tokens that are bound to a key (RFC 9449).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moongate_core::{ApplicationType, Clock as _};
use moongate_oidc::{BearerError, Presented, TokenError, TokenRequest, TokenResponse};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::foreign_key::ForeignKey;
use crate::ground::{Ground, bearer, error_name, exchange, json as tokens_of, parameters};

const TOKEN: &str = "http://localhost:3001/oidc/token";
const USERINFO: &str = "http://localhost:3001/oidc/me";

/// What makes header or claims of a proof wrong.
type Spoil = fn(&mut Value, &mut Value);

/// A proof as it should be; `change` spoils it.
fn proof_with(
    ground: &Ground,
    key: &ForeignKey,
    (method, url): (&str, &str),
    jti: &str,
    change: impl FnOnce(&mut Value, &mut Value),
) -> String {
    let mut header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk() });
    let mut claims = json!({
        "jti": jti,
        "htm": method,
        "htu": url,
        "iat": ground.clock.now().seconds(),
    });
    change(&mut header, &mut claims);
    key.sign(&header, &claims)
}

fn proof(ground: &Ground, key: &ForeignKey, jti: &str) -> String {
    proof_with(ground, key, ("POST", TOKEN), jti, |_, _| {})
}

async fn token(
    ground: &Ground,
    proof: Option<&str>,
    pairs: &[(&str, &str)],
) -> Result<TokenResponse, TokenError> {
    let parameters = parameters(pairs);
    let request = TokenRequest {
        authorization: None,
        dpop: proof,
        parameters: &parameters,
    };
    ground.provider.token(request).await
}

async fn bound_tokens(ground: &Ground, key: &ForeignKey) -> Value {
    let more = [("scope", "openid offline_access"), ("prompt", "consent")];
    let code = ground.code("spa", &more).await;
    let proof = proof(ground, key, "first");
    tokens_of(token(ground, Some(&proof), &exchange("spa", &code)).await)
}

#[tokio::test]
async fn a_bound_token_is_good_with_a_fresh_proof_of_its_key_alone() {
    let ground = Ground::new().await;
    let key = ForeignKey::generate();
    let tokens = bound_tokens(&ground, &key).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let access = tokens["access_token"].as_str().unwrap();
    let refused = ground.provider.userinfo(bearer(access)).await;
    assert!(matches!(refused, Err(BearerError::InvalidToken)));
    let present = async |key: &ForeignKey, jti: &str, ath: Option<&str>| {
        let proof = proof_with(&ground, key, ("GET", USERINFO), jti, |_, claims| {
            if let Some(ath) = ath {
                claims["ath"] = json!(ath);
            }
        });
        let presented = Presented {
            token: access,
            dpop: Some((&proof, "GET")),
        };
        ground.provider.userinfo(presented).await
    };
    let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(access));
    assert_eq!(
        present(&key, "a", Some(&ath)).await.unwrap().claims["sub"],
        "alice"
    );
    let again = present(&key, "a", Some(&ath)).await;
    assert!(
        matches!(again, Err(BearerError::InvalidProof(_))),
        "replayed"
    );
    let without = present(&key, "b", None).await;
    assert!(matches!(without, Err(BearerError::InvalidProof(_))));
    let other = present(&ForeignKey::generate(), "c", Some(&ath)).await;
    assert!(matches!(other, Err(BearerError::InvalidToken)));
}

#[tokio::test]
async fn a_public_clients_refresh_token_is_bound_too() {
    let ground = Ground::new().await;
    let key = ForeignKey::generate();
    let tokens = bound_tokens(&ground, &key).await;
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "spa"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(
        error_name(token(&ground, None, &refresh).await),
        "invalid_grant"
    );
    let stolen = proof(&ground, &ForeignKey::generate(), "x");
    let refused = token(&ground, Some(&stolen), &refresh).await;
    assert_eq!(error_name(refused), "invalid_grant");
    let own = proof(&ground, &key, "second");
    let refreshed = tokens_of(token(&ground, Some(&own), &refresh).await);
    assert_eq!(refreshed["token_type"], "DPoP");
}

#[tokio::test]
async fn a_code_may_be_bound_from_the_start() {
    let ground = Ground::new().await;
    let key = ForeignKey::generate();
    let thumbprint = {
        // RFC 7638 §3: the members in the order of their names.
        let jwk = key.jwk();
        let canonical = format!(
            r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
            jwk["x"], jwk["y"]
        );
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    };
    let bound = [("dpop_jkt", thumbprint.as_str())];
    let code = ground.code("spa", &bound).await;
    let own = proof(&ground, &key, "a");
    assert!(
        token(&ground, Some(&own), &exchange("spa", &code))
            .await
            .is_ok()
    );
    let code = ground.code("spa", &bound).await;
    let unproven = token(&ground, None, &exchange("spa", &code)).await;
    assert_eq!(error_name(unproven), "invalid_grant");
}

#[tokio::test]
async fn what_is_no_proof_is_refused_before_anything_is_spent() {
    let ground = Ground::new().await;
    let key = ForeignKey::generate();
    let code = ground.code("spa", &[]).await;
    let at = ("POST", TOKEN);
    let spoilt: [(&str, Spoil); 9] = [
        ("typ", |header, _| header["typ"] = json!("JWT")),
        ("alg", |header, _| header["alg"] = json!("none")),
        ("symmetric", |header, _| {
            header["jwk"] = json!({ "kty": "oct", "k": "AA" });
        }),
        ("another key", |header, _| {
            header["jwk"] = ForeignKey::generate().jwk();
        }),
        ("method", |_, claims| claims["htm"] = json!("GET")),
        ("address", |_, claims| {
            claims["htu"] = json!("http://localhost:3001/oidc/me");
        }),
        ("old", |_, claims| {
            claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 301);
        }),
        ("early", |_, claims| {
            claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 61);
        }),
        ("no jti", |_, claims| claims["jti"] = json!("")),
    ];
    for (what, spoil) in spoilt {
        let proof = proof_with(&ground, &key, at, what, spoil);
        let refused = token(&ground, Some(&proof), &exchange("spa", &code)).await;
        assert_eq!(error_name(refused), "invalid_dpop_proof", "{what}");
    }
    for odd in ["", "a.b.c", "a.b.c, d.e.f"] {
        let refused = token(&ground, Some(odd), &exchange("spa", &code)).await;
        assert_eq!(error_name(refused), "invalid_dpop_proof", "{odd}");
    }
    let query = format!("{TOKEN}?x=1#y");
    let fine = proof_with(&ground, &key, ("POST", &query), "fine", |_, _| {});
    assert!(
        token(&ground, Some(&fine), &exchange("spa", &code))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_proof_is_forgotten_only_once_it_is_too_old() {
    let ground = Ground::new().await;
    let key = ForeignKey::generate();
    let again = proof(&ground, &key, "again");
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let code = ground.code("spa", &[]).await;
        let answer = token(&ground, Some(&again), &exchange("spa", &code)).await;
        outcomes.push(answer.is_ok());
        ground.advance(Duration::from_secs(30));
    }
    assert_eq!(outcomes, [true, false]);
}

#[tokio::test]
async fn an_application_may_be_set_to_need_proofs() {
    let ground = Ground::new().await;
    ground
        .put_application("spa", ApplicationType::Spa, |metadata| {
            metadata.dpop_bound_access_tokens = Some(true);
        })
        .await;
    let code = ground.code("spa", &[]).await;
    let unproven = token(&ground, None, &exchange("spa", &code)).await;
    assert_eq!(error_name(unproven), "invalid_dpop_proof");
}
