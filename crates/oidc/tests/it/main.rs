//! The provider's protocol on a SQLite file, with a manual clock and seeded entropy.

#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod authorize;
mod end_session;
mod ground;
mod own_tokens;
mod token;
