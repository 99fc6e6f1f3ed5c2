//! Plans and what becomes of them, on a real store.

#![expect(clippy::unwrap_used, reason = "tests")]

mod harness;

mod applications;
mod connectors;
mod export;
mod revisions;
mod rights;
mod sign_in_experience;
mod users;
mod whole;
