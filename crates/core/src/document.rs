//! Settings kept as JSON documents with a revision.

use crate::UnixMillis;

/// A settings document. Its shape and rules live in the crate that owns it; the store keeps text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What the document is, such as `sign-in-experience`.
    pub key: String,
    /// 1 for the first save, one more for each later one.
    pub revision: i64,
    /// JSON text.
    pub body: String,
    /// Who saved it: a user's or an application's identifier, or `command line`. Empty where
    /// nobody noted it.
    pub author: String,
    /// Why, in the author's words.
    pub comment: Option<String>,
    /// When this revision was saved.
    pub updated_at: UnixMillis,
}
