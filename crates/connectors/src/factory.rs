//! The kinds of connector that this version has.

use serde_json::Value;

use crate::aliyun::AliyunConfig;
use crate::{ConfigIssue, ParsedConfig};

/// What a connector is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectorType {
    /// Text messages. One connector of this type is in use at a time.
    Sms,
}

impl ConnectorType {
    /// Logto's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "Sms",
        }
    }
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
    /// The configuration fields that are secret.
    pub secret_fields: &'static [&'static str],
    parse: fn(&Value) -> Result<ParsedConfig, Vec<ConfigIssue>>,
}

impl Factory {
    /// Checks a whole configuration, secrets included, and splits it.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub fn parse(&self, config: &Value) -> Result<ParsedConfig, Vec<ConfigIssue>> {
        (self.parse)(config)
    }
}

static FACTORIES: [Factory; 1] = [Factory {
    id: "aliyun-short-message-service",
    target: "aliyun-sms",
    kind: ConnectorType::Sms,
    secret_fields: &["accessKeySecret"],
    parse: |config| AliyunConfig::parse(config).map(AliyunConfig::split),
}];

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
}
