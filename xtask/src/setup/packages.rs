//! Programs and fonts from the system's packages: which are missing, and the command that brings
//! them.

use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::workspace::Workspace;

/// Something that the work needs and Rust does not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// `initdb` and `pg_ctl`.
    Postgres,
    /// The browser.
    Chromium,
    /// What tests drive it by.
    Chromedriver,
    /// npm, which brings node.
    Npm,
    /// A font with Chinese letters, for pictures of the Chinese pages.
    ChineseFont,
}

impl Need {
    /// All that `test` needs.
    pub(super) const ALL: &[Self] = &[
        Self::Postgres,
        Self::Chromium,
        Self::Chromedriver,
        Self::Npm,
        Self::ChineseFont,
    ];

    fn is_there(self, workspace: &Workspace) -> bool {
        match self {
            Self::Postgres => super::postgres().is_some(),
            Self::Chromium => super::chromium().is_some(),
            Self::Chromedriver => super::chromedriver().is_some(),
            Self::Npm => program::find("npm").is_some() && program::find("node").is_some(),
            // Where there is no fontconfig (macOS), the system brings its own letters.
            Self::ChineseFont => match program::find("fc-list") {
                None => Path::new("/System/Library/Fonts").is_dir(),
                Some(list) => {
                    let listed = program::program(workspace, list, [":lang=zh-cn", "family"]);
                    program::read(workspace, &listed).is_ok_and(|it| !it.trim().is_empty())
                }
            },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL (initdb, pg_ctl)",
            Self::Chromium => "Chromium",
            Self::Chromedriver => "chromedriver",
            Self::Npm => "npm",
            Self::ChineseFont => "a font with Chinese letters",
        }
    }
}

/// A system's package manager: its program, the command before the names, and a name for each need.
struct PackageManager {
    program: &'static str,
    command: &'static str,
    package: fn(Need) -> &'static str,
}

const MANAGERS: &[PackageManager] = &[
    PackageManager {
        program: "apt-get",
        command: "sudo apt-get update && sudo apt-get install --no-install-recommends",
        package: debian,
    },
    PackageManager {
        program: "dnf",
        command: "sudo dnf install",
        package: |need| match need {
            Need::Postgres => "postgresql-server",
            Need::Chromium => "chromium",
            Need::Chromedriver => "chromedriver",
            Need::Npm => "nodejs-npm",
            Need::ChineseFont => "google-noto-sans-cjk-fonts",
        },
    },
    PackageManager {
        program: "pacman",
        command: "sudo pacman -S",
        package: |need| match need {
            Need::Postgres => "postgresql",
            Need::Chromium | Need::Chromedriver => "chromium",
            Need::Npm => "npm",
            Need::ChineseFont => "noto-fonts-cjk",
        },
    },
    PackageManager {
        program: "brew",
        command: "brew install",
        package: |need| match need {
            Need::Postgres => "postgresql",
            Need::Chromium => "chromium",
            Need::Chromedriver => "chromedriver",
            Need::Npm => "node",
            Need::ChineseFont => "font-noto-sans-cjk",
        },
    },
];

fn debian(need: Need) -> &'static str {
    match need {
        Need::Postgres => "postgresql",
        Need::Chromium => "chromium",
        Need::Chromedriver => "chromium-driver",
        Need::Npm => "npm",
        Need::ChineseFont => "fonts-noto-cjk",
    }
}

/// Sees to it that all of `needs` are there, or fails with what to run.
pub(super) fn provide(workspace: &Workspace, needs: &[Need]) -> Outcome {
    let lacking = missing(workspace, needs);
    if lacking.is_empty() {
        return Ok(());
    }
    if is_debian() && is_root(workspace) {
        install(workspace, &lacking)?;
        let still = missing(workspace, &lacking);
        if still.is_empty() {
            return Ok(());
        }
        return Err(Failure::new(format!(
            "apt-get succeeded, yet there is no {}",
            names(&still)
        )));
    }
    Err(Failure::new(format!(
        "missing: {}. {}",
        names(&lacking),
        remedy(&lacking, |program| program::find(program).is_some())
    )))
}

fn missing(workspace: &Workspace, needs: &[Need]) -> Vec<Need> {
    let mut needs = needs.to_vec();
    needs.retain(|need| !need.is_there(workspace));
    needs
}

fn names(needs: &[Need]) -> String {
    let names: Vec<&str> = needs.iter().map(|need| need.name()).collect();
    names.join(", ")
}

/// The exact command for this system.
fn remedy(needs: &[Need], has: impl Fn(&str) -> bool) -> String {
    let Some(manager) = MANAGERS.iter().find(|manager| has(manager.program)) else {
        return "Install them with your system's package manager and run this again".to_owned();
    };
    let packages = packages(needs, manager.package);
    format!("Run: {} {}", manager.command, packages.join(" "))
}

fn packages(needs: &[Need], package: fn(Need) -> &'static str) -> Vec<&'static str> {
    let mut packages: Vec<&str> = needs.iter().map(|need| package(*need)).collect();
    packages.dedup();
    packages
}

fn install(workspace: &Workspace, needs: &[Need]) -> Outcome {
    let packages = packages(needs, debian);
    output::step(&format!(
        "installing {} with apt-get (a minute or two)",
        packages.join(", ")
    ));
    // Another apt may be at work: wait for it rather than fail.
    let lock = ["-q", "-o", "DPkg::Lock::Timeout=120"];
    let update = lock.iter().copied().chain(["update"]);
    let install = lock
        .iter()
        .copied()
        .chain(["install", "-y", "--no-install-recommends"])
        .chain(packages.iter().copied());
    for arguments in [update.collect::<Vec<_>>(), install.collect()] {
        let apt = program::program(workspace, "apt-get", &arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin_null();
        let status = program::run(workspace, &apt)?;
        if !status.success() {
            return Err(Failure::new(format!(
                "`apt-get {}` {}",
                arguments.join(" "),
                program::ended(status)
            )));
        }
    }
    Ok(())
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && program::find("apt-get").is_some()
}

fn is_root(workspace: &Workspace) -> bool {
    program::read(workspace, &program::program(workspace, "id", ["-u"]))
        .is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_is_the_command_to_run() {
        let needs = [Need::Chromium, Need::Chromedriver, Need::Npm];
        let on = |manager: &'static str| remedy(&needs, |program| program == manager);
        assert_eq!(
            on("apt-get"),
            "Run: sudo apt-get update && sudo apt-get install --no-install-recommends chromium \
             chromium-driver npm"
        );
        assert_eq!(on("pacman"), "Run: sudo pacman -S chromium npm");
        assert!(on("nothing").contains("package manager"));
    }
}
