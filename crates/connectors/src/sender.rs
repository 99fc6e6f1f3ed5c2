//! The sender of verification codes: the configured connector, asked once, in time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moongate_aliyun_sms::{Client, Config, Error, Kind, SendSms};
use moongate_core::{
    Connector, MessageSender, Recipient, SendError, ServerKeys, Store, VerificationMessage,
};
use reqwest::redirect;
use serde_json::Value;

use crate::aliyun::AliyunConfig;
use crate::{ConnectorType, ParsedConfig, factory, open_secrets};

/// How long the provider may take.
const PROVIDER_TIME: Duration = Duration::from_millis(2500);
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

/// Sends through the connector that the store has at that moment.
///
/// Each failure is one line of the log at level `warn`, with the connector, the provider's code
/// and its request id where there are such; never with the number, the code or a secret.
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
        let Recipient::Phone(phone) = &message.recipient else {
            return Err(SendError::NoConnector);
        };
        let connector = self.sms_connector().await?;
        let config = self.configuration(&connector)?;
        let Some(template_code) = config.template_code(message.usage, phone) else {
            tracing::warn!(
                connector = %connector.id,
                usage = message.usage.as_str(),
                "no message sent: the connector has no template for this usage"
            );
            return Err(SendError::Failed);
        };
        let sms = SendSms::new(phone.digits(), &config.sign_name, template_code)
            .param("code", message.code.expose());
        match self.client(&config).send_sms(&sms).await {
            Ok(sent) => {
                tracing::debug!(
                    connector = %connector.id,
                    biz_id = sent.biz_id.as_deref(),
                    provider_request_id = sent.request_id.as_deref(),
                    "the provider took the message"
                );
                Ok(())
            }
            Err(error) => Err(refused(&connector, &error)),
        }
    }

    /// The connector for text messages. There is one at most; were there several, the newest is
    /// what an administrator set up last.
    async fn sms_connector(&self) -> Result<Connector, SendError> {
        let connectors = async { self.store.read().await?.connectors().await }
            .await
            .map_err(|error| {
                tracing::warn!(%error, "no message sent: connectors can't be read");
                SendError::Failed
            })?;
        let is_sms = |connector: &Connector| {
            factory(&connector.factory_id).is_some_and(|found| found.kind == ConnectorType::Sms)
        };
        connectors.into_iter().rfind(is_sms).ok_or_else(|| {
            tracing::warn!("no message sent: no SMS connector is configured");
            SendError::NoConnector
        })
    }

    fn configuration(&self, connector: &Connector) -> Result<AliyunConfig, SendError> {
        let secrets = open_secrets(&self.keys, connector).map_err(|error| {
            tracing::warn!(
                connector = %connector.id,
                %error,
                "no message sent: the connector's secrets can't be opened"
            );
            SendError::Failed
        })?;
        let public = serde_json::from_str::<Value>(&connector.config).unwrap_or_default();
        AliyunConfig::parse(&ParsedConfig::document(&public, &secrets)).map_err(|issues| {
            let issues: Vec<_> = issues.iter().map(ToString::to_string).collect();
            tracing::warn!(
                connector = %connector.id,
                issues = issues.join("; "),
                "no message sent: the connector's configuration is not right"
            );
            SendError::Failed
        })
    }

    fn client(&self, config: &AliyunConfig) -> Client {
        let secret = config.access_key_secret.expose();
        let mut settings = Config::new(&config.access_key_id, secret);
        settings.timeout = PROVIDER_TIME;
        if let Some(endpoint) = config.endpoint() {
            settings.endpoint = endpoint;
        }
        Client::new(settings, self.http.clone())
    }
}

/// Writes the one line of the log, and says what a use case needs to know.
fn refused(connector: &Connector, error: &Error) -> SendError {
    let request_id = match error {
        Error::Refused(refusal) => refusal.request_id.as_deref(),
        _ => None,
    };
    tracing::warn!(
        connector = %connector.id,
        kind = ?error.kind(),
        code = error.code().map(tracing::field::display),
        provider_request_id = request_id,
        %error,
        cause = cause(error).map(tracing::field::display),
        "no message sent: the provider did not take it"
    );
    match error.kind() {
        Kind::User => SendError::BadAddress,
        Kind::Throttled => SendError::RateLimited,
        _ => SendError::Failed,
    }
}

/// The innermost reason of a failure to connect, such as "connection refused".
fn cause(error: &Error) -> Option<&dyn std::error::Error> {
    let source = std::error::Error::source(error)?;
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
