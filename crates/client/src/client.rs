//! The client as an application holds it: built once, cheap to clone, without type parameters.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::Router;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

use crate::attempt::{Attempt, Sealer};
use crate::clock::Clock;
use crate::cookie::CookieJar;
use crate::error::Error;
use crate::layer::ClientLayer;
use crate::memory::Memory;
use crate::options::{Options, Settings};
use crate::provider::Provider;
use crate::routes;
use crate::session::{Locks, Sessions, SignedIn};
use crate::transport::{Network, Outbound, Transport};

/// How long a finished attempt is remembered, in seconds, and how many of them.
const FINISHED_FOR: u64 = 60;
const MAX_FINISHED: usize = 4096;

/// An OpenID Connect client for one axum application. Cloning it is cheap and shares all.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Arc<Settings>,
    provider: Arc<Provider>,
    sessions: Sessions,
    sealer: Sealer,
    cookies: CookieJar,
    clock: Clock,
    attempts: Locks,
    finished: Mutex<HashMap<String, Finished>>,
}

/// An attempt that led to a session.
#[derive(Clone)]
pub(crate) struct Finished {
    pub(crate) session: Id,
    pub(crate) return_to: String,
    at: u64,
}

impl Client {
    /// A client with the default transport (the network), session store (this process's
    /// memory) and clock. Nothing is fetched yet: the provider may be down.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] names the option that can't work.
    pub fn new(options: Options) -> Result<Self, Error> {
        Self::builder(options).build()
    }

    /// A client whose parts can be replaced.
    pub fn builder(options: Options) -> ClientBuilder {
        ClientBuilder {
            options,
            outbound: None,
            store: None,
            clock: Clock::system(),
        }
    }

    /// The routes `/SignIn`, `/Callback`, `/SignOut` and `/SignedOutCallback`, under the paths
    /// that the options give them. Merge them into the application's router, below
    /// [`Client::layer`].
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        routes::router(self.settings())
    }

    /// The layer that the routes and the extractors need. Put it around the whole router.
    pub fn layer(&self) -> ClientLayer {
        ClientLayer::new(self.clone())
    }

    /// The path, for the browser, that starts a sign-in; `?return_to=/path` leads elsewhere than
    /// to the front page after it.
    pub fn sign_in_path(&self) -> String {
        let settings = self.settings();
        settings.browser_path(&settings.sign_in_path)
    }

    /// The path, for the browser, that signs out. Post an empty form to it.
    pub fn sign_out_path(&self) -> String {
        let settings = self.settings();
        settings.browser_path(&settings.sign_out_path)
    }

    /// The provider's origin, such as `https://id.example.com`. A content security policy must
    /// name it in `form-action` where a form posts to [`Client::sign_out_path`]: Chromium
    /// applies that to the redirect after the form too.
    pub fn provider_origin(&self) -> String {
        url::Url::parse(&self.settings().issuers[0])
            .map(|url| url.origin().ascii_serialization())
            .expect("the settings checked that issuers are URLs")
    }

    /// The sign-in route for a page that can't be seen without signing in: whoever cancels goes
    /// to the front page, since the page itself would only send them to sign in again.
    pub(crate) fn sign_in_url(&self, return_to: &str) -> String {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("return_to", return_to)
            .append_pair("required", "1")
            .finish();
        format!("{}?{query}", self.sign_in_path())
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.0.provider
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    pub(crate) fn cookies(&self) -> &CookieJar {
        &self.0.cookies
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Turns a code into a session. A browser that loads the callback twice gets the same
    /// session twice: to send the code to the provider again would end everything that came of
    /// it (RFC 6749 §4.1.2).
    ///
    /// # Errors
    /// Those of [`Provider::exchange`], and [`Error::SessionStore`].
    pub(crate) async fn finish(
        &self,
        attempt: Attempt,
        code: String,
        before: Option<Id>,
    ) -> Result<Finished, Error> {
        let hash = attempt.hash();
        let _lock = self.0.attempts.lock(hash.clone()).await;
        let now = self.clock().unix_seconds();
        if let Some(finished) = self.finished().get(&hash)
            && now < finished.at.saturating_add(FINISHED_FOR)
        {
            return Ok(finished.clone());
        }
        let tokens = self.provider().exchange(&attempt, code).await?;
        let now = self.clock().unix_seconds();
        let session = SignedIn::new(tokens, hash.clone(), attempt.return_to.clone(), now)?;
        let finished = Finished {
            session: self.sessions().begin(&session, before).await?,
            return_to: attempt.return_to,
            at: now,
        };
        let mut all = self.finished();
        if all.len() >= MAX_FINISHED {
            all.retain(|_, old| now < old.at.saturating_add(FINISHED_FOR));
        }
        if all.len() < MAX_FINISHED {
            all.insert(hash, finished.clone());
        }
        Ok(finished)
    }

    fn finished(&self) -> std::sync::MutexGuard<'_, HashMap<String, Finished>> {
        self.0
            .finished
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("app_id", &self.settings().app_id)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`] with parts of the caller's choice.
#[derive(Debug)]
pub struct ClientBuilder {
    options: Options,
    outbound: Option<Outbound>,
    store: Option<Arc<dyn SessionStore>>,
    clock: Clock,
}

impl ClientBuilder {
    /// Reaches the provider in another way than over the network.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.outbound = Some(Outbound::new(transport));
        self
    }

    /// Keeps the sessions in this `tower-sessions` store instead of in memory. They hold tokens:
    /// whoever reads the store can act as its users.
    #[must_use]
    pub fn session_store(mut self, store: impl SessionStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Takes the time from here instead of from the system: for tests.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::custom(now);
        self
    }

    /// Checks the options and builds the client.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] names the option that can't work.
    pub fn build(self) -> Result<Client, Error> {
        let sealer = Sealer::new(self.options.cookie_secret.as_ref());
        let settings = Arc::new(Settings::new(self.options)?);
        let outbound = match self.outbound {
            Some(outbound) => outbound,
            None => Outbound::new(Network::new()?),
        };
        let clock = self.clock;
        let provider = Arc::new(Provider::new(
            Arc::clone(&settings),
            outbound,
            clock.clone(),
        ));
        let store = self
            .store
            .unwrap_or_else(|| Arc::new(Memory::new(clock.clone())));
        Ok(Client(Arc::new(Inner {
            cookies: CookieJar::new(&settings),
            sessions: Sessions::new(store, Arc::clone(&provider), clock.clone()),
            settings,
            provider,
            sealer,
            clock,
            attempts: Locks::default(),
            finished: Mutex::default(),
        })))
    }
}
