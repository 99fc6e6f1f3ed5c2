//! `cargo xtask sign-in-experience …`: the subcommand of the same name, on the database of `dev`.

use crate::dev;
use crate::failure::{Failure, Outcome};
use crate::program;
use crate::workspace::Workspace;

/// Passes everything through, the exit code included (3 is `plan` with changes).
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut call = vec![
        "run",
        "--quiet",
        "-p",
        "moongate-server",
        "--bin",
        "moongate",
        "--",
    ];
    call.push("sign-in-experience");
    call.extend(arguments.iter().map(String::as_str));
    let mut expression = program::cargo(workspace, call);
    // What the caller set wins: that is how one names another database.
    for (name, value) in dev::settings(workspace)? {
        if std::env::var_os(&name).is_none() {
            expression = expression.env(name, value);
        }
    }
    let status = program::run(workspace, &expression)?;
    match status.code() {
        Some(0) => Ok(()),
        // moongate has said why.
        Some(code) => Err(Failure {
            message: String::new(),
            code: u8::try_from(code).unwrap_or(1),
        }),
        None => Err(Failure::new(program::ended(status))),
    }
}
