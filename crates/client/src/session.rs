//! Who is signed in: the session's content, kept in a `tower-sessions` store under a random id,
//! and the refresh of its tokens. The session belongs to this crate alone; an application that
//! needs a session of its own adds one beside it. That way no request of the application can
//! write an old copy over a refresh token that was just renewed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

use crate::clock::{Clock, random_bytes};
use crate::error::{Error, IdTokenFault};
use crate::provider::{Provider, Tokens};

/// How long a session lasts after sign-in, in seconds: 14 days, as long as the provider's own.
/// It does not slide: the provider is asked again at its end, which a person who is signed in
/// there does not notice.
pub(crate) const SESSION_LIFETIME: u32 = 14 * 24 * 60 * 60;

/// A token that ends within this many seconds is renewed before use.
const RENEW_EARLY: u64 = 30;

/// How long a failed renewal is not tried again, in seconds.
const RENEWAL_PAUSE: u64 = 15;

/// The key of our value in the store's record.
const RECORD_KEY: &str = "moongate";

/// Claims that say nothing to an application once the token is verified; Logto's SDK for .NET
/// drops the same ones.
const SPENT_CLAIMS: [&str; 4] = ["nonce", "at_hash", "c_hash", "nbf"];

/// An access token and its end.
#[derive(Clone, Serialize, Deserialize)]
struct Access {
    token: String,
    /// Seconds since 1970; `None` if the provider did not say.
    expires_at: Option<u64>,
}

impl Access {
    fn is_good(&self, now: u64) -> bool {
        self.expires_at
            .is_none_or(|end| now.saturating_add(RENEW_EARLY) < end)
    }
}

/// A session's content.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SignedIn {
    claims: Map<String, Value>,
    id_token: String,
    access: Access,
    /// Access tokens for API resources, by resource.
    #[serde(default)]
    resources: BTreeMap<String, Access>,
    refresh_token: Option<String>,
    /// Renewal is not tried before this time, in seconds since 1970.
    #[serde(default)]
    renew_after: u64,
    /// The attempt that made this session, and where it led: a repeated callback goes there.
    attempt: String,
    return_to: String,
}

impl SignedIn {
    /// # Errors
    /// [`Error::IdToken`] if the tokens hold no ID token.
    pub(crate) fn new(
        tokens: Tokens,
        attempt: String,
        return_to: String,
        now: u64,
    ) -> Result<Self, Error> {
        let (id_token, claims) = tokens
            .id_token
            .ok_or(Error::IdToken(IdTokenFault::Malformed))?;
        Ok(Self {
            claims: useful(claims),
            id_token,
            access: access(tokens.access_token, tokens.expires_in, now),
            resources: BTreeMap::new(),
            refresh_token: tokens.refresh_token,
            renew_after: 0,
            attempt,
            return_to,
        })
    }

    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    pub(crate) fn id_token(&self) -> &str {
        &self.id_token
    }

    pub(crate) fn refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_deref()
    }

    /// The access token for the resource, or for the provider itself, if it is still good.
    pub(crate) fn access_token(&self, resource: Option<&str>, now: u64) -> Option<&str> {
        let access = match resource {
            None => Some(&self.access),
            Some(resource) => self.resources.get(resource),
        };
        access
            .filter(|access| access.is_good(now))
            .map(|access| access.token.as_str())
    }

    /// Where the attempt led that made this session, if it is that attempt.
    pub(crate) fn return_to(&self, attempt: &str) -> Option<&str> {
        (self.attempt == attempt).then_some(self.return_to.as_str())
    }

    /// Takes over what a refresh gave.
    fn renew(&mut self, tokens: Tokens, resource: Option<&str>, now: u64) -> Result<(), Error> {
        if let Some((id_token, claims)) = tokens.id_token {
            // OpenID Connect Core §12.2: the person may not change.
            if claims.get("sub") != self.claims.get("sub") {
                return Err(Error::IdToken(IdTokenFault::Subject));
            }
            // Claims from userinfo stay where the new ID token does not speak about them.
            self.claims.extend(useful(claims));
            self.id_token = id_token;
        }
        let access = access(tokens.access_token, tokens.expires_in, now);
        match resource {
            None => self.access = access,
            Some(resource) => {
                self.resources.insert(resource.to_owned(), access);
            }
        }
        if let Some(refresh_token) = tokens.refresh_token {
            self.refresh_token = Some(refresh_token);
        }
        self.renew_after = 0;
        Ok(())
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SignedIn([secret])")
    }
}

fn useful(mut claims: Map<String, Value>) -> Map<String, Value> {
    for claim in SPENT_CLAIMS {
        claims.remove(claim);
    }
    claims
}

fn access(token: String, expires_in: Option<Duration>, now: u64) -> Access {
    Access {
        token,
        expires_at: expires_in.map(|life| now.saturating_add(life.as_secs())),
    }
}

/// One lock for each key, made when first asked for and forgotten when nobody holds it.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Locks {
    /// Waits for the key's lock.
    pub(crate) async fn lock(&self, key: String) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if locks.len() >= 256 {
                locks.retain(|_, lock| lock.strong_count() > 0);
            }
            let found = locks.get(&key).and_then(Weak::upgrade);
            found.unwrap_or_else(|| {
                let lock = Arc::default();
                locks.insert(key, Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }
}

/// The sessions of one application. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: Arc<dyn SessionStore>,
    provider: Arc<Provider>,
    clock: Clock,
    locks: Arc<Locks>,
}

impl Sessions {
    pub(crate) fn new(store: Arc<dyn SessionStore>, provider: Arc<Provider>, clock: Clock) -> Self {
        Self {
            store,
            provider,
            clock,
            locks: Arc::default(),
        }
    }

    /// Stores a new session under a new random id and ends the one that the browser had.
    pub(crate) async fn begin(&self, session: &SignedIn, before: Option<Id>) -> Result<Id, Error> {
        let mut record = self.record(Id(i128::from_le_bytes(random_bytes())), session)?;
        self.store
            .create(&mut record)
            .await
            .map_err(|error| store_error(&error))?;
        if let Some(before) = before {
            self.end(before).await?;
        }
        Ok(record.id)
    }

    /// Ends the session and gives what was in it. A renewal that is under way comes first, so
    /// that it can't bring the session back.
    pub(crate) async fn end(&self, id: Id) -> Result<Option<SignedIn>, Error> {
        let _lock = self.locks.lock(id.to_string()).await;
        let session = self.load(id).await?.map(|(_, session)| session);
        self.store
            .delete(&id)
            .await
            .map_err(|error| store_error(&error))?;
        Ok(session)
    }

    /// The session, its access token renewed if that has run out and can be renewed. When the
    /// provider can't be reached the session stays as it is; when the provider no longer
    /// accepts the refresh token the session is over.
    pub(crate) async fn current(&self, id: Id) -> Result<Option<SignedIn>, Error> {
        self.with_token(id, None).await
    }

    /// As [`Sessions::current`], for the access token of an API resource.
    pub(crate) async fn with_token(
        &self,
        id: Id,
        resource: Option<&str>,
    ) -> Result<Option<SignedIn>, Error> {
        let Some((_, session)) = self.load(id).await? else {
            return Ok(None);
        };
        if self.is_settled(&session, resource) {
            return Ok(Some(session));
        }
        // In a task of its own: if the browser hangs up meanwhile, the renewed refresh token
        // must still reach the store, or the session is lost.
        let this = self.clone();
        let resource = resource.map(str::to_owned);
        tokio::spawn(async move { this.renew(id, resource.as_deref()).await })
            .await
            .unwrap_or(Err(Error::ProviderUnavailable))
    }

    /// Whether nothing is to be renewed, or nothing can be.
    fn is_settled(&self, session: &SignedIn, resource: Option<&str>) -> bool {
        let now = self.clock.unix_seconds();
        session.access_token(resource, now).is_some()
            || session.refresh_token.is_none()
            || now < session.renew_after
    }

    /// Renews under the session's lock; who waited for it finds the work done.
    async fn renew(&self, id: Id, resource: Option<&str>) -> Result<Option<SignedIn>, Error> {
        let _lock = self.locks.lock(id.to_string()).await;
        let Some((mut record, mut session)) = self.load(id).await? else {
            return Ok(None);
        };
        let refresh_token = match &session.refresh_token {
            Some(token) if !self.is_settled(&session, resource) => token.clone(),
            _ => return Ok(Some(session)),
        };
        let outcome = self.provider.refresh(&refresh_token, resource).await;
        let now = self.clock.unix_seconds();
        let renewed = outcome.and_then(|tokens| session.renew(tokens, resource, now));
        match renewed {
            Ok(()) => {}
            Err(Error::GrantRefused) => {
                tracing::info!("the refresh token is no longer accepted; the session ends");
                self.store
                    .delete(&id)
                    .await
                    .map_err(|error| store_error(&error))?;
                return Ok(None);
            }
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "the access token was not renewed");
                session.renew_after = now.saturating_add(RENEWAL_PAUSE);
            }
        }
        record.data.insert(RECORD_KEY.to_owned(), value(&session)?);
        self.store
            .save(&record)
            .await
            .map_err(|error| store_error(&error))?;
        Ok(Some(session))
    }

    async fn load(&self, id: Id) -> Result<Option<(Record, SignedIn)>, Error> {
        let record = self
            .store
            .load(&id)
            .await
            .map_err(|error| store_error(&error))?;
        let now = time::OffsetDateTime::from(self.clock.now());
        let Some(mut record) = record.filter(|record| record.expiry_date > now) else {
            return Ok(None);
        };
        // What can't be read was written by another version: the person signs in again.
        let session = record
            .data
            .remove(RECORD_KEY)
            .and_then(|value| serde_json::from_value(value).ok());
        Ok(session.map(|session| (record, session)))
    }

    fn record(&self, id: Id, session: &SignedIn) -> Result<Record, Error> {
        let now = time::OffsetDateTime::from(self.clock.now());
        Ok(Record {
            id,
            data: HashMap::from([(RECORD_KEY.to_owned(), value(session)?)]),
            expiry_date: now + time::Duration::seconds(i64::from(SESSION_LIFETIME)),
        })
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sessions")
    }
}

fn value(session: &SignedIn) -> Result<Value, Error> {
    serde_json::to_value(session).map_err(|_| Error::SessionStore)
}

/// Logs a store's failure once, here, where its text is still known.
fn store_error(error: &tower_sessions::session_store::Error) -> Error {
    tracing::error!(%error, "the session store failed");
    Error::SessionStore
}
