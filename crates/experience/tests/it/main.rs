//! The use cases of the sign-in experience on a SQLite file, with a manual clock, seeded entropy
//! and a recording sender.

#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod account;
mod account_sessions;
mod codes;
mod combinations;
mod consent;
mod first_administrator;
mod ground;
mod password;
mod person;
mod profile;
mod proof;
mod random;
mod recovery;
mod refused_registration;
mod registration;
mod send_code;
mod sentinel;
mod settings;
mod steps;
mod table;
mod verify_code;
