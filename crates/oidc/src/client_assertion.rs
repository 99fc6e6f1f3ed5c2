//! Client assertions: `private_key_jwt` (OpenID Connect Core §9, RFC 7523 §3).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::lock::Mutex as AsyncMutex;
use moongate_core::{Application, StoreError, UnixMillis, token_hash};
use serde_json::Value;

use crate::Provider;
use crate::jwk::{FOREIGN_ALGORITHMS, PublicJwk};
use crate::jws::Jws;

/// The only kind of assertion (RFC 7523 §2.2).
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead an assertion may expire. Minutes would do; a widely used library takes an hour.
const LONGEST_LIFE: Duration = Duration::from_mins(65);

/// How far clocks may be apart.
const SKEW: Duration = Duration::from_mins(1);

/// How long fetched keys are used without asking again.
const KEYS_TTL: Duration = Duration::from_mins(5);

/// How soon they are fetched again for a key that is not among them.
const REFETCH_AFTER: Duration = Duration::from_secs(30);

/// More key sets than this are not kept.
const MOST_KEY_SETS: usize = 1024;

/// Why an assertion proves nothing; for the log alone.
#[derive(Debug)]
pub(crate) enum AssertionError {
    Refused(&'static str),
    Store(StoreError),
}

impl From<StoreError> for AssertionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What an address gave, and when it was last asked, in vain or not.
#[derive(Default)]
struct Fetched {
    asked_at: Option<UnixMillis>,
    jwks: Value,
}

/// Key sets that were fetched from `jwks_uri`s, by address. Whoever needs one waits for the fetch
/// of another, so that many requests make one.
#[derive(Default)]
pub(crate) struct FetchedKeys(Mutex<HashMap<String, Arc<AsyncMutex<Fetched>>>>);

/// The client that an assertion says it is from; proves nothing.
pub(crate) fn subject(assertion: &str) -> Option<String> {
    Jws::parse(assertion)?.text("sub").map(str::to_owned)
}

impl Provider {
    /// Whether an assertion is signed by one of the application's keys, for this server, now and
    /// for the first time. Its audience is the issuer or an endpoint that takes assertions.
    pub(crate) async fn check_assertion(
        &self,
        application: &Application,
        assertion: &str,
    ) -> Result<(), AssertionError> {
        let refused = AssertionError::Refused;
        let now = self.clock.now();
        let jws = Jws::parse(assertion).ok_or(refused("no signed JWT"))?;
        let id = application.id.as_str();
        if jws.text("iss") != Some(id) || jws.text("sub") != Some(id) {
            return Err(refused("iss and sub must be the client_id"));
        }
        let endpoints = [
            "",
            "/token",
            "/token/introspection",
            "/token/revocation",
            "/request",
        ];
        let is_for_us = jws.audiences().iter().any(|aud| {
            let rest = aud.strip_prefix(self.issuer.as_str());
            rest.is_some_and(|rest| endpoints.contains(&rest))
        });
        if !is_for_us {
            return Err(refused("aud must be the issuer or the token endpoint"));
        }
        let time = |name| {
            jws.seconds(name)
                .map(|at: i64| UnixMillis(at.saturating_mul(1000)))
        };
        let exp = time("exp").ok_or(refused("exp is missing"))?;
        if now >= exp.plus(SKEW) || exp > now.plus(LONGEST_LIFE) {
            return Err(refused("exp is past, or too far away"));
        }
        if [time("nbf"), time("iat")]
            .iter()
            .flatten()
            .any(|at| *at > now.plus(SKEW))
        {
            return Err(refused("nbf or iat is in the future"));
        }
        let jti = jws.text("jti").filter(|jti| (1..=256).contains(&jti.len()));
        let jti = jti.ok_or(refused("jti is missing"))?;
        let alg = jws.header_text("alg").unwrap_or_default();
        if !FOREIGN_ALGORITHMS.contains(&alg) {
            return Err(refused("alg is not supported"));
        }
        let keys = self
            .keys_of_client(application, jws.header_text("kid"))
            .await;
        if !keys
            .iter()
            .any(|key| key.verifies(alg, jws.message(), jws.signature()))
        {
            return Err(refused("no key of the client verifies the signature"));
        }
        let sight = token_hash(&format!("assertion\n{id}\n{jti}"));
        let forget_at = exp.plus(SKEW);
        let is_first = self
            .store
            .write(move |tx| Box::pin(async move { tx.first_sight(&sight, forget_at).await }))
            .await?;
        if is_first {
            Ok(())
        } else {
            Err(refused("jti was used before"))
        }
    }

    /// The application's registered keys of that `kid`, or all where the assertion names none.
    async fn keys_of_client(&self, application: &Application, kid: Option<&str>) -> Vec<PublicJwk> {
        let metadata = &application.custom_client_metadata;
        if let Some(jwks) = &metadata.jwks {
            return matching(jwks, kid);
        }
        let Some(uri) = &metadata.jwks_uri else {
            return Vec::new();
        };
        let now = self.clock.now();
        let entry = self.fetched_keys.entry(uri);
        let mut fetched = entry.lock().await;
        let keys = matching(&fetched.jwks, kid);
        if let Some(asked_at) = fetched.asked_at {
            let age = now.since(asked_at);
            if age < REFETCH_AFTER || (!keys.is_empty() && age < KEYS_TTL) {
                return keys;
            }
        }
        fetched.asked_at = Some(now);
        let reason = match self.outbound.get(uri).await {
            Err(error) => error.to_string(),
            Ok(answer) if answer.status != 200 => format!("status {}", answer.status),
            Ok(answer) => match serde_json::from_slice::<Value>(&answer.body) {
                Ok(jwks) if jwks.get("keys").is_some_and(Value::is_array) => {
                    fetched.jwks = jwks;
                    return matching(&fetched.jwks, kid);
                }
                _ => "no JWK set".to_owned(),
            },
        };
        tracing::warn!(application = %application.id, reason, "jwks_uri gave no keys");
        keys
    }
}

impl FetchedKeys {
    fn entry(&self, uri: &str) -> Arc<AsyncMutex<Fetched>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEY_SETS && !kept.contains_key(uri) {
            kept.clear();
        }
        Arc::clone(kept.entry(uri.to_owned()).or_default())
    }
}

/// The public keys of a set that are for signatures and have that `kid`.
fn matching(jwks: &Value, kid: Option<&str>) -> Vec<PublicJwk> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let fits = |jwk: &&Value| {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let is_named = kid.is_none() || text("kid").is_none() || text("kid") == kid;
        is_named && text("use").is_none_or(|usage| usage == "sig")
    };
    keys.into_iter()
        .flatten()
        .filter(fits)
        .filter_map(PublicJwk::parse)
        .collect()
}
