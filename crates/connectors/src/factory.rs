//! The kinds of connector that this version has.

use moongate_core::Channel;
use serde_json::Value;

use crate::aliyun::{self, AliyunConfig};
use crate::outbox::OutboxConfig;
use crate::smtp::{self, SmtpConfig};
use crate::{ConfigIssue, ParsedConfig};

/// What a connector is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectorType {
    /// Text messages. One connector of this type is in use at a time.
    Sms,
    /// E-mails. One connector of this type is in use at a time.
    Email,
}

impl ConnectorType {
    /// Logto's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "Sms",
            Self::Email => "Email",
        }
    }

    /// The type that messages of a channel go by.
    pub fn of(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Email => Self::Email,
        }
    }
}

/// What a kind of connector is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactoryName {
    /// In English.
    pub en: &'static str,
    /// In Simplified Chinese.
    pub zh_cn: &'static str,
}

/// A kind of connector.
#[derive(Debug, Clone, Copy)]
pub struct Factory {
    /// The identifier, Logto's `connectorId`.
    pub id: &'static str,
    /// The provider, Logto's `target`.
    pub target: &'static str,
    /// What it is for.
    pub kind: ConnectorType,
    /// What people call it.
    pub name: FactoryName,
    /// The configuration fields that are secret, by their dotted paths, such as `auth.pass`.
    pub secret_fields: &'static [&'static str],
    read: fn(&Value) -> Result<Configuration, Vec<ConfigIssue>>,
}

/// A configuration that can send.
pub(crate) enum Configuration {
    AliyunSms(AliyunConfig),
    Smtp(Box<SmtpConfig>),
    Outbox(OutboxConfig),
}

impl Configuration {
    fn split(self) -> ParsedConfig {
        match self {
            Self::AliyunSms(config) => config.split(),
            Self::Smtp(config) => config.split(),
            Self::Outbox(config) => config.split(),
        }
    }
}

impl Factory {
    /// Checks a whole configuration, secrets included, and splits it.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub fn parse(&self, config: &Value) -> Result<ParsedConfig, Vec<ConfigIssue>> {
        self.read(config).map(Configuration::split)
    }

    /// Checks a whole configuration, secrets included, to send by it.
    pub(crate) fn read(&self, config: &Value) -> Result<Configuration, Vec<ConfigIssue>> {
        (self.read)(config)
    }
}

static FACTORIES: [Factory; 3] = [
    Factory {
        id: "aliyun-short-message-service",
        target: "aliyun-sms",
        kind: ConnectorType::Sms,
        name: FactoryName {
            en: "Aliyun SMS",
            zh_cn: "阿里云短信服务",
        },
        secret_fields: &[aliyun::ACCESS_KEY_SECRET],
        read: |config| AliyunConfig::parse(config).map(Configuration::AliyunSms),
    },
    Factory {
        id: "simple-mail-transfer-protocol",
        target: "smtp",
        kind: ConnectorType::Email,
        name: FactoryName {
            en: "SMTP",
            zh_cn: "SMTP 邮件服务",
        },
        secret_fields: &[smtp::PASSWORD],
        read: |config| {
            SmtpConfig::parse(config).map(|config| Configuration::Smtp(Box::new(config)))
        },
    },
    Factory {
        id: "moongate-development-outbox",
        target: "moongate-development-outbox",
        kind: ConnectorType::Email,
        name: FactoryName {
            en: "Development outbox",
            zh_cn: "开发发件箱",
        },
        secret_fields: &[],
        read: |config| OutboxConfig::parse(config).map(Configuration::Outbox),
    },
];

/// Every kind, in the order in which a choice shows them.
pub fn factories() -> &'static [Factory] {
    &FACTORIES
}

/// The kind of that identifier.
pub fn factory(id: &str) -> Option<&'static Factory> {
    FACTORIES.iter().find(|factory| factory.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factories_are_found_by_id() {
        for known in factories() {
            assert_eq!(
                factory(known.id).map(|found| found.target),
                Some(known.target)
            );
        }
        assert!(factory("aliyun-sms").is_none(), "a target is not an id");
    }

    #[test]
    fn every_channel_has_a_kind() {
        for channel in [Channel::Sms, Channel::Email] {
            let kind = ConnectorType::of(channel);
            assert!(factories().iter().any(|factory| factory.kind == kind));
        }
    }
}
