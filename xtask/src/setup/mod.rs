//! `cargo xtask setup`: what is needed beyond Rust and a C compiler. As root on Debian it installs
//! what is missing; elsewhere it names the command. It stops no service and edits nothing in /etc.

mod packages;
mod scripts;

use std::path::{Path, PathBuf};

use duct::Expression;

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::workspace::Workspace;

use packages::Need;
pub(crate) use scripts::install as scripts;

/// The programs that tests drive.
pub(crate) struct Tools {
    chromedriver: PathBuf,
    chromium: PathBuf,
    postgres: PathBuf,
}

impl Tools {
    /// Tells a program where they are: `MOONGATE_TEST_CHROMEDRIVER`, `MOONGATE_TEST_CHROMIUM` (two
    /// executables) and `MOONGATE_TEST_POSTGRES_BIN` (the folder with `initdb` and `pg_ctl`).
    pub(crate) fn export(&self, expression: &Expression) -> Expression {
        expression
            .env("MOONGATE_TEST_CHROMEDRIVER", &self.chromedriver)
            .env("MOONGATE_TEST_CHROMIUM", &self.chromium)
            .env("MOONGATE_TEST_POSTGRES_BIN", &self.postgres)
    }
}

/// The command itself: everything, or the sentence that says what to run.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    if let Some(surplus) = arguments.first() {
        return Err(Failure::usage(format!("setup: does not know `{surplus}`")));
    }
    let tools = for_tests(workspace)?;
    output::say(&format!(
        "all there: {}, {}, {}, htmx",
        tools.postgres.display(),
        tools.chromium.display(),
        tools.chromedriver.display()
    ));
    Ok(())
}

/// What `test` needs: databases, a browser, Chinese letters, and the pages' scripts.
pub(crate) fn for_tests(workspace: &Workspace) -> Outcome<Tools> {
    packages::provide(workspace, Need::ALL)?;
    scripts::install(workspace)?;
    match (postgres(), chromium(), chromedriver()) {
        (Some(postgres), Some(chromium), Some(chromedriver)) => Ok(Tools {
            chromedriver,
            chromium,
            postgres,
        }),
        // `provide` has just seen all three.
        _ => Err(Failure::new("a program vanished while it was looked for")),
    }
}

/// What `dist` needs: the pages' scripts, which are part of the binary.
pub(crate) fn for_dist(workspace: &Workspace) -> Outcome {
    scripts::install(workspace)
}

/// What `dev` would like. Every page works without scripts, so it goes on without them.
pub(crate) fn for_dev(workspace: &Workspace) -> Outcome {
    match scripts::install(workspace) {
        Err(failure) if failure.code == 1 => {
            output::say(&format!(
                "{}\ngoing on without htmx: every page works without scripts",
                failure.message
            ));
            Ok(())
        }
        other => other,
    }
}

/// The folder with `initdb`: as the caller says, on the PATH, or where Debian hides it.
fn postgres() -> Option<PathBuf> {
    if let Some(folder) = named("MOONGATE_TEST_POSTGRES_BIN") {
        return program::is_executable(&folder.join("initdb")).then_some(folder);
    }
    if let Some(folder) = newest_postgres(Path::new("/usr/lib/postgresql")) {
        return Some(folder);
    }
    program::find("initdb")?.parent().map(Path::to_owned)
}

/// `<root>/<version>/bin` of the highest version that has `initdb`.
fn newest_postgres(root: &Path) -> Option<PathBuf> {
    let versions = root.read_dir().ok()?;
    versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            program::is_executable(&folder.join("initdb")).then_some((version, folder))
        })
        .max()
        .map(|(_, folder)| folder)
}

fn chromium() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let macos = PathBuf::from("/Applications/Chromium.app/Contents/MacOS/Chromium");
    executable("MOONGATE_TEST_CHROMIUM", &names)
        .or_else(|| program::is_executable(&macos).then_some(macos))
}

fn chromedriver() -> Option<PathBuf> {
    executable("MOONGATE_TEST_CHROMEDRIVER", &["chromedriver"])
}

/// The program that the caller names by a variable, else the first one on the PATH.
fn executable(variable: &str, names: &[&str]) -> Option<PathBuf> {
    match named(variable) {
        Some(path) => program::is_executable(&path).then_some(path),
        None => names.iter().find_map(|name| program::find(name)),
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_newest_server_is_taken_by_number() {
        let root = std::env::temp_dir().join(format!("xtask-postgres-{}", std::process::id()));
        for version in ["9", "15", "doc"] {
            let folder = root.join(version).join("bin");
            std::fs::create_dir_all(&folder).unwrap();
            let initdb = folder.join("initdb");
            std::fs::write(&initdb, "").unwrap();
            std::fs::set_permissions(&initdb, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        assert_eq!(newest_postgres(&root), Some(root.join("15/bin")));
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(newest_postgres(&root), None);
    }
}
