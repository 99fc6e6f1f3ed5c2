//! Secrets in resource files: always a reference, never the secret itself.

use std::fmt;

use moongate_core::Secret;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::fields::kind;
use super::finding::Findings;

/// Where a secret is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretReference {
    /// `{ env = "NAME" }`: an environment variable.
    Env(String),
    /// `{ file = "path" }`: a file that holds the secret and nothing else.
    File(String),
}

impl SecretReference {
    /// The reference as files and the store write it, such as `{"env":"NAME"}`.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Env(name) => json!({ "env": name }),
            Self::File(path) => json!({ "file": path }),
        }
    }
}

impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "variable {name}"),
            Self::File(path) => write!(f, "file {path}"),
        }
    }
}

/// Why a reference leads to no secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SecretUnavailable {
    /// The variable is not set.
    #[error("is not set")]
    NotSet,
    /// The file can't be read, for that reason.
    #[error("can't be read: {0}")]
    Unreadable(String),
    /// What is there is not UTF-8.
    #[error("is not text")]
    NotText,
    /// What is there is longer than any secret.
    #[error("is too long for a secret")]
    TooLong,
}

/// Reads what references point to: variables and files, which are not this crate's to read.
pub trait SecretResolver {
    /// The secret.
    ///
    /// # Errors
    /// [`SecretUnavailable`].
    fn resolve(&self, reference: &SecretReference) -> Result<Secret, SecretUnavailable>;
}

impl<F> SecretResolver for F
where
    F: Fn(&SecretReference) -> Result<Secret, SecretUnavailable>,
{
    fn resolve(&self, reference: &SecretReference) -> Result<Secret, SecretUnavailable> {
        self(reference)
    }
}

/// A secret, and where it was read.
#[derive(Debug, Clone)]
pub(super) struct ReferredSecret {
    pub(super) secret: Secret,
    pub(super) reference: SecretReference,
}

/// Whether a value is meant as a reference, well-formed or not.
pub(super) fn looks_like_reference(value: &Value) -> bool {
    let has = |fields: &Map<String, Value>| ["env", "file"].iter().any(|k| fields.contains_key(*k));
    value.as_object().is_some_and(has)
}

/// The secret that `value` refers to; a finding if it is no reference or leads nowhere.
pub(super) fn refer(
    path: &str,
    value: &Value,
    resolver: &dyn SecretResolver,
    findings: &mut Findings,
) -> Option<ReferredSecret> {
    const MEND: &str = "write { env = \"NAME\" } or { file = \"path\" }";
    // The value itself is never repeated: it may be the secret.
    let reference = match value {
        Value::Object(fields) if fields.len() == 1 => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            match (text("env"), text("file")) {
                (Some(name), _) if is_variable(name) => SecretReference::Env(name.to_owned()),
                (_, Some(path)) if is_path(path) => SecretReference::File(path.to_owned()),
                (Some(_), _) => {
                    findings.add(path, "this is no name of a variable", MEND);
                    return None;
                }
                (_, Some(_)) => {
                    findings.add(path, "this is no path of a file", MEND);
                    return None;
                }
                (None, None) => {
                    findings.add(path, "this is no reference to a secret", MEND);
                    return None;
                }
            }
        }
        Value::Object(_) => {
            findings.add(
                path,
                "a reference has one of env and file, and nothing else",
                MEND,
            );
            return None;
        }
        Value::String(_) => {
            findings.add(path, "a secret does not stand in a file as it is", MEND);
            return None;
        }
        other => {
            let problem = format!("expected a reference to a secret, found {}", kind(other));
            findings.add(path, problem, MEND);
            return None;
        }
    };
    match resolver.resolve(&reference) {
        Ok(secret) if secret.expose().trim().is_empty() => {
            findings.add(
                path,
                format!("{reference} is empty"),
                "put the secret there",
            );
            None
        }
        Ok(secret) => Some(ReferredSecret { secret, reference }),
        Err(error) => {
            findings.add(path, format!("{reference} {error}"), "put the secret there");
            None
        }
    }
}

fn is_variable(name: &str) -> bool {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    !name.is_empty()
        && name.len() <= 1024
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(is_word)
}

fn is_path(path: &str) -> bool {
    !path.trim().is_empty() && path.len() <= 4096 && !path.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(reference: &SecretReference) -> Result<Secret, SecretUnavailable> {
        match reference {
            SecretReference::Env(name) if name == "SET" => Ok(Secret::new("hidden")),
            SecretReference::Env(name) if name == "EMPTY" => Ok(Secret::new(" ")),
            SecretReference::Env(_) => Err(SecretUnavailable::NotSet),
            SecretReference::File(_) => Err(SecretUnavailable::Unreadable("no such file".into())),
        }
    }

    #[track_caller]
    fn refused(value: &Value, says: &str) {
        let mut findings = Findings::default();
        assert!(refer("a.b", value, &resolve, &mut findings).is_none());
        let [finding] = findings.as_slice() else {
            panic!("{findings:?}");
        };
        let text = finding.to_string();
        assert!(text.starts_with("a.b: ") && text.contains(says), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_reference_is_followed_and_kept() {
        let mut findings = Findings::default();
        let found = refer("a", &json!({ "env": "SET" }), &resolve, &mut findings).unwrap();
        assert_eq!(found.secret.expose(), "hidden");
        assert_eq!(found.reference.to_json().to_string(), r#"{"env":"SET"}"#);
        assert!(!format!("{found:?}").contains("hidden"));
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_named() {
        refused(&json!({ "env": "UNSET" }), "variable UNSET is not set");
        refused(&json!({ "env": "EMPTY" }), "variable EMPTY is empty");
        refused(
            &json!({ "file": "keys/a" }),
            "file keys/a can't be read: no such file",
        );
    }

    #[test]
    fn a_literal_is_refused_and_not_repeated() {
        refused(&json!("hunter2"), "as it is");
        refused(&json!(["hunter2"]), "found a list");
        refused(&json!({ "value": "hunter2" }), "no reference");
        refused(
            &json!({ "env": "SET", "file": "hunter2" }),
            "one of env and file",
        );
        refused(
            &json!({ "env": "not-a name, hunter2" }),
            "no name of a variable",
        );
        refused(&json!({ "env": 5 }), "no reference");
        refused(&json!({ "file": "" }), "no path");
    }
}
