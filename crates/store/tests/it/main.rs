//! The contract suite of the store: every method of the port, on both databases. A case is
//! written once and takes a fresh, empty [`bench::Bench`]; `on_both!` makes a test of it for each
//! database.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod bench;
mod postgres;
mod samples;

mod applications;
mod consents;
mod devices;
mod grants;
mod groups;
mod housekeeping;
mod interactions;
mod logout_deliveries;
mod one_time;
mod opening;
mod personal_access_tokens;
mod races;
mod resources;
mod roles;
mod sends;
mod sentinels;
mod sessions;
mod settings;
mod user_lists;
mod users;
