//! Telling applications that a session ended (OpenID Connect Back-Channel Logout 1.0).
//!
//! Who is to be told was noted in the unit of work that ended the session; here a round takes what
//! is due, posts it, and notes what came of it. Nothing is held in memory between rounds, so that a
//! restart loses nothing and several servers share the work.

use std::time::Duration;

use futures_util::future::join_all;
use moongate_core::{Application, LogoutDelivery, OutboundError, StoreError, UnixMillis};
use serde_json::{Map, Value, json};

use crate::{KeyError, Provider};

/// How long a logout token is good for: two minutes (§2.4 recommends at most that).
const TOKEN_TTL: Duration = Duration::from_mins(2);

/// How many applications are called at once.
const BATCH: i64 = 32;

/// How long others leave a delivery alone that this process took: longer than a call may last.
const LEASE: Duration = Duration::from_secs(30);

/// The pauses between tries. After the last try nobody is called any more.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_hours(1),
];

/// The one member of the claim `events` (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What came of one call.
enum Outcome {
    /// The application knows.
    Arrived,
    /// Trying again would not help.
    Refused(String),
    /// It may help.
    Failed(String),
}

impl Provider {
    /// One round of telling applications: takes the deliveries that are due, up to a number that
    /// can be called at once, and calls them. Gives how many it took; none means that nothing is
    /// due.
    ///
    /// # Errors
    /// The store's. What was taken is tried again once its lease is over.
    pub async fn deliver_logouts(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due: Vec<LogoutDelivery> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.claim_logout_deliveries(now, now.plus(LEASE), BATCH)
                        .await
                })
            })
            .await?;
        let count = due.len();
        let settled = join_all(due.into_iter().map(|delivery| self.settle(delivery))).await;
        settled.into_iter().collect::<Result<(), StoreError>>()?;
        Ok(count)
    }

    async fn settle(&self, delivery: LogoutDelivery) -> Result<(), StoreError> {
        let outcome = self.deliver(&delivery).await?;
        self.note(delivery, outcome).await
    }

    async fn deliver(&self, delivery: &LogoutDelivery) -> Result<Outcome, StoreError> {
        let mut reader = self.store.read().await?;
        let application = reader.application(&delivery.application_id).await?;
        drop(reader);
        let Some(application) = application else {
            return Ok(Outcome::Arrived);
        };
        let Some(uri) = &application.oidc_client_metadata.backchannel_logout_uri else {
            // It no longer wants to be told.
            return Ok(Outcome::Arrived);
        };
        let token = match self.logout_token(&application, delivery).await {
            Ok(Some(token)) => token,
            Ok(None) => return Ok(Outcome::Failed("the token could not be signed".into())),
            Err(error) => return Ok(Outcome::Failed(error.to_string())),
        };
        let fields = [("logout_token", token.as_str())];
        let answer = self.outbound.post_form(uri, &fields).await;
        Ok(match answer.map(|answer| answer.status) {
            Ok(200..=299) => Outcome::Arrived,
            Ok(status @ (408 | 429 | 500..)) => Outcome::Failed(format!("status {status}")),
            Ok(status) => Outcome::Refused(format!("status {status}")),
            Err(error @ OutboundError::Forbidden(_)) => Outcome::Refused(error.to_string()),
            Err(error @ OutboundError::Failed(_)) => Outcome::Failed(error.to_string()),
        })
    }

    /// A fresh token for this try (§2.4), signed as the application's ID tokens are.
    async fn logout_token(
        &self,
        application: &Application,
        delivery: &LogoutDelivery,
    ) -> Result<Option<String>, KeyError> {
        let metadata = &application.custom_client_metadata;
        let algorithm = metadata.id_token_signed_response_alg;
        let algorithm = algorithm.unwrap_or(self.signing_keys.default_algorithm());
        let key = self.signing_keys.current(algorithm).await?;
        let now = self.clock.now();
        let jti = self.entropy.id(21);
        Ok(key.sign_claims(
            Some("logout+jwt"),
            &claims(&self.issuer, delivery, &jti, now),
        ))
    }

    async fn note(&self, delivery: LogoutDelivery, outcome: Outcome) -> Result<(), StoreError> {
        let tries = delivery.attempts;
        let pause = usize::try_from(tries - 1)
            .ok()
            .and_then(|tried| PAUSES.get(tried));
        let application = &delivery.application_id;
        let again_at = match (outcome, pause) {
            (Outcome::Arrived, _) => None,
            (Outcome::Failed(reason), Some(pause)) => {
                tracing::info!(%application, tries, reason, "a logout token did not arrive");
                Some(self.clock.now().plus(*pause))
            }
            (Outcome::Failed(reason) | Outcome::Refused(reason), _) => {
                tracing::warn!(
                    %application,
                    tries,
                    reason,
                    "gave up telling an application that a session ended"
                );
                None
            }
        };
        let id = delivery.id;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    match again_at {
                        Some(at) => tx.postpone_logout_delivery(&id, at).await,
                        None => tx.delete_logout_delivery(&id).await,
                    }
                })
            })
            .await
    }
}

/// The claims of §2.4. A `nonce` must not be among them.
fn claims(issuer: &str, delivery: &LogoutDelivery, jti: &str, now: UnixMillis) -> Value {
    let mut events = Map::new();
    events.insert(EVENT.to_owned(), json!({}));
    let mut claims = json!({
        "iss": issuer,
        "aud": delivery.application_id.as_str(),
        "sub": delivery.user_id.as_str(),
        "iat": now.seconds(),
        "exp": now.plus(TOKEN_TTL).seconds(),
        "jti": jti,
        "events": events,
    });
    if let Some(sid) = &delivery.sid {
        claims["sid"] = json!(sid);
    }
    claims
}
