//! The pages' script (htmx) and the one that the browser tests read them with (axe-core), which npm
//! fetches as `web/package-lock.json` pins them.

use std::fs;
use std::path::Path;

use super::packages::{Need, provide};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::workspace::Workspace;

/// The scripts that must be there in the end, below `web/`: htmx, which the pages load, and
/// axe-core, which no page ever sees but in the browser tests.
const SCRIPTS: [&str; 2] = [
    "node_modules/htmx.org/dist/htmx.min.js",
    "node_modules/axe-core/axe.min.js",
];
/// A copy of the lock file that `node_modules` was made from: a checkout changes times, not this.
const STAMP: &str = "node_modules/.made-from-lock";

/// Runs `npm ci` in `web/` unless what is there came from this very lock file.
pub(crate) fn install(workspace: &Workspace) -> Outcome {
    let web = workspace.root().join("web");
    let lock = fs::read(web.join("package-lock.json"))
        .map_err(|error| Failure::io("read web/package-lock.json", &error))?;
    if is_current(&web, &lock) {
        return Ok(());
    }
    provide(workspace, &[Need::Npm])?;
    output::step("fetching the pages' scripts with npm (seconds)");
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    let npm = program::program_in(&web, "npm", arguments).stdin_null();
    let status = program::run(workspace, &npm)?;
    if !status.success() {
        return Err(Failure::new(format!(
            "`npm ci` in web/ {}: is the network there?",
            program::ended(status)
        )));
    }
    fs::write(web.join(STAMP), &lock)
        .map_err(|error| Failure::io(format!("write web/{STAMP}"), &error))?;
    if is_current(&web, &lock) {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "npm succeeded, yet one of these is not in web/: {}",
            SCRIPTS.join(", ")
        )))
    }
}

fn is_current(web: &Path, lock: &[u8]) -> bool {
    let are_there = SCRIPTS.iter().all(|script| web.join(script).is_file());
    are_there && fs::read(web.join(STAMP)).is_ok_and(|stamp| stamp == lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_lock_file_or_a_missing_script_is_not_current() {
        let web = std::env::temp_dir().join(format!("xtask-scripts-{}", std::process::id()));
        for script in SCRIPTS {
            fs::create_dir_all(web.join(script).parent().unwrap()).unwrap();
            fs::write(web.join(script), "//").unwrap();
        }
        assert!(!is_current(&web, b"one"), "no stamp");
        fs::write(web.join(STAMP), "one").unwrap();
        assert!(is_current(&web, b"one"));
        assert!(!is_current(&web, b"two"), "another lock file");
        fs::remove_file(web.join(SCRIPTS[1])).unwrap();
        assert!(!is_current(&web, b"one"), "no script");
        fs::remove_dir_all(&web).unwrap();
    }
}
