//! Fields of a body that changes something: kept, cleared or set.

use serde::{Deserialize, Deserializer};

/// What a body says about a field that may be empty. Use with `#[serde(default)]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing: the field stays as it is.
    #[default]
    Keep,
    /// `null`: the field becomes empty.
    Clear,
    /// The field's new value.
    Set(T),
}

impl<T> Patch<T> {
    /// The field after the change.
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The new value, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_keeps_and_null_clears() {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            name: Patch<String>,
        }
        for (body, expected) in [
            (json!({}), Some("before")),
            (json!({ "name": null }), None),
            (json!({ "name": "after" }), Some("after")),
        ] {
            let body: Body = serde_json::from_value(body).unwrap();
            let name = body.name.over(Some("before".to_owned()));
            assert_eq!(name.as_deref(), expected);
        }
    }
}
