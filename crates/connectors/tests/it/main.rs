//! The sender against the simulator and a mail server, over real sockets and a real store.

#![expect(clippy::unwrap_used, reason = "tests")]

mod email;
mod harness;
mod log;
mod sender;
mod smtp_server;
