//! Rules about files: how a source file begins and how long it is, words that we don't write, what
//! may not be checked in, where packages may come from.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::program;
use crate::workspace::Workspace;

/// About 500 is the house's measure; past this, a file holds two topics.
const MOST_LINES: usize = 600;
/// Folders that are not ours to judge.
const SKIPPED: &[&str] = &["node_modules", "target"];
/// What lets a wait for a real program stand in a test, with its reason after it.
const WAITS_FOR: &str = "// waits for:";

/// A text that we don't write, and what to write instead. In two halves, so that this file passes.
const UNWANTED: &[([&str; 2], &str)] = &[
    (["#[al", "low("], "say `#[expect(lint, reason = \"…\")]`"),
    (["#![al", "low("], "say `#![expect(lint, reason = \"…\")]`"),
    (["to", "do!("], "write it, or leave it out"),
    (["unimpl", "emented!("], "write it, or leave it out"),
    (["db", "g!("], "say it in the log"),
];

/// Every fault in the files of the workspace.
pub(super) fn faults(workspace: &Workspace, metadata: &Value) -> Outcome<Vec<String>> {
    let mut faults = foreign_packages(metadata);
    for path in files(workspace.root())? {
        let text = match path.extension().and_then(|it| it.to_str()) {
            Some("rs" | "css" | "js" | "toml" | "json") => fs::read_to_string(&path)
                .map_err(|error| Failure::io(format!("read {}", path.display()), &error))?,
            _ => continue,
        };
        let name = path.strip_prefix(workspace.root()).unwrap_or(&path);
        faults.extend(file_faults(name, &text));
    }
    faults.extend(vendored(workspace)?);
    Ok(faults)
}

fn file_faults(path: &Path, text: &str) -> Vec<String> {
    let fault = |what: String| format!("{}: {what}", path.display());
    let mut faults = Vec::new();
    let extension = path.extension().and_then(|it| it.to_str());
    let file_name = path.file_name().and_then(|it| it.to_str());
    if matches!(extension, Some("rs" | "css" | "js")) && text.lines().count() > MOST_LINES {
        faults.push(fault(format!(
            "more than {MOST_LINES} lines: split it by topic"
        )));
    }
    if extension == Some("rs") {
        if !text.starts_with("//!") {
            faults.push(fault(
                "begins without `//!`: say what the file is for".to_owned(),
            ));
        }
        for (number, line) in text.lines().enumerate() {
            for (halves, instead) in UNWANTED {
                if line.contains(&halves.concat()) {
                    faults.push(fault(format!("line {}: {instead}", number + 1)));
                }
            }
        }
        faults.extend(sleeps(path, text).into_iter().map(fault));
    }
    match file_name {
        Some("Cargo.toml") => faults.extend(manifest(text).into_iter().map(fault)),
        // The lock file would name whichever mirror somebody's npm happened to use.
        Some("package-lock.json") if text.contains("\"resolved\"") => {
            faults.push(fault("names where packages lie: see web/.npmrc".to_owned()));
        }
        Some(name) if name.ends_with(".min.js") => {
            faults.push(fault(
                "third-party files come by npm, not by git".to_owned(),
            ));
        }
        _ => {}
    }
    faults
}

/// Sleeps in tests: they make a test slow on one machine and wrong on the next.
fn sleeps(path: &Path, text: &str) -> Vec<String> {
    let whole_file = path.components().any(|it| it.as_os_str() == "tests")
        || path.file_name().is_some_and(|name| name == "tests.rs");
    let mut in_tests = whole_file;
    let mut excused = false;
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        in_tests |= line.trim_start().starts_with("#[cfg(test)]");
        let waits = line.contains(WAITS_FOR);
        // Not `sleep` alone: a word in a sentence or a script's text is no call.
        if in_tests && line.contains("sleep(") && !waits && !excused {
            faults.push(format!(
                "line {}: a sleep in a test; await the event, or say `{WAITS_FOR} …` where it \
                 polls a real program",
                number + 1
            ));
        }
        excused = waits;
    }
    faults
}

/// Each package takes the lints, edition and versions of the workspace.
fn manifest(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.lines().any(|line| line.trim() == "[workspace]") {
        return faults;
    }
    if !text.contains("[lints]\nworkspace = true") {
        faults.push("does not inherit the workspace's lints".to_owned());
    }
    let mut in_dependencies = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if in_dependencies && line.contains('=') && !line.starts_with('#') {
            let inherits = line.contains(".workspace = true") || line.contains("workspace = true");
            if !inherits {
                faults.push(format!(
                    "`{line}`: versions and features stand in the workspace's Cargo.toml"
                ));
            }
        }
    }
    faults
}

/// Packages from git, or from more than one registry.
fn foreign_packages(metadata: &Value) -> Vec<String> {
    let mut registries: Vec<&str> = Vec::new();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(source) = package["source"].as_str() else {
            continue;
        };
        if !source.starts_with("registry+") && !source.starts_with("sparse+") {
            faults.push(format!("{} does not come from a registry", package["name"]));
        } else if !registries.contains(&source) {
            registries.push(source);
        }
    }
    if registries.len() > 1 {
        faults.push(format!(
            "packages come from {} registries",
            registries.len()
        ));
    }
    faults
}

/// What git holds and should not. Without git (an unpacked archive) there is nothing to ask.
fn vendored(workspace: &Workspace) -> Outcome<Vec<String>> {
    if !workspace.root().join(".git").exists() || program::find("git").is_none() {
        return Ok(Vec::new());
    }
    let list = program::program(
        workspace,
        "git",
        ["ls-files", "--", "*node_modules/*", "*.snap.new"],
    );
    let words = program::read(workspace, &list)?;
    Ok(words
        .lines()
        .map(|path| format!("{path}: must not be checked in"))
        .collect())
}

/// All files below `folder`, hidden ones and those of others apart, in a steady order.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let unable = |error| Failure::io(format!("look into {}", folder.display()), &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unable)? {
        entries.push(entry.map_err(unable)?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Not through links: they could lead in circles.
        let kind = entry.file_type().map_err(unable)?;
        if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&&*name) {
            found.extend(files(&entry.path())?);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let faults = file_faults(Path::new(path), text);
        assert_eq!(faults.len(), expected.len(), "{path}: {faults:?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn a_source_file_says_what_it_is_for_and_is_short() {
        check("src/a.rs", "//! A.\n", &[]);
        check("src/a.rs", "fn a() {}\n", &["begins without"]);
        let long = format!("//! A.\n{}", "// b\n".repeat(MOST_LINES));
        check("src/a.rs", &long, &["more than 600 lines"]);
    }

    #[test]
    fn unwanted_words_are_named_by_line() {
        for (halves, _) in UNWANTED {
            let text = format!("//! A.\n{}x)\n", halves.concat());
            check("src/a.rs", &text, &["line 2"]);
        }
        check(
            "src/a.rs",
            "//! A.\n#[expect(dead_code, reason = \"b\")]\n",
            &[],
        );
    }

    #[test]
    fn a_sleep_stands_outside_tests_or_waits_for_something_real() {
        let call = format!("    {}(TICK);\n", ["sle", "ep"].concat());
        check("src/a.rs", &format!("//! A.\n{call}"), &[]);
        check(
            "tests/it/a.rs",
            &format!("//! A.\n{call}"),
            &["line 2: a sleep"],
        );
        check(
            "src/tests.rs",
            &format!("//! A.\n{call}"),
            &["line 2: a sleep"],
        );
        let module = format!("//! A.\n{call}#[cfg(test)]\n{call}");
        check("src/a.rs", &module, &["line 4: a sleep"]);
        let excused = format!("//! A.\n    {WAITS_FOR} the browser's port\n{call}{call}");
        check("tests/a.rs", &excused, &["line 4: a sleep"]);
    }

    #[test]
    fn a_manifest_inherits_everything() {
        let good = "[package]\n[lints]\nworkspace = true\n[dependencies]\n# A comment = here.\n\
                    url.workspace = true\naxum = { workspace = true, optional = true }\n";
        check("crates/a/Cargo.toml", good, &[]);
        let bad = good.replace("url.workspace = true", "url = \"2\"");
        check("crates/a/Cargo.toml", &bad, &["`url = \"2\"`"]);
        let bad = good.replace("[lints]\nworkspace = true", "");
        check("crates/a/Cargo.toml", &bad, &["lints"]);
        check(
            "Cargo.toml",
            "[workspace]\n[workspace.dependencies]\nurl = \"2\"\n",
            &[],
        );
    }

    #[test]
    fn nothing_of_others_is_checked_in() {
        check("web/assets/htmx.min.js", "x", &["third-party"]);
        check(
            "web/package-lock.json",
            "{\"resolved\": \"\"}",
            &["names where"],
        );
        check("web/package-lock.json", "{\"version\": \"2.0.0\"}", &[]);
    }

    #[test]
    fn packages_come_from_one_registry() {
        let from = |sources: &[&str]| {
            let packages: Vec<Value> = sources
                .iter()
                .map(|source| json!({"name": "a", "source": source}))
                .collect();
            foreign_packages(&json!({ "packages": packages })).len()
        };
        assert_eq!(from(&["registry+one", "registry+one"]), 0);
        assert_eq!(from(&["registry+one", "sparse+two"]), 1);
        assert_eq!(from(&["git+somewhere"]), 1);
    }
}
