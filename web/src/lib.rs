//! Moongate's pages: plain view structs in, markup out.
//!
//! A page is a [`View`]: a struct of decisions that the server has made, never of policy to judge.
//! [`document`] renders it whole, [`fragment`] renders the part that htmx swaps in. Around every
//! page stands the same [`Chrome`]. Words come from the phrases of a [`Language`] alone, and
//! [`gallery`] has every page in every state, for previews and snapshots.
//!
//! Nothing here knows a web framework, a database or a clock.

mod access;
mod assets;
mod chrome;
mod components;
mod document;
mod fields;
mod gallery;
mod language;
mod moment;
pub mod pages;
mod phrases;
mod problem;
mod regions;
mod terms;
mod theme;

pub use access::{Access, ApiAccess, Permission, Person};
pub use assets::{Asset, FoundAsset, assets, find_asset};
pub use chrome::{BRAND, Chrome, Support};
pub use document::{View, document, fragment};
pub use fields::{FieldProblem, IdentifierField, IdentifierKind, PasswordHint, PasswordProblem};
pub use gallery::{GalleryEntry, gallery};
pub use language::Language;
pub use maud::{Markup, PreEscaped};
pub use moment::Moment;
pub use phrases::{PhraseError, Words, check_override};
pub use problem::Problem;
pub use regions::Country;
pub use terms::{Agreement, Terms, Tick};
pub use theme::{ColorScheme, Theme, ThemeColors, forced_css, theme_css};
