//! How the pages look and speak.

use serde::{Deserialize, Serialize};

/// Colours, `#rgb` or `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Color {
    /// Of buttons and links.
    pub primary_color: String,
    /// Whether pages are dark where the browser prefers it.
    pub is_dark_mode_enabled: bool,
    /// Of buttons and links on dark pages.
    pub dark_primary_color: String,
}

impl Default for Color {
    /// The pages' own jade, and dark pages: a setting that is not there changes nothing.
    fn default() -> Self {
        Self {
            primary_color: "#1f6b54".into(),
            is_dark_mode_enabled: true,
            dark_primary_color: "#86cfb0".into(),
        }
    }
}

/// Logos: https URLs, or `data:` URLs of images.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Branding {
    /// On light pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// On dark pages; the light one otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dark_logo_url: Option<String>,
    /// Beside the page's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favicon: Option<String>,
    /// The same where the browser is dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dark_favicon: Option<String>,
}

/// The languages of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LanguageInfo {
    /// Whether the browser's preference counts.
    pub auto_detect: bool,
    /// The language otherwise.
    pub fallback_language: String,
}

impl Default for LanguageInfo {
    fn default() -> Self {
        Self {
            auto_detect: true,
            fallback_language: "en".into(),
        }
    }
}
