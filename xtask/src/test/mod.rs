//! `cargo xtask test`: every check, in order, stopping at the first that fails. A test that was
//! skipped counts as a failure: what is missing is installed or named, never passed over.

mod count;

use std::time::Duration;

use crate::clock::Stopwatch;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::setup::{self, Tools};
use crate::tidy;
use crate::workspace::Workspace;

use count::Count;

/// A check by cargo: its name, what it is called with, and what to do when it fails.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    remedy: &'static str,
}

const FORMAT: Check = Check {
    name: "format (seconds)",
    arguments: &["fmt", "--all", "--check"],
    environment: &[],
    remedy: "run `cargo fmt --all`",
};

const LINTS: Check = Check {
    name: "lints (minutes the first time)",
    arguments: &[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ],
    environment: &[],
    remedy: "mend what clippy names, or say `#[expect(lint, reason = \"…\")]` there",
};

const DOCUMENTS: Check = Check {
    name: "documents (a minute the first time)",
    arguments: &["doc", "--workspace", "--no-deps"],
    environment: &[("RUSTDOCFLAGS", "-D warnings")],
    remedy: "mend the links and doc comments that rustdoc names",
};

/// Colour would hide the lines that are counted; a changed snapshot fails, whatever the caller set.
const TESTS: Check = Check {
    name: "tests (minutes the first time)",
    arguments: &["test", "--workspace"],
    environment: &[
        ("CARGO_TERM_COLOR", "never"),
        ("CI", "true"),
        ("INSTA_UPDATE", "no"),
        // Servers under test are on this machine, whatever proxy the shell names.
        ("NO_PROXY", "localhost,127.0.0.1"),
    ],
    remedy: "run the one that failed alone, `cargo test -p <crate> <name>`; for a changed page, \
             `cargo xtask snapshots`",
};

/// The number of cases of each fuzz body, and how many they are with `--fuzz`: some minutes.
const FUZZ: (&str, &str) = ("MOONGATE_TEST_FUZZ_CASES", "100000");

/// Runs it all.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let fuzz = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => None,
        ["--fuzz"] => Some(FUZZ),
        _ => return Err(Failure::usage("test [--fuzz]")),
    };
    let mut times = Times::default();
    let tools = times.measure("set-up", || setup::for_tests(workspace))?;
    times.measure("format", || check(workspace, &FORMAT))?;
    times.measure("lints", || check(workspace, &LINTS))?;
    times.measure("tidy", || tidy::run(workspace, &[]))?;
    times.measure("documents", || check(workspace, &DOCUMENTS))?;
    let count = times.measure("tests", || tests(workspace, &tools, fuzz))?;
    output::say(&times.table());
    output::say(&count.line());
    count.verdict().map_err(Failure::new)
}

fn check(workspace: &Workspace, check: &Check) -> Outcome {
    output::step(check.name);
    let mut expression = program::cargo(workspace, check.arguments);
    for (name, value) in check.environment {
        expression = expression.env(name, value);
    }
    let status = program::run(workspace, &expression)?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(check))
    }
}

fn tests(workspace: &Workspace, tools: &Tools, fuzz: Option<(&str, &str)>) -> Outcome<Count> {
    output::step(TESTS.name);
    let mut expression = tools.export(&program::cargo(workspace, TESTS.arguments));
    for (name, value) in TESTS.environment.iter().copied().chain(fuzz) {
        expression = expression.env(name, value);
    }
    // Settings of the caller's shell would reach the programs under test; what is meant for the
    // tests themselves stays.
    let expression = program::without_settings(expression.env_remove("INSTA_FORCE_PASS"), |name| {
        name.starts_with("MOONGATE_TEST_")
    });
    let (status, words) = program::run_and_keep(workspace, &expression)?;
    if status.success() {
        Ok(Count::of(&words))
    } else {
        output::say(&Count::of(&words).line());
        Err(failed(&TESTS))
    }
}

fn failed(check: &Check) -> Failure {
    Failure::new(format!(
        "`cargo {}` failed: {}",
        check.arguments.join(" "),
        check.remedy
    ))
}

/// How long each step took.
#[derive(Default)]
struct Times(Vec<(&'static str, Duration)>);

impl Times {
    fn measure<T>(&mut self, name: &'static str, step: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let stopwatch = Stopwatch::start();
        let result = step();
        self.0.push((name, stopwatch.elapsed()));
        result
    }

    fn table(&self) -> String {
        let total = self.0.iter().map(|(_, time)| *time).sum();
        let lines: Vec<String> = self
            .0
            .iter()
            .chain([&("all", total)])
            .map(|(name, time)| format!("  {name:<10} {:>7.1}", time.as_secs_f64()))
            .collect();
        format!("\nseconds\n{}", lines.join("\n"))
    }
}
