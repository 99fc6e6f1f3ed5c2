//! A store with one connector, a simulator for it, and the sender between them.

use std::net::SocketAddr;
use std::sync::Arc;

use moongate_aliyun_sms::simulator::{Account, Inbox, Simulator};
use moongate_connectors::{ConnectorSender, factory, http_client, seal_secrets};
use moongate_core::testing::{SeededEntropy, phone, server_keys};
use moongate_core::{
    Connector, ConnectorId, EmailAddress, MessageSender as _, Recipient, Secret, SendError,
    ServerKeys, Store, StoreError, UnixMillis, Usage, VerificationMessage,
};
use moongate_store::{Durability, SqlStore, StoreConfig};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(crate) const CODE: &str = "246810";
pub(crate) const SECRET: &str = "MoongateSimulatorSecret";

pub(crate) struct Harness {
    pub(crate) inbox: Inbox,
    pub(crate) address: SocketAddr,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sender: ConnectorSender,
    keys: Arc<ServerKeys>,
    _folder: TempDir,
}

impl Harness {
    /// A simulator that runs, and no connector yet.
    pub(crate) async fn start(account: Account) -> Self {
        let simulator = Simulator::new(account);
        let inbox = simulator.inbox();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = simulator
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(listener, service).into_future());

        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("moongate.db").display());
        let config = StoreConfig::parse(&url)
            .unwrap()
            .durability(Durability::Off);
        let store: Arc<dyn Store> = Arc::new(SqlStore::open(&config).await.unwrap());
        let keys = Arc::new(server_keys());
        let http = http_client().unwrap();
        let sender = ConnectorSender::new(Arc::clone(&store), Arc::clone(&keys), http);
        Self {
            inbox,
            address,
            store,
            sender,
            keys,
            _folder: folder,
        }
    }

    /// A simulator and a connector for it.
    pub(crate) async fn ready() -> Self {
        let harness = Self::start(Account::default()).await;
        harness.configure(harness.config()).await;
        harness
    }

    /// A configuration that the built-in account takes.
    pub(crate) fn config(&self) -> Value {
        json!({
            "accessKeyId": "LTAI5tMoongateSimulator",
            "accessKeySecret": SECRET,
            "signName": "月亮门",
            "endpoint": format!("http://{}", self.address),
            "templates": [
                { "usageType": "Register", "templateCode": "SMS_200000001" },
                { "usageType": "SignIn", "templateCode": "SMS_200000002" },
                { "usageType": "ForgotPassword", "templateCode": "SMS_200000003" },
                { "usageType": "Generic", "templateCode": "SMS_200000004" },
            ],
        })
    }

    pub(crate) async fn configure(&self, config: Value) {
        self.add("aliyun-sms", "aliyun-short-message-service", &config)
            .await;
    }

    /// Another connector, or that one anew.
    pub(crate) async fn add(&self, id: &str, factory_id: &str, config: &Value) {
        let factory = factory(factory_id).unwrap();
        let parsed = factory.parse(config).unwrap();
        let id = ConnectorId::from(id);
        let entropy = SeededEntropy::new(1);
        let sealed_secrets = seal_secrets(&self.keys, &entropy, &id, &parsed.secrets);
        self.put(Connector {
            id,
            factory_id: factory.id.into(),
            config: parsed.public.to_string(),
            sealed_secrets,
            secret_references: "{}".into(),
            created_at: UnixMillis(1),
            updated_at: UnixMillis(1),
        })
        .await;
    }

    pub(crate) async fn put(&self, connector: Connector) {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.put_connector(&connector).await?;
                    Ok::<_, StoreError>(())
                })
            })
            .await
            .unwrap();
    }

    pub(crate) async fn send(&self, usage: Usage, number: &str) -> Result<(), SendError> {
        self.send_to(usage, Recipient::Phone(phone(number))).await
    }

    pub(crate) async fn send_email(&self, usage: Usage, address: &str) -> Result<(), SendError> {
        let address = EmailAddress::parse(address).unwrap();
        self.send_to(usage, Recipient::Email(address)).await
    }

    async fn send_to(&self, usage: Usage, recipient: Recipient) -> Result<(), SendError> {
        self.sender
            .send(VerificationMessage {
                recipient,
                usage,
                code: Secret::new(CODE),
                language: "zh-CN".into(),
                application: "Bookstore".into(),
            })
            .await
    }
}
