//! `cargo xtask screenshots`: runs the program in `tests` that takes them.

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::setup;
use crate::workspace::Workspace;

/// Takes the pictures; arguments are the program's.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let tools = setup::for_tests(workspace)?;
    output::step("taking screenshots (builds first; then a minute)");
    let mut call = vec!["run", "-p", "moongate-tests", "--bin", "screenshots", "--"];
    call.extend(arguments.iter().map(String::as_str));
    let expression = tools.export(&program::cargo(workspace, call));
    let status = program::run(workspace, &program::without_settings(expression, |_| false))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new("no screenshots: see above"))
    }
}
