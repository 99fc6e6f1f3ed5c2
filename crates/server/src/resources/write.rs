//! Resource files as text, in each of their formats.
//!
//! YAML is written in block style with every text in double quotes, where JSON's escapes mean the
//! same: none of YAML's ways of reading `no`, `1e3` or `2024-01-01` plays a part. No maintained
//! crate writes it that is not far larger.

use std::fmt::Write as _;

use serde_json::Value;
use thiserror::Error;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// TOML, which has no null.
    Toml,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

impl Format {
    /// What a file's name asks for.
    pub(crate) fn of(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// A value that TOML can't say.
#[derive(Debug, Error)]
#[error("TOML can't say {0}; use --format json")]
pub(crate) struct WriteError(String);

/// The text of a file that says `value`.
///
/// # Errors
/// [`WriteError`] for `null` in a list, and for numbers that TOML has not.
pub(crate) fn write(value: &Value, format: Format) -> Result<String, WriteError> {
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(value).expect("a value is JSON");
            Ok(text + "\n")
        }
        Format::Yaml => {
            let mut text = String::new();
            yaml(&mut text, value, 0);
            text.push('\n');
            Ok(text.trim_start_matches('\n').to_owned())
        }
        Format::Toml => {
            let table = without_nulls(value, "")?;
            toml::to_string_pretty(&table).map_err(|error| WriteError(error.to_string()))
        }
    }
}

/// What is not named is not set, so that a field's `null` need not be said.
fn without_nulls(value: &Value, path: &str) -> Result<Value, WriteError> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| {
                let path = format!("{path}.{name}");
                Ok((name.clone(), without_nulls(value, &path)?))
            })
            .collect::<Result<_, _>>()
            .map(Value::Object),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| without_nulls(item, &format!("{path}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Value::Null => Err(WriteError(format!(
            "null at {}",
            path.trim_start_matches('.')
        ))),
        plain => Ok(plain.clone()),
    }
}

/// Writes what stands behind a key or a dash.
fn yaml(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                line(text, depth);
                quoted(text, name);
                text.push(':');
                yaml_below(text, value, depth + 1);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                line(text, depth);
                text.push('-');
                yaml_below(text, item, depth + 1);
            }
        }
        Value::String(content) => quoted(text, content),
        plain => {
            let _infallible = write!(text, "{plain}");
        }
    }
}

fn yaml_below(text: &mut String, value: &Value, depth: usize) {
    let is_flat = match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    };
    if is_flat {
        text.push(' ');
    }
    yaml(text, value, depth);
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// JSON's text, with those characters escaped, too, that YAML 1.2 §5.1 does not print and those
/// that YAML 1.1 took for line breaks.
fn quoted(text: &mut String, content: &str) {
    for char in Value::from(content).to_string().chars() {
        match char {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _infallible = write!(text, "\\u{:04X}", u32::from(char));
            }
            plain => text.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;
    use crate::resources::load;

    #[track_caller]
    fn comes_back(value: &Value, format: Format, name: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let text = write(value, format).unwrap();
        fs::write(&path, &text).unwrap();
        let read = load(&[path]).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(&read, value, "{text}");
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        let mut value = json!({
            "applications": [
                {
                    "id": "a", "name": "no", "isAdmin": true,
                    "customData": { "1": [1, -2.5, "1e3", "", [], {}, [["x"]], { "y": false }] },
                    "oidcClientMetadata": { "redirectUris": ["https://a.example/?b=c#d"] },
                    "secrets": [{ "name": "Default secret", "value": { "env": "X" } }],
                },
                { "id": "b", "name": "\u{7f}\u{85}\u{2028}\u{1f600} \"'\\\t# : - {" },
            ],
            "connectors": [],
            "signInExperience": {
                "customCss": "a {\n  b: \"c\";\r\n}\n\n'''\"\"\"",
                "emailBlocklistPolicy": {},
            },
        });
        comes_back(&value, Format::Toml, "a.toml");
        comes_back(&value, Format::Json, "a.json");
        comes_back(&value, Format::Yaml, "a.yaml");
        value["signInExperience"]["termsOfUseUrl"] = Value::Null;
        comes_back(&value, Format::Json, "b.json");
        comes_back(&value, Format::Yaml, "b.yml");
    }

    #[test]
    fn yaml_reads_well() {
        let value = json!({ "a": [{ "b": 1, "c": [] }], "d": { "e": "f" } });
        assert_eq!(
            write(&value, Format::Yaml).unwrap(),
            "\"a\":\n  -\n    \"b\": 1\n    \"c\": []\n\"d\":\n  \"e\": \"f\"\n"
        );
    }

    #[test]
    fn toml_leaves_fields_without_value_out_and_names_what_it_can_not_say() {
        let value = json!({ "a": { "b": null, "c": 1 } });
        assert_eq!(write(&value, Format::Toml).unwrap(), "[a]\nc = 1\n");
        let error = write(&json!({ "a": { "b": [1, null] } }), Format::Toml).unwrap_err();
        assert_eq!(
            error.to_string(),
            "TOML can't say null at a.b[1]; use --format json"
        );
    }
}
