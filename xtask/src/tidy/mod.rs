//! `cargo xtask tidy`: the rules of the house as a check, so that the picture can't rot. It looks
//! and never changes anything.

mod duplicates;
mod graph;
mod house;
mod licences;
mod sources;

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::workspace::Workspace;

/// Checks everything and names every fault, not only the first.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    if let Some(surplus) = arguments.first() {
        return Err(Failure::usage(format!("tidy: does not know `{surplus}`")));
    }
    output::step("tidy (seconds)");
    let metadata = workspace.metadata(true)?;
    let mut faults = house::faults(&metadata);
    faults.extend(graph::faults(workspace)?);
    faults.extend(sources::faults(workspace, &metadata)?);
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        output::say(&format!("  - {fault}"));
    }
    let number = faults.len();
    Err(Failure::new(format!(
        "tidy found {number} fault{}: mend them, or change the rule and say why in xtask/src/tidy",
        if number == 1 { "" } else { "s" }
    )))
}
