//! Resource files: reading and merging them, and reading the secrets that they refer to.
//!
//! What they mean is [`moongate_management`]'s knowledge. This module knows formats (through the
//! `config` crate: TOML, YAML, JSON) and in which order files are laid over each other.

mod load;
mod merge;
mod report;
mod secrets;

pub(crate) use load::load;
pub(crate) use report::{applied, planned};
pub(crate) use secrets::ReadSecrets;

#[cfg(test)]
mod tests;
