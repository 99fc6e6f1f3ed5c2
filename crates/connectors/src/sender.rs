//! The sender of verification codes: the configured connector, asked once, in time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moongate_core::{
    Channel, Connector, MessageSender, Recipient, SendError, ServerKeys, Store, VerificationMessage,
};
use reqwest::redirect;
use serde_json::Value;

use crate::factory::Configuration;
use crate::{ConnectorType, Factory, ParsedConfig, aliyun, factory, open_secrets, outbox, smtp};

/// How long the provider may take.
pub(crate) const PROVIDER_TIME: Duration = Duration::from_millis(2500);
/// How long one message may take altogether: [`MessageSender`] promises three seconds.
const WHOLE_TIME: Duration = Duration::from_millis(2900);

/// An HTTP client fit for [`ConnectorSender::new`]: it follows no redirect, which could carry a
/// number elsewhere, and gives up in time. A proxy that the environment names is used.
///
/// # Errors
/// If the TLS backend can't be set up.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(PROVIDER_TIME)
        .timeout(PROVIDER_TIME)
        .build()
}

/// Sends through the connector that the store has at that moment for the message's channel.
///
/// Each failure is one line of the log at level `warn`, with the connector, the provider's code
/// and its request id where there are such; never with the number, the address, the code or a
/// secret.
#[derive(Clone)]
pub struct ConnectorSender {
    store: Arc<dyn Store>,
    keys: Arc<ServerKeys>,
    http: reqwest::Client,
}

impl ConnectorSender {
    /// A sender over `http`, which should be made by [`http_client`].
    pub fn new(store: Arc<dyn Store>, keys: Arc<ServerKeys>, http: reqwest::Client) -> Self {
        Self { store, keys, http }
    }

    async fn send_in_any_time(&self, message: &VerificationMessage) -> Result<(), SendError> {
        let (connector, factory) = self.connector(message.recipient.channel()).await?;
        let configuration = self.configuration(&connector, factory)?;
        let id = &connector.id;
        let http = &self.http;
        match (&configuration, &message.recipient) {
            (Configuration::AliyunSms(config), Recipient::Phone(phone)) => {
                aliyun::send(id, config, http, phone, message).await
            }
            (Configuration::Smtp(config), Recipient::Email(address)) => {
                smtp::send(id, config, address, message).await
            }
            (Configuration::Outbox(config), Recipient::Email(address)) => {
                outbox::send(id, config, http, address, message).await
            }
            // The connector was chosen by its type: only a factory of a wrong type leads here.
            (Configuration::AliyunSms(_), Recipient::Email(_))
            | (Configuration::Smtp(_) | Configuration::Outbox(_), Recipient::Phone(_)) => {
                tracing::warn!(connector = %id, "no message sent: the connector can't reach there");
                Err(SendError::NoConnector)
            }
        }
    }

    /// The connector for a channel. There is one at most; were there several, the newest is what
    /// an administrator set up last.
    async fn connector(
        &self,
        channel: Channel,
    ) -> Result<(Connector, &'static Factory), SendError> {
        let connectors = async { self.store.read().await?.connectors().await }
            .await
            .map_err(|error| {
                tracing::warn!(%error, "no message sent: connectors can't be read");
                SendError::Failed
            })?;
        let kind = ConnectorType::of(channel);
        let fit = |connector: Connector| {
            let factory = factory(&connector.factory_id)?;
            (factory.kind == kind).then_some((connector, factory))
        };
        connectors.into_iter().rev().find_map(fit).ok_or_else(|| {
            match kind {
                ConnectorType::Sms => {
                    tracing::warn!("no message sent: no SMS connector is configured");
                }
                ConnectorType::Email => {
                    tracing::warn!("no message sent: no e-mail connector is configured");
                }
            }
            SendError::NoConnector
        })
    }

    fn configuration(
        &self,
        connector: &Connector,
        factory: &Factory,
    ) -> Result<Configuration, SendError> {
        let secrets = open_secrets(&self.keys, connector).map_err(|error| {
            tracing::warn!(
                connector = %connector.id,
                %error,
                "no message sent: the connector's secrets can't be opened"
            );
            SendError::Failed
        })?;
        let public = serde_json::from_str::<Value>(&connector.config).unwrap_or_default();
        let document = ParsedConfig::document(&public, &secrets);
        factory.read(&document).map_err(|issues| {
            let issues: Vec<_> = issues.iter().map(ToString::to_string).collect();
            tracing::warn!(
                connector = %connector.id,
                issues = issues.join("; "),
                "no message sent: the connector's configuration is not right"
            );
            SendError::Failed
        })
    }
}

/// The innermost reason of a failure, such as "connection refused".
pub(crate) fn innermost<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a (dyn std::error::Error + 'static)> {
    let source = error.source()?;
    std::iter::successors(Some(source), |error| error.source()).last()
}

#[async_trait]
impl MessageSender for ConnectorSender {
    async fn send(&self, message: VerificationMessage) -> Result<(), SendError> {
        // The outer guard: whatever waits, the store included, a page is waiting for the answer.
        let sent = tokio::time::timeout(WHOLE_TIME, self.send_in_any_time(&message)).await;
        sent.unwrap_or_else(|_| {
            tracing::warn!("no message sent: no answer in time");
            Err(SendError::Failed)
        })
    }
}

impl std::fmt::Debug for ConnectorSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectorSender")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
