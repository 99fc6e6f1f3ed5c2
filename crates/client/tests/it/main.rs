//! The client against a small OpenID provider on a loopback port, seen through a browser that
//! keeps cookies and follows nothing by itself.

#![expect(clippy::unwrap_used, reason = "tests: a panic is the report")]

mod browser;
mod guards;
mod id_token;
mod provider;
mod sign_in;
mod sign_out;
mod tokens;
mod transport;
