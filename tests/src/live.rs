//! The server, the Aliyun simulator and Bookstore as a developer runs them, on free ports.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use moongate_aliyun_sms::simulator::Simulator;
use moongate_client::Options;
use moongate_core::{Clock, SystemClock, SystemEntropy, UnixMillis};
use moongate_experience::{HashParameters, PasswordPool};
use moongate_management::{Management, Reveal};
use moongate_server::app::{App, Ground};
use moongate_server::settings::Settings;
use moongate_store::{Durability, SqlStore, StoreConfig};
use serde_json::Value;
use tempfile::TempDir;

use crate::server::{Server, free_port};
use crate::tenant::{self, BOOKSTORE_ID, BOOKSTORE_SECRET, MANAGEMENT_ID, MANAGEMENT_SECRET};

/// How long a message may take to arrive.
const MESSAGE: Duration = Duration::from_secs(10);

/// The three servers. They stop, and their files go, when it is dropped.
pub struct LiveApp {
    simulator: Simulator,
    simulator_address: SocketAddr,
    simulator_server: Option<Server>,
    moongate: Moongate,
    moongate_server: Option<Server>,
    bookstore: Server,
    http: reqwest::Client,
    // Last: files go when nobody uses them any more.
    _folder: TempDir,
}

impl LiveApp {
    /// Starts all three.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [simulator_port, moongate_port, bookstore_port] = [(); 3].map(|()| free_port());
        let address = |listener: &TcpListener| listener.local_addr().unwrap();
        let simulator_address = address(&simulator_port);
        let simulator = Simulator::new(tenant::aliyun_account());
        let moongate = Moongate {
            address: address(&moongate_port),
            folder: folder.path().to_owned(),
            bookstore: url(address(&bookstore_port)),
            simulator: url(simulator_address),
            clock: AheadClock::default(),
        };
        let options = Options::new(
            url(moongate.address),
            BOOKSTORE_ID,
            url(address(&bookstore_port)),
        )
        .app_secret(BOOKSTORE_SECRET)
        .scope("phone")
        .scope("email");
        Self {
            simulator_server: Some(serve_simulator(&simulator, simulator_port).await),
            simulator,
            simulator_address,
            moongate_server: Some(moongate.serve(moongate_port).await),
            moongate,
            bookstore: Server::start(bookstore_port, move || async move {
                let shop: Router = moongate_bookstore::router(options).unwrap();
                (shop, Box::new(()) as _)
            })
            .await,
            http: reqwest::Client::new(),
            _folder: folder,
        }
    }

    /// Bookstore's URL, without trailing slash.
    pub fn bookstore(&self) -> String {
        url(self.bookstore.address())
    }

    /// Moongate's URL, without trailing slash.
    pub fn moongate(&self) -> String {
        url(self.moongate.address)
    }

    /// The simulator's URL, without trailing slash.
    pub fn simulator(&self) -> String {
        url(self.simulator_address)
    }

    /// Makes a draft of the settings with what `body` names, and gives its link.
    pub async fn draft(&self, body: Value) -> String {
        let settings = tenant::settings(&self.moongate(), &self.moongate.folder);
        let ground = self.moongate.ground(&settings).await;
        let management = Management::new(
            Arc::new(ground.store.clone()),
            ground.clock,
            ground.entropy,
            ground.keys,
            PasswordPool::new(HashParameters::STANDARD),
            Reveal::Once,
        );
        let body = body.as_object().expect("settings are an object").clone();
        let draft = management.create_draft(body).await.unwrap();
        ground.store.close().await;
        let token = draft.token.expose();
        format!("{}/preview/{}?link={token}", self.moongate(), draft.id)
    }

    /// Stops the simulator, as if Aliyun could not be reached.
    pub fn stop_simulator(&mut self) {
        self.simulator_server = None;
    }

    /// Starts the simulator again, on the same port, with the same inbox.
    pub async fn start_simulator(&mut self) {
        assert!(self.simulator_server.is_none(), "it runs");
        let listener = TcpListener::bind(self.simulator_address).unwrap();
        self.simulator_server = Some(serve_simulator(&self.simulator, listener).await);
    }

    /// Ends Moongate.
    pub fn stop_moongate(&mut self) {
        self.moongate_server = None;
    }

    /// Ends Moongate, if it runs, and starts it again on the same port and file.
    pub async fn restart_moongate(&mut self) {
        self.stop_moongate();
        let listener = TcpListener::bind(self.moongate.address).unwrap();
        self.moongate_server = Some(self.moongate.serve(listener).await);
    }

    /// Starts all three, with these fields in place of those of `config/resources`.
    pub async fn with_experience(fields: Value) -> Self {
        let app = Self::start().await;
        app.set_experience(&fields).await;
        app
    }

    /// Changes settings of the sign-in experience, as a program does it by the Management API.
    /// They go with a restart.
    pub async fn set_experience(&self, fields: &Value) {
        let form = [
            ("grant_type", "client_credentials"),
            ("resource", "https://default.logto.app/api"),
            ("scope", "all"),
        ];
        let token = self
            .http
            .post(format!("{}/oidc/token", self.moongate()))
            .basic_auth(MANAGEMENT_ID, Some(MANAGEMENT_SECRET))
            .form(&form);
        let token: Value = token.send().await.unwrap().json().await.unwrap();
        let change = self
            .http
            .patch(format!("{}/api/sign-in-exp", self.moongate()))
            .bearer_auth(token["access_token"].as_str().expect("a token"))
            .json(fields);
        let answer = change.send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{}", answer.text().await.unwrap());
    }

    /// Lets Moongate's clock run ahead of the others, for what becomes old there.
    pub fn let_time_pass(&self, by: Duration) {
        self.moongate.clock.run_ahead(by);
    }

    /// How many messages a number has got.
    pub fn messages_to(&self, number: &str) -> usize {
        self.simulator.inbox().messages_to(number).len()
    }

    /// The code of the `count`th message to a number, read from `/inbox.json` as a person would
    /// read it on their telephone, once it is there.
    pub async fn code_for(&self, number: &str, count: usize) -> String {
        let inbox = self.simulator.inbox();
        tokio::time::timeout(MESSAGE, inbox.wait_for(number, count))
            .await
            .unwrap_or_else(|_| panic!("message {count} to {number} did not come"));
        self.newest_code(&format!("phone={number}"), count).await
    }

    /// The code of the `count`th message to an e-mail address.
    pub async fn code_by_email(&self, address: &str, count: usize) -> String {
        let inbox = self.simulator.inbox();
        tokio::time::timeout(MESSAGE, inbox.wait_for_email(address, count))
            .await
            .unwrap_or_else(|_| panic!("message {count} to {address} did not come"));
        self.newest_code(&format!("email={address}"), count).await
    }

    async fn newest_code(&self, query: &str, count: usize) -> String {
        let inbox = format!("{}/inbox.json?{query}", self.simulator());
        let answer = self.http.get(inbox).send().await.unwrap();
        let messages: Vec<Value> = answer.json().await.unwrap();
        assert_eq!(messages.len(), count, "{messages:?}");
        messages[0]["code"].as_str().unwrap().to_owned()
    }
}

/// Applications and the browser alike say `localhost`; cookies go by that name.
fn url(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}

async fn serve_simulator(simulator: &Simulator, listener: TcpListener) -> Server {
    let router = simulator.router();
    Server::start(listener, move || async move { (router, Box::new(()) as _) }).await
}

/// What it takes to start Moongate, once or again.
#[derive(Clone)]
struct Moongate {
    address: SocketAddr,
    folder: PathBuf,
    bookstore: String,
    simulator: String,
    clock: AheadClock,
}

/// The operating system's clock, set ahead by so many milliseconds.
#[derive(Clone, Default)]
struct AheadClock(Arc<AtomicU64>);

impl AheadClock {
    fn run_ahead(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> UnixMillis {
        let ahead = Duration::from_millis(self.0.load(Ordering::Relaxed));
        SystemClock.now().plus(ahead)
    }
}

impl Moongate {
    async fn serve(&self, listener: TcpListener) -> Server {
        let this = self.clone();
        Server::start(listener, move || async move {
            let settings = tenant::settings(&url(this.address), &this.folder);
            let ground = this.ground(&settings).await;
            tenant::provision(
                &ground.store,
                Arc::clone(&ground.keys),
                Arc::clone(&ground.entropy),
                ground.clock.now(),
                &this.bookstore,
                &this.simulator,
            )
            .await;
            let app = App::new(&settings, &ground).await.unwrap();
            (app.router.clone(), Box::new(app) as _)
        })
        .await
    }

    async fn ground(&self, settings: &Settings) -> Ground {
        let config = StoreConfig::parse(&settings.database_url)
            .unwrap()
            .durability(Durability::Off);
        Ground {
            store: SqlStore::open(&config).await.unwrap(),
            keys: Arc::new(moongate_core::testing::server_keys()),
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(SystemEntropy),
            new_key_file: None,
        }
    }
}
