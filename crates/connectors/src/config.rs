//! What checking a connector's configuration yields, whichever the factory.

use std::collections::BTreeMap;
use std::fmt;

use moongate_core::Secret;
use serde_json::{Map, Value};

/// The secret fields of a configuration by name.
pub type Secrets = BTreeMap<String, Secret>;

/// A configuration that its factory accepts, in two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedConfig {
    /// The configuration without its secrets, in the factory's own spelling: texts trimmed,
    /// nothing that is not used. Checking it again changes nothing.
    pub public: Value,
    /// The secret fields.
    pub secrets: Secrets,
}

impl ParsedConfig {
    /// Both parts in one document, as [`Factory::parse`](crate::Factory::parse) takes it. It holds
    /// the secrets in clear: hand it to nothing but `parse`.
    pub fn document(public: &Value, secrets: &Secrets) -> Value {
        let mut whole = public.as_object().cloned().unwrap_or_else(Map::new);
        for (name, secret) in secrets {
            whole.insert(name.clone(), Value::String(secret.expose().to_owned()));
        }
        Value::Object(whole)
    }
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigIssue {
    /// Where, within the configuration, such as `templates[2].usageType`; empty for the whole.
    pub path: String,
    /// What is wrong and what to do. Never the value of a secret field.
    pub message: String,
}

impl fmt::Display for ConfigIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}
