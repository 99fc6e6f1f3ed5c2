//! `cargo xtask snapshots`: the page snapshots of `web`.

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::setup;
use crate::workspace::Workspace;

/// `--check` only compares, `--accept` takes what is new, neither leaves it beside the old one as
/// `.snap.new`, to be read.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let update = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => "new",
        ["--accept"] => "always",
        ["--check"] => "no",
        _ => return Err(Failure::usage("snapshots [--accept|--check]")),
    };
    // A snapshot must not depend on whether somebody fetched the scripts.
    setup::scripts(workspace)?;
    output::step("page snapshots");
    let expression = program::cargo(workspace, ["test", "-p", "moongate-web"])
        .env("INSTA_UPDATE", update)
        .env_remove("INSTA_FORCE_PASS");
    let status = program::run(workspace, &program::without_settings(expression, |_| false))?;
    match (status.success(), update) {
        (true, "always") => {
            output::say("read the diff (`git diff`) before you commit it");
            Ok(())
        }
        (true, _) => Ok(()),
        (false, "new") => Err(Failure::new(
            "pages changed: read the .snap.new files, then `cargo xtask snapshots --accept`",
        )),
        (false, _) => Err(Failure::new("pages and snapshots differ: see above")),
    }
}
