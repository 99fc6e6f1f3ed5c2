//! One text message through Aliyun.

use moongate_aliyun_sms::{Client, Config, Error, Kind, SendSms};
use moongate_core::{ConnectorId, Phone, SendError, VerificationMessage};

use super::AliyunConfig;
use crate::sender::{PROVIDER_TIME, innermost};

/// Sends `message` to `phone`.
pub(crate) async fn send(
    connector: &ConnectorId,
    config: &AliyunConfig,
    http: &reqwest::Client,
    phone: &Phone,
    message: &VerificationMessage,
) -> Result<(), SendError> {
    let Some(template_code) = config.template_code(message.usage, phone) else {
        tracing::warn!(
            %connector,
            usage = message.usage.as_str(),
            "no message sent: the connector has no template for this usage"
        );
        return Err(SendError::Failed);
    };
    let sms = SendSms::new(phone.digits(), &config.sign_name, template_code)
        .param("code", message.code.expose());
    match client(config, http).send_sms(&sms).await {
        Ok(sent) => {
            tracing::debug!(
                %connector,
                biz_id = sent.biz_id.as_deref(),
                provider_request_id = sent.request_id.as_deref(),
                "the provider took the message"
            );
            Ok(())
        }
        Err(error) => Err(refused(connector, &error)),
    }
}

fn client(config: &AliyunConfig, http: &reqwest::Client) -> Client {
    let secret = config.access_key_secret.expose();
    let mut settings = Config::new(&config.access_key_id, secret);
    settings.timeout = PROVIDER_TIME;
    if let Some(endpoint) = config.endpoint() {
        settings.endpoint = endpoint;
    }
    Client::new(settings, http.clone())
}

/// Writes the one line of the log, and says what a use case needs to know.
fn refused(connector: &ConnectorId, error: &Error) -> SendError {
    let request_id = match error {
        Error::Refused(refusal) => refusal.request_id.as_deref(),
        _ => None,
    };
    tracing::warn!(
        %connector,
        kind = ?error.kind(),
        code = error.code().map(tracing::field::display),
        provider_request_id = request_id,
        %error,
        cause = innermost(error).map(tracing::field::display),
        "no message sent: the provider did not take it"
    );
    match error.kind() {
        Kind::User => SendError::BadAddress,
        Kind::Throttled => SendError::RateLimited,
        _ => SendError::Failed,
    }
}
