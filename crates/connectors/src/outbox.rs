//! The development outbox: e-mails go to the inbox of the simulator on the same machine, where a
//! developer reads them. It reaches nobody else, and refuses any address that is not loopback.

use moongate_core::{ConnectorId, EmailAddress, SendError, VerificationMessage};
use serde_json::{Value, json};
use url::Url;

use crate::email::Email;
use crate::fields::Fields;
use crate::loopback::is_loopback;
use crate::sender::innermost;
use crate::{ConfigIssue, ParsedConfig, Secrets};

const ENDPOINT: &str = "endpoint";

/// A configuration that can send.
pub(crate) struct OutboxConfig {
    /// The simulator's base URL, as it was written.
    endpoint: String,
    inbox: Url,
}

impl OutboxConfig {
    /// Checks a configuration.
    pub(crate) fn parse(config: &Value) -> Result<Self, Vec<ConfigIssue>> {
        let mut issues = Vec::new();
        match Self::read(config, &mut issues) {
            Some(parsed) if issues.is_empty() => Ok(parsed),
            _ => Err(issues),
        }
    }

    fn read(config: &Value, issues: &mut Vec<ConfigIssue>) -> Option<Self> {
        let mut fields = Fields::new("", config, &[ENDPOINT], issues)?;
        let endpoint = fields.text(ENDPOINT)?;
        match inbox(&endpoint) {
            Ok(inbox) => Some(Self { endpoint, inbox }),
            Err(complaint) => {
                fields.refuse(ENDPOINT, complaint);
                None
            }
        }
    }

    /// The two parts that are kept; nothing here is secret.
    pub(crate) fn split(self) -> ParsedConfig {
        ParsedConfig {
            public: json!({ ENDPOINT: self.endpoint }),
            secrets: Secrets::new(),
        }
    }
}

/// Where e-mails are posted, below the simulator's base URL.
fn inbox(endpoint: &str) -> Result<Url, &'static str> {
    let mut url =
        Url::parse(endpoint).map_err(|_| "expected a URL such as http://localhost:3010")?;
    let is_local = url.scheme() == "http" && url.host().is_some_and(|host| is_loopback(&host));
    if !is_local {
        return Err("must be http on a loopback address: real e-mail goes by another connector");
    }
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_bare {
        return Err("must have no user, password, query or fragment");
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push("inbox.json");
    }
    Ok(url)
}

/// Puts `message` into the inbox.
pub(crate) async fn send(
    connector: &ConnectorId,
    config: &OutboxConfig,
    http: &reqwest::Client,
    address: &EmailAddress,
    message: &VerificationMessage,
) -> Result<(), SendError> {
    let email = Email::built_in(message);
    let posted = http
        .post(config.inbox.clone())
        .json(&json!({
            "channel": "email",
            "to": address.as_str(),
            "subject": email.subject,
            "text": email.text,
            "html": email.html,
            "code": message.code.expose(),
        }))
        .send()
        .await;
    match posted {
        Ok(answer) if answer.status().is_success() => {
            tracing::debug!(%connector, "the inbox took the e-mail");
            Ok(())
        }
        Ok(answer) => {
            tracing::warn!(
                %connector,
                status = answer.status().as_u16(),
                "no message sent: the development inbox did not take it"
            );
            Err(SendError::Failed)
        }
        Err(error) => {
            tracing::warn!(
                %connector,
                in_time = !error.is_timeout(),
                cause = innermost(&error).map(tracing::field::display),
                "no message sent: the development inbox does not answer"
            );
            Err(SendError::Failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inbox_is_below_the_endpoint() {
        let check = |endpoint: &str, expected: &str| {
            assert_eq!(inbox(endpoint).unwrap().as_str(), expected);
        };
        check("http://localhost:3010", "http://localhost:3010/inbox.json");
        check("http://127.0.0.1:3010/", "http://127.0.0.1:3010/inbox.json");
        check("http://[::1]/aliyun/", "http://[::1]/aliyun/inbox.json");
    }

    #[test]
    fn the_endpoint_is_on_this_machine() {
        let check = |config: Value, says: &str| {
            let issues = OutboxConfig::parse(&config).err().unwrap();
            let [issue] = issues.as_slice() else {
                panic!("{issues:?}");
            };
            assert_eq!(issue.path, "endpoint");
            assert!(issue.message.contains(says), "{issue}");
        };
        check(json!({}), "required");
        check(json!({ "endpoint": 5 }), "expected a string");
        for elsewhere in [
            "http://example.com/",
            "http://10.0.0.1:3010",
            "http://localhost.example.com",
            "https://localhost:3010",
            "ftp://localhost",
        ] {
            check(json!({ "endpoint": elsewhere }), "loopback");
        }
        check(json!({ "endpoint": "localhost" }), "URL");
        check(json!({ "endpoint": "http://a:b@localhost/" }), "no user");
        check(json!({ "endpoint": "http://localhost/?a" }), "no user");
    }

    #[test]
    fn a_good_configuration_stays_as_it_is() {
        let config = json!({ "endpoint": "http://localhost:3010" });
        let split = OutboxConfig::parse(&config).ok().unwrap().split();
        assert_eq!(split.public, config);
        assert!(split.secrets.is_empty());
    }
}
