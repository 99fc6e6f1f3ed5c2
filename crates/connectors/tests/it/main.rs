//! The sender against the simulator, over a real socket and a real store.

#![expect(clippy::unwrap_used, reason = "tests")]

mod harness;
mod log;
mod sender;
