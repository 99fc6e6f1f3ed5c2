//! The server in process, with time, chance and messages in the test's hand.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use moongate_core::testing::{ManualClock, RecordingOutbound, SeededEntropy, phone, server_keys};
use moongate_core::{
    Application, Clock as _, SendError, Store, StoreError, StoredSigningKey, UnixMillis,
};
use moongate_server::app::{App, Ground, setup_link};
use moongate_server::settings::Settings;
use moongate_store::{Durability, SqlStore, StoreConfig};
use tempfile::TempDir;

use crate::post::Post;
use crate::tenant::{self, BOOKSTORE_URL};
use crate::{Page, Visitor};

/// The server in process. It ends, and its file goes, when it is dropped.
pub struct TestApp {
    settings: Settings,
    app: App,
    store: SqlStore,
    clock: Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
    post: Arc<Post>,
    outbound: Arc<RecordingOutbound>,
    folder: TempDir,
}

impl TestApp {
    /// A server at `http://localhost:3001`.
    pub async fn new() -> Self {
        Self::at("http://localhost:3001").await
    }

    /// A server at that URL, which may be https and may have a path.
    pub async fn at(endpoint: &str) -> Self {
        Self::with(endpoint, |_| {}).await
    }

    /// A server at that URL with other settings.
    pub async fn with(endpoint: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = tenant::settings(endpoint, folder.path());
        change(&mut settings);
        let clock = Arc::new(ManualClock::default());
        let entropy = Arc::new(SeededEntropy::new(20));
        let post = Arc::new(Post::new());
        let outbound = Arc::new(RecordingOutbound::default());
        let ground = ground(&settings, &clock, &entropy).await;
        tenant::provision(
            &ground.store,
            Arc::clone(&ground.keys),
            Arc::clone(&ground.entropy),
            clock.now(),
            BOOKSTORE_URL,
            "http://localhost:3010",
        )
        .await;
        Self {
            app: app(&settings, &ground, &post, &outbound).await,
            settings,
            store: ground.store,
            clock,
            entropy,
            post,
            outbound,
            folder,
        }
    }

    /// The same server after its process ended and another one started on the same file. Time went
    /// on and messages stay sent.
    #[must_use]
    pub async fn restarted(self) -> Self {
        self.store.close().await;
        let ground = ground(&self.settings, &self.clock, &self.entropy).await;
        Self {
            app: app(&self.settings, &ground, &self.post, &self.outbound).await,
            store: ground.store,
            ..self
        }
    }

    /// A browser that was never here.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.app.router.clone(), &self.settings.endpoint)
    }

    /// The URL under which the server is reached, without trailing slash.
    pub fn endpoint(&self) -> String {
        self.settings.endpoint_text()
    }

    /// The server's routes.
    pub fn router(&self) -> Router {
        self.app.router.clone()
    }

    /// The store.
    pub fn store(&self) -> &SqlStore {
        &self.store
    }

    /// Tells applications of ended sessions, until none is due: what runs in the background of a
    /// server that listens.
    pub async fn deliver_logouts(&self) {
        while self.app.provider.deliver_logouts().await.unwrap() > 0 {}
    }

    /// The addresses outside that the server calls.
    pub fn outbound(&self) -> &RecordingOutbound {
        &self.outbound
    }

    /// Adds an application, or changes one.
    pub async fn put_application(&self, application: Application) {
        let store: &dyn Store = &self.store;
        let put =
            store.write(move |tx| Box::pin(async move { tx.put_application(&application).await }));
        put.await.unwrap();
    }

    /// The address, below the endpoint, of a new link for the first administrator; `None` if there
    /// is one.
    pub async fn setup_link(&self) -> Option<String> {
        let (entropy, clock) = (self.entropy.as_ref(), self.clock.as_ref());
        let link = setup_link(&self.settings, &self.store, entropy, clock).await;
        link.unwrap().map(|link| link.expose().to_owned())
    }

    /// The folder with the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The time.
    pub fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// From now on every message fails so; `None` ends that.
    pub fn fail_sending_with(&self, failure: Option<SendError>) {
        self.post.recorded.fail_with(failure);
    }

    /// From now on messages are held up on their way, or no longer.
    pub fn hold_messages(&self, is_held: bool) {
        self.post.hold(is_held);
    }

    /// Waits until the server hands in its `count`th message.
    pub async fn message_handed_in(&self, count: usize) {
        self.post.handed_in(count).await;
    }

    /// Waits until the server's `count`th message came through.
    pub async fn message_through(&self, count: usize) {
        self.post.through(count).await;
    }

    /// How many messages were sent to a mainland number.
    pub fn messages_to(&self, number: &str) -> usize {
        let phone = phone(number);
        let sent = self.post.recorded.sent();
        let recipient = moongate_core::Recipient::Phone(phone);
        let own = sent.iter().filter(|message| message.recipient == recipient);
        own.count()
    }

    /// The code that was sent last to a mainland number.
    pub fn code_for(&self, number: &str) -> String {
        self.post
            .recorded
            .last_code(&phone(number))
            .expect("a code was sent")
    }

    /// The code that was sent last to an e-mail address.
    pub fn code_by_email(&self, address: &str) -> String {
        let address = moongate_core::EmailAddress::parse(address).unwrap();
        self.post
            .recorded
            .last_code_to(&moongate_core::Recipient::Email(address))
            .expect("a code was sent")
    }

    /// Six digits that are not the code that was sent last to a mainland number.
    pub fn wrong_code_for(&self, number: &str) -> String {
        let right: u32 = self.code_for(number).parse().unwrap();
        format!("{:06}", (right + 1) % 1_000_000)
    }

    /// Types a number on the page that `request` (an authorization request's path) leads to, and
    /// gives the page that asks for the code.
    pub async fn send_code(&self, visitor: &mut Visitor, request: &str, number: &str) -> Page {
        let page = visitor.open(request).await;
        self.send_code_from(visitor, &page, number).await
    }

    async fn send_code_from(&self, visitor: &mut Visitor, page: &Page, number: &str) -> Page {
        let fields = [
            ("interaction", page.field("interaction")),
            ("region", "CN".to_owned()),
            ("identifier", number.to_owned()),
        ];
        let answer = visitor.submit("/sign-in", &fields).await;
        visitor.follow(answer).await
    }

    /// Signs a number in and gives the answer that leads back to the application.
    pub async fn sign_in(&self, visitor: &mut Visitor, request: &str, number: &str) -> Page {
        let page = visitor.open(request).await;
        let answer = self.sign_in_from(visitor, &page, number).await;
        visitor.follow(answer).await
    }

    /// Signs a number in on the page that asks for it, and gives the answer to the right code, not
    /// followed.
    pub async fn sign_in_from(&self, visitor: &mut Visitor, page: &Page, number: &str) -> Page {
        let page = self.send_code_from(visitor, page, number).await;
        let fields = [
            ("interaction", page.field("interaction")),
            ("code", self.code_for(number)),
        ];
        visitor.submit("/sign-in/verification-code", &fields).await
    }
}

async fn ground(
    settings: &Settings,
    clock: &Arc<ManualClock>,
    entropy: &Arc<SeededEntropy>,
) -> Ground {
    let config = StoreConfig::parse(&settings.database_url)
        .unwrap()
        .durability(Durability::Off);
    Ground {
        store: SqlStore::open(&config).await.unwrap(),
        keys: Arc::new(server_keys()),
        clock: Arc::clone(clock) as _,
        entropy: Arc::clone(entropy) as _,
        new_key_file: None,
    }
}

async fn app(
    settings: &Settings,
    ground: &Ground,
    post: &Arc<Post>,
    outbound: &Arc<RecordingOutbound>,
) -> App {
    insert_signing_keys(&ground.store).await;
    let app = App::with_ports(
        settings,
        ground,
        Arc::clone(post) as _,
        Arc::clone(outbound) as _,
    )
    .await
    .unwrap();
    keep_signing_keys(&ground.store).await;
    app
}

/// The signing keys that the first server of this process made. Others begin with them: an RSA key
/// takes longer than most tests.
static SIGNING_KEYS: OnceLock<Vec<StoredSigningKey>> = OnceLock::new();

async fn insert_signing_keys(store: &dyn Store) {
    let Some(keys) = SIGNING_KEYS.get() else {
        return;
    };
    let inserted: Result<(), StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                for key in keys {
                    tx.insert_signing_key(key).await?;
                }
                Ok(())
            })
        })
        .await;
    inserted.unwrap();
}

async fn keep_signing_keys(store: &dyn Store) {
    let keys = store.read().await.unwrap().signing_keys().await.unwrap();
    // Another test's thread may have been first; its keys do as well.
    let _ = SIGNING_KEYS.set(keys);
}
