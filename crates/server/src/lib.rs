//! The Moongate server: settings, wiring, routes. It holds no SQL, no markup and no rules.
//!
//! [`app::App`] is the whole server without a socket: tests and the program build the same one.

pub mod app;
pub mod cli;
mod commands;
mod cookies;
mod key_file;
mod logging;
mod look;
pub mod outbound;
mod request_id;
mod resources;
mod routes;
pub mod settings;
mod site;
