//! The server without a socket: store, keys and use cases wired into one router.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use moongate_connectors::ConnectorSender;
use moongate_core::{
    Clock, Entropy, MessageSender, Outbound, Secret, ServerKeys, Store, StoreError, SystemClock,
    SystemEntropy,
};
use moongate_experience::{Experience, HashParameters, PasswordPool};
use moongate_management::{Management, Reveal};
use moongate_oidc::{KeyError, Provider, SigningKeys};
use moongate_store::{OpenError, SqlStore, StoreConfig};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::key_file::{self, KeyFileError};
use crate::outbound::GuardedOutbound;
use crate::routes::{self, Parts};
use crate::settings::{Limits, Settings, SettingsError};

/// How often rows whose time is over are removed.
const HOUSEKEEPING_EVERY: Duration = Duration::from_mins(10);

/// How often keys of other servers are looked for; with [`moongate_oidc::JWKS_MAX_AGE`] it stays
/// under [`moongate_oidc::DEFAULT_ROTATION_GRACE`].
const LOOK_FOR_KEYS_EVERY: Duration = Duration::from_secs(10);

/// How often this process looks for applications to tell that a session ended. It is told of the
/// ends that it sees itself; this is for later tries, and for what others left.
const DELIVER_EVERY: Duration = Duration::from_secs(5);

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The settings are refused.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The server's keys can't be had.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// The store can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signing keys can't be had.
    #[error("{0}; is this the key file that belongs to this database?")]
    SigningKeys(#[from] KeyError),
    /// No outgoing connections.
    #[error("the HTTP client could not be set up: {0}")]
    Outgoing(String),
    /// The address is taken or not ours.
    #[error("can't listen on {address}: {source}; choose another with --listen or MOONGATE_LISTEN")]
    Listen {
        /// Which.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// What every command that touches the tenant needs.
pub struct Ground {
    /// The store, migrated.
    pub store: SqlStore,
    /// The server's keys.
    pub keys: Arc<ServerKeys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The key file, if it was made just now.
    pub new_key_file: Option<PathBuf>,
}

impl Ground {
    /// Opens the store and reads the keys, with the system's clock and entropy.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(settings: &Settings) -> Result<Self, StartError> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let config = StoreConfig::parse(&settings.database_url)?;
        let (keys, new_key_file) = key_file::load(&settings.keys, entropy.as_ref())?;
        Ok(Self {
            store: SqlStore::open(&config).await?,
            keys: Arc::new(keys),
            clock: Arc::new(SystemClock),
            entropy,
            new_key_file,
        })
    }
}

/// The server without a socket.
pub struct App {
    /// Every route.
    pub router: Router,
    /// The OpenID provider, for what goes on in the background.
    pub provider: Provider,
    session_ended: Arc<Notify>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl App {
    /// The server as it runs: messages go through the configured connectors.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn new(settings: &Settings, ground: &Ground) -> Result<Self, StartError> {
        let store: Arc<dyn Store> = Arc::new(ground.store.clone());
        let http = moongate_connectors::http_client()
            .map_err(|error| StartError::Outgoing(error.to_string()))?;
        let sender = ConnectorSender::new(store, Arc::clone(&ground.keys), http);
        let outbound = GuardedOutbound::new(settings.reach())
            .map_err(|error| StartError::Outgoing(error.to_string()))?;
        Self::with_ports(settings, ground, Arc::new(sender), Arc::new(outbound)).await
    }

    /// The server with other ways of sending messages and of calling out.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn with_ports(
        settings: &Settings,
        ground: &Ground,
        sender: Arc<dyn MessageSender>,
        outbound: Arc<dyn Outbound>,
    ) -> Result<Self, StartError> {
        let store: Arc<dyn Store> = Arc::new(ground.store.clone());
        let signing_keys = SigningKeys::open(
            settings.signing_algorithm,
            Arc::clone(&store),
            Arc::clone(&ground.keys),
            Arc::clone(&ground.entropy),
            Arc::clone(&ground.clock),
        )
        .await?;
        let provider = Provider::new(
            &settings.endpoint_text(),
            Arc::clone(&store),
            Arc::clone(&ground.clock),
            Arc::clone(&ground.entropy),
            Arc::clone(&ground.keys),
            Arc::new(signing_keys),
            outbound,
        );
        let limits = match settings.limits {
            Limits::On => moongate_experience::Limits::default(),
            Limits::Off => moongate_experience::Limits::off(),
        };
        let passwords = PasswordPool::new(HashParameters::STANDARD);
        let experience = Experience::new(
            Arc::clone(&store),
            sender,
            Arc::clone(&ground.clock),
            Arc::clone(&ground.entropy),
            Arc::clone(&ground.keys),
            passwords.clone(),
            limits,
        );
        let session_ended = Arc::new(Notify::new());
        moongate_management::seed(&*store, &settings.management_resource, ground.clock.now())
            .await?;
        let reveal = if settings.reveal_secrets {
            Reveal::Always
        } else {
            Reveal::Once
        };
        let management = Management::new(
            Arc::clone(&store),
            Arc::clone(&ground.clock),
            Arc::clone(&ground.entropy),
            Arc::clone(&ground.keys),
            passwords,
            reveal,
        );
        let parts = Parts {
            management,
            provider: provider.clone(),
            session_ended: Arc::clone(&session_ended),
            experience,
            store: Arc::clone(&store),
            clock: Arc::clone(&ground.clock),
            entropy: Arc::clone(&ground.entropy),
        };
        Ok(Self {
            router: routes::router(settings, &parts),
            provider,
            session_ended,
            store,
            clock: Arc::clone(&ground.clock),
        })
    }

    /// Looks every ten seconds for signing keys that another server on this store made, until it
    /// is dropped.
    pub async fn watch_keys(&self) {
        let mut every = tokio::time::interval(LOOK_FOR_KEYS_EVERY);
        loop {
            every.tick().await;
            if let Err(error) = self.provider.signing_keys().reload().await {
                tracing::warn!(%error, "the signing keys could not be read again");
            }
        }
    }

    /// Tells applications of sessions that ended, until it is dropped.
    pub async fn deliver_logouts(&self) {
        let mut every = tokio::time::interval(DELIVER_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = every.tick() => {}
                () = self.session_ended.notified() => {}
            }
            loop {
                match self.provider.deliver_logouts().await {
                    Ok(0) => break,
                    Ok(count) => tracing::debug!(count, "told applications of ended sessions"),
                    Err(error) => {
                        tracing::warn!(%error, "applications could not be told of ended sessions");
                        break;
                    }
                }
            }
        }
    }

    /// Removes rows and signing keys whose time is over, now and every ten minutes, until it is
    /// dropped.
    pub async fn keep_house(&self) {
        let mut every = tokio::time::interval(HOUSEKEEPING_EVERY);
        loop {
            every.tick().await;
            let now = self.clock.now();
            let removed = self
                .store
                .write(move |tx| Box::pin(async move { tx.remove_expired(now).await }))
                .await;
            match removed {
                Ok(rows) => tracing::debug!(rows, "removed expired rows"),
                Err(error) => tracing::warn!(%error, "expired rows could not be removed"),
            }
            if let Err(error) = self.provider.signing_keys().remove_retired().await {
                tracing::warn!(%error, "retired signing keys could not be removed");
            }
        }
    }
}

/// A link by which the first administrator makes their account: `<endpoint>/setup?token=…`, for
/// half an hour and once. It voids the one before. `None` if there is an administrator.
///
/// # Errors
/// The store's.
pub async fn setup_link(
    settings: &Settings,
    store: &dyn Store,
    entropy: &dyn Entropy,
    clock: &dyn Clock,
) -> Result<Option<Secret>, StoreError> {
    let token = moongate_experience::new_setup_link(store, entropy, clock).await?;
    let endpoint = settings.endpoint_text();
    Ok(token.map(|token| Secret::new(format!("{endpoint}/setup?token={}", token.expose()))))
}
