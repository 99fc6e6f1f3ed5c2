//! The whole of Moongate: over HTTP through the router, and in Chromium.

#![expect(clippy::unwrap_used, reason = "tests: a panic is the report")]

mod browser;
mod certification;
mod experience_api;
mod fuzz;
mod http_flows;
mod management;
