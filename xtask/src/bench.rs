//! `cargo xtask bench`: answers that it does not exist yet.

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;

/// Refuses: there are no benchmarks yet.
pub(crate) fn run(_: &Workspace, _: &[String]) -> Outcome {
    Err(Failure::usage("there are no benchmarks yet"))
}
