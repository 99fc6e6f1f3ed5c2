//! Resource files: from what they declare to what the store has to become.
//!
//! [`declared`] takes the merged files apart without looking at the store. For each kind of
//! resource, one module lays the declaration over what is stored ([`merge`]), checks the whole and
//! notes the difference ([`difference`]) and the writes. [`apply`] runs them together.

mod api_resource;
mod application;
mod application_rights;
mod application_secrets;
pub(crate) mod apply;
mod catalog;
pub(crate) mod connector;
pub(crate) mod declared;
pub(crate) mod difference;
pub(crate) mod edits;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod finding;
mod merge;
pub(crate) mod plan;
mod role;
pub(crate) mod secret_reference;
pub(crate) mod sign_in_experience;
mod write;
