//! Resource files: reading, merging and writing them, and reading the secrets that they refer to.
//!
//! What they mean is [`moongate_management`]'s knowledge. This module knows formats (through the
//! `config` crate: TOML, YAML, JSON) and in which order files are laid over each other.

mod load;
mod merge;
mod report;
mod secrets;
mod write;

pub(crate) use load::load;
pub(crate) use report::{Report, applied, planned};
pub(crate) use secrets::ReadSecrets;
pub(crate) use write::{Format, write};

#[cfg(test)]
mod tests;
