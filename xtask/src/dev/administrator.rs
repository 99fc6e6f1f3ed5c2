//! The first administrator of a development set-up: made by the same link and form as anywhere
//! else, with a random password that stays under `.moongate/`.

use super::environment::{self, Environment};
use super::probe;
use super::programs::Programs;
use crate::failure::{Failure, Outcome};
use crate::program;
use crate::workspace::Workspace;

/// What they sign in as.
pub(super) const USERNAME: &str = "admin";

/// Makes them, unless there is an administrator. Moongate must answer.
pub(super) fn provide(
    workspace: &Workspace,
    programs: &Programs,
    environment: &Environment,
) -> Outcome {
    let expression = program::program(workspace, &programs.moongate, ["setup-link"]);
    let expression = environment::set(expression, environment.moongate());
    let output = program::capture(workspace, &expression)?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "`moongate setup-link` {}",
            program::ended(output.status)
        )));
    }
    let link = String::from_utf8_lossy(&output.stdout);
    let Some((_, token)) = link.trim().split_once("token=") else {
        // There is one already, as it said.
        return Ok(());
    };
    // Token and password are letters, digits, `-` and `_`: a form takes them as they are.
    let password = &environment.secrets.admin;
    let form = format!("token={token}&username={USERNAME}&password={password}");
    match probe::post(environment.ports.moongate, "/setup", &form) {
        Some(200) => Ok(()),
        answer => Err(Failure::new(format!(
            "the first administrator could not be made: /setup answers {}",
            answer.map_or_else(|| "nothing".to_owned(), |status| status.to_string())
        ))),
    }
}
