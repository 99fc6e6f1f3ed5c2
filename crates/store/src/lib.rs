//! The store port of `moongate-core` on SQLite and PostgreSQL.
//!
//! One SQL text serves both databases: `$1` placeholders and a portable subset, dispatched by the
//! macros of `conn`. Each method is written once, in the file of its topic, and proved by one
//! contract suite on both databases.
//!
//! What differs between the two is in few places: how a database is opened (`sqlite`, `postgres`),
//! how a unit of work becomes durable (`writer` commits in groups on SQLite, PostgreSQL has a
//! transaction for each), and that a unit on PostgreSQL locks the user or interaction it reads,
//! which the one writer of SQLite gives for free. Units that read both take the interaction first;
//! two that lock in opposite order are a deadlock, and one of them fails as unavailable.
//!
//! This crate has no rules: whether a code is expired or an attempt is allowed, a use case says.

mod config;
#[macro_use]
mod conn;
mod error;
mod migrations;
mod postgres;
mod sqlite;
mod store;
mod unit;
mod writer;

mod account_steps;
mod applications;
mod connectors;
mod consents;
mod devices;
mod documents;
mod drafts;
mod grants;
mod housekeeping;
mod interactions;
mod links;
mod logout_deliveries;
mod one_time;
mod resources;
mod roles;
mod sends;
mod sentinels;
mod sessions;
mod signing_keys;
mod users;
mod verification_codes;

pub use config::{Durability, StoreConfig};
pub use error::OpenError;
pub use store::{SqlStore, open};
