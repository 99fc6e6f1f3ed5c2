//! The provider's protocol on a SQLite file, with a manual clock and seeded entropy.

#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod assertions;
mod authorize;
mod back_channel;
mod consent;
mod device;
mod dpop;
mod end_session;
mod foreign_key;
mod ground;
mod key_rotation;
mod own_tokens;
mod parameters;
mod properties;
mod pushed;
mod redirect_uris;
mod resources;
mod token;
