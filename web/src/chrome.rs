//! What surrounds a page, whichever page it is. It knows nothing of a page's content.

use std::sync::Arc;

use crate::{
    Language, Theme,
    assets::asset,
    phrases::{Phrase, Words},
};

/// The name of this service where nobody gave it another.
pub const BRAND: &str = "Moongate";

/// What surrounds every page of one answer.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The language to speak.
    pub language: Language,
    /// The path under which the whole server stands, such as `/auth`; empty at the root. No slash
    /// at the end. Every link, form and asset goes through it.
    pub base_path: String,
    /// Path and query, without the base path, that show this page again by GET: where the language
    /// switch comes back to.
    pub current_path: String,
    /// The name of this service, such as `Moongate`.
    pub brand: String,
    /// Whether pages go over plain http beyond this machine, so that a banner must say so.
    pub warns_of_http: bool,
    /// How the pages look here.
    pub theme: Theme,
    /// Where people find help.
    pub support: Support,
    /// The words of the language with the tenant's own among them ([`Language::words_with`]);
    /// `None` where the tenant has no own.
    pub phrases: Option<Arc<Words>>,
    /// The request's id, which error pages show so that a person can name it.
    pub request_id: Option<String>,
}

/// Where people find help, as the tenant says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Support {
    /// An e-mail address.
    pub email: Option<String>,
    /// An absolute http or https URL. Another scheme shows no link.
    pub website: Option<String>,
}

impl Chrome {
    /// Chrome at the root, with our own brand, no banner and no request id.
    pub fn new(language: Language, current_path: impl Into<String>) -> Self {
        Self {
            language,
            base_path: String::new(),
            current_path: current_path.into(),
            brand: BRAND.to_owned(),
            warns_of_http: false,
            theme: Theme::default(),
            support: Support::default(),
            phrases: None,
            request_id: None,
        }
    }

    /// A path of ours as the browser must ask for it: `/sign-in` is `/auth/sign-in` under `/auth`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// The URL of an asset, where this build has it.
    pub(crate) fn asset_url(&self, name: &str) -> Option<String> {
        asset(name).map(|asset| self.url(asset.path))
    }

    pub(crate) fn words(&self) -> &Words {
        self.phrases
            .as_deref()
            .unwrap_or_else(|| self.language.words())
    }

    pub(crate) fn text(&self, phrase: Phrase) -> String {
        self.words().text(phrase)
    }
}
