//! The secret half of an access key, which never shows itself.

use std::fmt;

use serde::Deserialize;

/// An AccessKeySecret: prints as `[secret]`, and can't be serialised.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct AccessKeySecret(String);

impl AccessKeySecret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The plain text, at the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AccessKeySecret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for AccessKeySecret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for AccessKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
