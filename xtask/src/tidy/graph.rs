//! What we really build, by `cargo tree`: banned crates, licences, duplicates, and the closures of
//! sealed crates. `cargo metadata` will not do: it also lists optional dependencies that no feature
//! turns on, such as rustls's ring beside aws-lc.

use std::collections::{BTreeMap, BTreeSet};

use super::duplicates::ALLOWED;
use super::house::HOUSE;
use super::licences;
use crate::failure::Outcome;
use crate::program;
use crate::workspace::{SHIPPED_TARGET, Workspace};

/// One TLS and crypto library, aws-lc, and no system library that a binary would need at run time.
const BANNED: &[(&str, &str)] = &[
    ("native-tls", "reqwest and sqlx use rustls"),
    ("openssl", "use aws-lc-rs"),
    ("openssl-sys", "use aws-lc-rs"),
    ("ring", "use aws-lc-rs, which is there anyway"),
];

/// A package in a graph.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Every fault of the graph.
pub(super) fn faults(workspace: &Workspace) -> Outcome<Vec<String>> {
    let every_target = tree(workspace, &["--workspace", "--target", "all"], true)?;
    let shipped = tree(
        workspace,
        &["--workspace", "--target", SHIPPED_TARGET],
        true,
    )?;
    let mut faults = banned(&every_target);
    faults.extend(unlicensed(&every_target));
    faults.extend(duplicates(&shipped));
    for room in HOUSE.iter().filter(|room| room.sealed) {
        let closure = tree(
            workspace,
            &["-p", room.name, "--target", SHIPPED_TARGET],
            false,
        )?;
        for package in &closure {
            if room.must_not_see.contains(&package.name.as_str()) {
                faults.push(format!(
                    "{} must not see {}, not even through others: `cargo tree -p {} -e normal -i \
                     {}`",
                    room.name, package.name, room.name, package.name
                ));
            }
        }
    }
    Ok(faults)
}

fn tree(workspace: &Workspace, of: &[&str], with_tests: bool) -> Outcome<BTreeSet<Package>> {
    let edges = if with_tests {
        "normal,build,dev"
    } else {
        "normal"
    };
    let mut arguments = vec!["tree", "--quiet", "--prefix", "none", "--format", "{p}|{l}"];
    arguments.extend(["--edges", edges]);
    arguments.extend(of);
    let words = program::read(workspace, &program::cargo(workspace, arguments))?;
    Ok(words.lines().filter_map(package).collect())
}

/// Reads `name v1.2.3 (where from)|licence (*)`, where the star marks a repetition.
fn package(line: &str) -> Option<Package> {
    let (package, licence) = line.split_once('|')?;
    let mut words = package.split(' ');
    Some(Package {
        name: words.next()?.to_owned(),
        version: words.next()?.strip_prefix('v')?.to_owned(),
        licence: licence.trim_end_matches("(*)").trim().to_owned(),
    })
}

fn banned(graph: &BTreeSet<Package>) -> Vec<String> {
    let ban = |package: &Package| BANNED.iter().find(|(name, _)| *name == package.name);
    graph
        .iter()
        .filter_map(ban)
        .map(|(name, instead)| {
            format!("{name} is banned, {instead}: `cargo tree --workspace --target all -i {name}`")
        })
        .collect()
}

fn unlicensed(graph: &BTreeSet<Package>) -> Vec<String> {
    graph
        .iter()
        .filter_map(|package| {
            let why = licences::refuse(&package.licence)?;
            Some(format!("{} {}: {why}", package.name, package.version))
        })
        .collect()
}

fn duplicates(graph: &BTreeSet<Package>) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in graph {
        versions
            .entry(&package.name)
            .or_default()
            .push(&package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let allowed: Vec<&str> = ALLOWED.iter().flat_map(|it| it.names).copied().collect();
    let unlisted = versions
        .iter()
        .filter(|(name, _)| !allowed.contains(name))
        .map(|(name, versions)| {
            format!(
                "{name} is built in versions {}: help it, or list it with its reason in \
                 xtask/src/tidy/duplicates.rs",
                versions.join(" and ")
            )
        });
    let stale = ALLOWED
        .iter()
        .flat_map(|entry| entry.names.iter().map(move |name| (name, entry.reason)))
        .filter(|(name, _)| !versions.contains_key(**name))
        .map(|(name, reason)| {
            format!(
                "{name} is no longer built twice: remove it from xtask/src/tidy/duplicates.rs \
                 (\"{reason}\")"
            )
        });
    unlisted.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(lines: &[&str]) -> BTreeSet<Package> {
        lines.iter().filter_map(|line| package(line)).collect()
    }

    fn allowed() -> Vec<String> {
        let names = ALLOWED.iter().flat_map(|it| it.names);
        names
            .flat_map(|name| [format!("{name} v1.0.0|MIT"), format!("{name} v2.0.0|MIT")])
            .collect()
    }

    #[test]
    fn a_line_of_the_tree_is_read_with_or_without_its_ornaments() {
        let read = package("syn v2.0.1 (proc-macro)|MIT OR Apache-2.0 (*)").unwrap();
        assert_eq!(
            (read.name.as_str(), read.version.as_str()),
            ("syn", "2.0.1")
        );
        assert_eq!(read.licence, "MIT OR Apache-2.0");
        assert_eq!(package(""), None);
        assert_eq!(package("[build-dependencies]"), None);
    }

    #[test]
    fn a_banned_crate_is_named_with_what_to_use() {
        let graph = graph(&["ring v0.17.0|MIT", "rustls v0.23.0|MIT"]);
        let faults = banned(&graph);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("aws-lc-rs"), "{faults:?}");
    }

    #[test]
    fn an_unlisted_duplicate_and_a_stale_entry_both_fail() {
        let listed = allowed();
        let mut lines: Vec<&str> = listed.iter().map(String::as_str).collect();
        assert_eq!(duplicates(&graph(&lines)), [""; 0]);

        lines.extend(["url v1.0.0|MIT", "url v2.0.0|MIT", "log v1.0.0|MIT"]);
        let unlisted = duplicates(&graph(&lines));
        assert_eq!(unlisted.len(), 1);
        assert!(unlisted[0].contains("url is built in versions 1.0.0 and 2.0.0"));

        let stale = duplicates(&graph(&lines[1..lines.len() - 3]));
        assert_eq!(stale.len(), 1);
        assert!(stale[0].contains("no longer built twice"), "{stale:?}");
    }

    #[test]
    fn every_duplicate_is_listed_once() {
        let mut names: Vec<&str> = ALLOWED.iter().flat_map(|it| it.names).copied().collect();
        let before = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
