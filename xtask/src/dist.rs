//! `cargo xtask dist`: the binary that we would ship, and its size.

use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::setup;
use crate::workspace::Workspace;

/// Builds `moongate` in the `dist` profile and prints its path and size.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    if let Some(surplus) = arguments.first() {
        return Err(Failure::usage(format!("dist: does not know `{surplus}`")));
    }
    setup::for_dist(workspace)?;
    output::step("building moongate in the dist profile (some ten minutes on two cores)");
    let arguments = [
        "build",
        "--profile",
        "dist",
        "-p",
        "moongate-server",
        "--bin",
        "moongate",
    ];
    let status = program::run(workspace, &program::cargo(workspace, arguments))?;
    if !status.success() {
        return Err(Failure::new("moongate did not build: see above"));
    }
    let metadata = workspace.metadata(false)?;
    let folder = metadata["target_directory"].as_str().map(PathBuf::from);
    let binary = folder
        .ok_or_else(|| Failure::new("cargo names no target folder"))?
        .join("dist/moongate");
    let size = binary
        .metadata()
        .map_err(|error| Failure::io(format!("look at {}", binary.display()), &error))?
        .len();
    output::say(&format!("{}: {}", binary.display(), mebibytes(size)));
    Ok(())
}

/// "9.4 MiB (9856000 bytes)".
fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / (1024 * 1024);
    format!("{}.{} MiB ({bytes} bytes)", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(mebibytes(9_856_000), "9.3 MiB (9856000 bytes)");
        assert_eq!(mebibytes(512), "0.0 MiB (512 bytes)");
    }
}
