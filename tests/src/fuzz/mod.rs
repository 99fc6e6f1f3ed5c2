//! Bodies of fuzz tests: bytes in, a panic if what came of them breaks a rule. Plain functions, so
//! that property tests run them on the one toolchain and a fuzzer of any kind can take them over.
//!
//! The bytes are not sent as they are, which would seldom get past the first check: they are read as
//! choices, by [`Source`], of how a good request is spoilt.

mod authorization;
mod source;
mod token;
mod world;

pub use authorization::fuzz_authorization_request;
pub use token::fuzz_token_request;

use source::Source;
use world::World;

/// The beginning of a request, for the report.
fn shown(request: &str) -> String {
    request.chars().take(400).collect()
}
