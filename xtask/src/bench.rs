//! `cargo xtask bench`: runs the program in `tests` that measures, built for release.

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::workspace::Workspace;

/// What follows the command.
pub(crate) const ARGUMENTS: &str = "provider [--database-url URL] | enumeration";

/// Measures; arguments are the program's. The table goes to standard output.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let subject = match arguments.first().map(String::as_str) {
        Some("provider") => "the provider",
        Some("enumeration") => "what answers tell of accounts",
        _ => return Err(Failure::usage(format!("bench {ARGUMENTS}"))),
    };
    output::step(&format!(
        "measuring {subject} (builds for release first; then two minutes at most)"
    ));
    let mut call = vec![
        "run",
        "--release",
        "-p",
        "moongate-tests",
        "--bin",
        "bench",
        "--",
    ];
    call.extend(arguments.iter().map(String::as_str));
    let expression = program::cargo(workspace, call);
    let status = program::run(workspace, &program::without_settings(expression, |_| false))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new("nothing was measured: see above"))
    }
}
