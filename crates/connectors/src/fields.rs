//! Reading the fields of a JSON object, collecting what is wrong instead of stopping at it.

use serde_json::{Map, Value};

use crate::ConfigIssue;

/// Longest text that a field may hold, bytes. No provider has identifiers near it.
const LONGEST: usize = 512;
/// Longest text of several lines, bytes: a generous page of HTML.
const LONGEST_LINES: usize = 50_000;

/// An object under scrutiny.
pub(crate) struct Fields<'a> {
    path: String,
    object: &'a Map<String, Value>,
    issues: &'a mut Vec<ConfigIssue>,
}

impl<'a> Fields<'a> {
    /// `value` as an object that has no field but `known` ones.
    pub(crate) fn new(
        path: &str,
        value: &'a Value,
        known: &[&str],
        issues: &'a mut Vec<ConfigIssue>,
    ) -> Option<Self> {
        let Value::Object(object) = value else {
            issues.push(ConfigIssue {
                path: path.to_owned(),
                message: format!("expected an object, found {}", kind(value)),
            });
            return None;
        };
        let mut fields = Self {
            path: path.to_owned(),
            object,
            issues,
        };
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            fields.refuse(
                name,
                format!(
                    "there is no such field; the fields are {}",
                    known.join(", ")
                ),
            );
        }
        Some(fields)
    }

    /// Notes that a field is wrong.
    pub(crate) fn refuse(&mut self, name: &str, message: impl Into<String>) {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        let message = message.into();
        self.issues.push(ConfigIssue { path, message });
    }

    /// A field that is set; `null` is as good as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text that must be there, trimmed.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.get(name) {
            None => {
                self.refuse(name, "required");
                None
            }
            Some(value) => self.check_text(name, value),
        }
    }

    /// A text that may be there, trimmed.
    pub(crate) fn optional_text(&mut self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        self.check_text(name, value)
    }

    /// A text of several lines that must be there, as it stands.
    pub(crate) fn lines(&mut self, name: &str) -> Option<String> {
        let is_fit = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
        let complaint = match self.get(name) {
            None => "required".to_owned(),
            Some(Value::String(text)) if text.trim().is_empty() => "must not be empty".to_owned(),
            Some(Value::String(text)) if text.len() > LONGEST_LINES => {
                format!("too long: at most {LONGEST_LINES} bytes")
            }
            Some(Value::String(text)) if text.chars().all(is_fit) => return Some(text.clone()),
            Some(Value::String(_)) => "must not contain control characters".to_owned(),
            Some(other) => format!("expected a string, found {}", kind(other)),
        };
        self.refuse(name, complaint);
        None
    }

    /// A list that may be there; empty if it is not, nothing if it is something else.
    pub(crate) fn list(&mut self, name: &str) -> Option<&'a [Value]> {
        match self.get(name) {
            None => Some(&[]),
            Some(Value::Array(items)) => Some(items),
            Some(other) => {
                self.refuse(name, format!("expected a list, found {}", kind(other)));
                None
            }
        }
    }

    fn check_text(&mut self, name: &str, value: &Value) -> Option<String> {
        // The value is not repeated: it may be a secret.
        let Value::String(text) = value else {
            self.refuse(name, format!("expected a string, found {}", kind(value)));
            return None;
        };
        let text = text.trim();
        let complaint = if text.is_empty() {
            "must not be empty"
        } else if text.len() > LONGEST {
            "too long: at most 512 bytes"
        } else if text.chars().any(char::is_control) {
            "must not contain line breaks or other control characters"
        } else {
            return Some(text.to_owned());
        };
        self.refuse(name, complaint);
        None
    }

    /// A switch that may be there.
    pub(crate) fn optional_bool(&mut self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(on) => Some(*on),
            other => {
                self.refuse(
                    name,
                    format!("expected true or false, found {}", kind(other)),
                );
                None
            }
        }
    }

    /// Where further issues go.
    pub(crate) fn issues(&mut self) -> &mut Vec<ConfigIssue> {
        self.issues
    }
}

/// What a value is, in words for people who write files.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
