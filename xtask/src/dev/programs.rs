//! The two binaries, built in one call so that they share every dependency.

use std::path::PathBuf;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::workspace::Workspace;

/// Where the binaries are.
pub(super) struct Programs {
    pub(super) moongate: PathBuf,
    pub(super) bookstore: PathBuf,
}

impl Programs {
    /// Builds both; cargo shows its own progress.
    pub(super) fn build(workspace: &Workspace, release: bool) -> Outcome<Self> {
        output::step("building Moongate and Bookstore (the first time some minutes, then seconds)");
        let mut arguments = vec![
            "build",
            "--message-format=json-render-diagnostics",
            "-p",
            "moongate-server",
            "--bin",
            "moongate",
            "-p",
            "moongate-bookstore",
            "--bin",
            "bookstore",
        ];
        if release {
            arguments.push("--release");
        }
        let output = program::capture(workspace, &program::cargo(workspace, arguments))?;
        if !output.status.success() {
            return Err(Failure::new("it did not build: see above"));
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let path = |name| {
            executable(&messages, name)
                .ok_or_else(|| Failure::new(format!("cargo built no `{name}`")))
        };
        Ok(Self {
            moongate: path("moongate")?,
            bookstore: path("bookstore")?,
        })
    }
}

/// The executable that cargo says it made for the binary of this name.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let artifact =
            message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
        let path = message["executable"].as_str()?;
        artifact.then(|| PathBuf::from(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_the_one_that_cargo_names() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"moongate"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"bookstore"},"executable":"/t/debug/bookstore"}
not json
{"reason":"compiler-artifact","target":{"name":"moongate"},"executable":"/t/debug/moongate"}
{"reason":"build-finished","success":true}"#;
        let expected = PathBuf::from("/t/debug/moongate");
        assert_eq!(executable(messages, "moongate"), Some(expected));
        assert_eq!(executable(messages, "console"), None);
    }
}
