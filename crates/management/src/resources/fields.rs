//! Reading the fields of a declared object, noting what is wrong instead of stopping at it.

use serde_json::{Map, Value};

use super::finding::Findings;

/// An object under scrutiny.
pub(crate) struct Fields<'a> {
    path: String,
    object: &'a Map<String, Value>,
    findings: &'a mut Findings,
}

/// The fields that an object may have.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// Those of this version.
    pub(crate) now: &'a [&'a str],
    /// Those that Logto has and this version has not.
    pub(crate) later: &'a [&'a str],
}

impl<'a> Fields<'a> {
    /// `value` as an object that has no other than the known fields.
    pub(crate) fn new(
        path: impl Into<String>,
        value: &'a Value,
        known: Known<'_>,
        findings: &'a mut Findings,
    ) -> Option<Self> {
        let path = path.into();
        let Some(object) = value.as_object() else {
            findings.add(
                path,
                format!("expected an object, found {}", kind(value)),
                "",
            );
            return None;
        };
        for (name, value) in object {
            let place = join(&path, name);
            if known.later.contains(&name.as_str()) && !value.is_null() {
                findings.add(place, LATER, "leave it out");
            } else if !known.now.contains(&name.as_str()) && !value.is_null() {
                let mend = format!("the fields are {}", known.now.join(", "));
                findings.add(place, "there is no such field", mend);
            }
        }
        Some(Self {
            path,
            object,
            findings,
        })
    }

    /// Where a field stands.
    pub(crate) fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// Notes that a field is wrong.
    pub(crate) fn refuse(
        &mut self,
        name: &str,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) {
        let path = self.path(name);
        self.findings.add(path, problem, mend);
    }

    /// Where further findings go.
    pub(crate) fn findings(&mut self) -> &mut Findings {
        self.findings
    }

    /// A field that is set; `null` is as good as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text that must be there.
    pub(crate) fn required_text(&mut self, name: &str, longest: usize) -> Option<String> {
        if self.get(name).is_none() {
            self.refuse(name, "is required", "");
        }
        self.text(name, longest)
    }

    /// A text that may be there, of 1 to `longest` characters.
    pub(crate) fn text(&mut self, name: &str, longest: usize) -> Option<String> {
        let value = self.get(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, "a string", value);
            return None;
        };
        let length = text.trim().chars().count();
        if length == 0 || length > longest {
            let problem = format!("must have 1 to {longest} characters");
            self.refuse(name, problem, "");
            None
        } else if text.chars().any(char::is_control) {
            self.refuse(
                name,
                "must not contain line breaks or control characters",
                "",
            );
            None
        } else {
            Some(text.trim().to_owned())
        }
    }

    /// A switch that may be there.
    pub(crate) fn bool(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        if value.as_bool().is_none() {
            self.wrong_type(name, "true or false", value);
        }
        value.as_bool()
    }

    /// A whole number that may be there, of that range and unit.
    pub(crate) fn number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<u32>,
        unit: &str,
    ) -> Option<u32> {
        let value = self.get(name)?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let problem = format!(
                "must be a whole number of {unit}, {} to {}",
                range.start(),
                range.end()
            );
            self.refuse(name, problem, "");
        }
        number
    }

    /// An object that may be there.
    pub(crate) fn object(&mut self, name: &str) -> Option<&'a Map<String, Value>> {
        let value = self.get(name)?;
        if value.as_object().is_none() {
            self.wrong_type(name, "an object", value);
        }
        value.as_object()
    }

    /// A list that may be there.
    pub(crate) fn list(&mut self, name: &str) -> Option<&'a [Value]> {
        let value = self.get(name)?;
        if value.as_array().is_none() {
            self.wrong_type(name, "a list", value);
        }
        value.as_array().map(Vec::as_slice)
    }

    fn wrong_type(&mut self, name: &str, expected: &str, found: &Value) {
        let problem = format!("expected {expected}, found {}", kind(found));
        self.refuse(name, problem, "");
    }
}

/// What is said of Logto's fields and kinds that this version has not.
pub(crate) const LATER: &str = "comes with a later version";

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

/// A field's path below another.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
