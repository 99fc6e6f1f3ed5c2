//! The workspace that a command works on: its root folder, what cargo says of it, and whether the
//! person at the terminal wants to stop.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::failure::{Failure, Outcome};
use crate::program;

/// The target whose dependency graph the rules are checked on: what we ship, whatever machine one
/// develops on.
pub(crate) const SHIPPED_TARGET: &str = "x86_64-unknown-linux-gnu";

/// Where we are, and whether to stop.
pub(crate) struct Workspace {
    root: PathBuf,
    interrupted: Arc<AtomicBool>,
}

impl Workspace {
    /// The workspace that this command was started in. From here on Ctrl-C, SIGTERM and SIGHUP no
    /// longer end this process at once: they set a flag, so that programs can be stopped first.
    pub(crate) fn open() -> Outcome<Self> {
        // Set by `cargo run`; the other is for a binary that is called by its path.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .ok_or_else(|| Failure::new("xtask lies outside a workspace"))?
            .to_owned();
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&interrupted))
                .map_err(|error| Failure::io("listen for signals", &error))?;
        }
        Ok(Self { root, interrupted })
    }

    /// The workspace's root folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a signal came since this was last asked.
    pub(crate) fn take_interrupt(&self) -> bool {
        self.interrupted.swap(false, Ordering::SeqCst)
    }

    /// `cargo metadata`: with every dependency of the shipped target, or of our own packages only.
    pub(crate) fn metadata(&self, with_dependencies: bool) -> Outcome<Value> {
        let mut arguments = vec!["metadata", "--format-version", "1"];
        if with_dependencies {
            arguments.extend(["--filter-platform", SHIPPED_TARGET]);
        } else {
            arguments.push("--no-deps");
        }
        let json = program::read(self, &program::cargo(self, arguments))?;
        serde_json::from_str(&json)
            .map_err(|error| Failure::new(format!("could not read `cargo metadata`: {error}")))
    }

    /// A workspace for tests, with no signal handlers.
    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            interrupted: Arc::new(AtomicBool::new(false)),
        }
    }
}
