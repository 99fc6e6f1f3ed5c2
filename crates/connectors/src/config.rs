//! What checking a connector's configuration yields, whichever the factory.

use std::collections::BTreeMap;
use std::fmt;

use moongate_core::Secret;
use serde_json::{Map, Value};

/// The secret fields of a configuration by their paths: names, joined by dots where they are nested,
/// such as `auth.pass`.
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
        for (path, secret) in secrets {
            put(&mut whole, path, secret.expose());
        }
        Value::Object(whole)
    }
}

/// Sets a text at a dotted path. An object on the way that is missing is made; where something
/// else is in the way the text is left out, and `parse` complains about what is there.
fn put(object: &mut Map<String, Value>, path: &str, text: &str) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), Value::String(text.to_owned()));
        }
        Some((name, rest)) => {
            let inner = object
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, text);
            }
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_stand_in_the_document_where_their_paths_say() {
        let secrets = Secrets::from([
            ("key".to_owned(), Secret::new("one")),
            ("auth.pass".to_owned(), Secret::new("two")),
        ]);
        let check = |public: Value, expected: Value| {
            assert_eq!(ParsedConfig::document(&public, &secrets), expected);
        };
        check(
            json!({ "auth": { "user": "a" }, "host": "b" }),
            json!({ "auth": { "user": "a", "pass": "two" }, "host": "b", "key": "one" }),
        );
        check(
            json!(null),
            json!({ "auth": { "pass": "two" }, "key": "one" }),
        );
        check(json!({ "auth": 5 }), json!({ "auth": 5, "key": "one" }));
    }
}
