//! Running other programs: a clean environment, their words passed on, and a stop that stops them.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use duct::unix::HandleExt;
use duct::{Expression, Handle};
use signal_hook::consts::SIGTERM;

use crate::clock::Stopwatch;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::workspace::Workspace;

/// How often a wait looks at the interrupt flag.
const TICK: Duration = Duration::from_millis(100);
/// How long a program may take to end by itself once asked.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// A program that runs in the workspace's root. A non-zero exit is a value, not an error.
pub(crate) fn program<I>(
    workspace: &Workspace,
    name: impl Into<OsString>,
    arguments: I,
) -> Expression
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    program_in(workspace.root(), name, arguments)
}

/// A program that runs in this folder. Beware of duct's order: of two settings of the same thing
/// (folder, variable), the one that was made first wins.
pub(crate) fn program_in<I>(folder: &Path, name: impl Into<OsString>, arguments: I) -> Expression
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let name: OsString = name.into();
    let mut expression = duct::cmd(name, arguments).dir(folder).unchecked();
    // `cargo run` tells us who *we* are; handed on, that would make build scripts run again.
    for (variable, _) in std::env::vars_os() {
        if variable.to_str().is_some_and(is_about_xtask) {
            expression = expression.env_remove(variable);
        }
    }
    expression
}

/// A program that the system ends when this process does, even by SIGKILL, where util-linux's
/// `setpriv` can arrange that (Linux). It must be started by the main thread: the system watches
/// the thread that started it.
pub(crate) fn program_for_our_life<I>(
    workspace: &Workspace,
    name: impl Into<OsString>,
    arguments: I,
) -> Expression
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    let can = program(workspace, "setpriv", ["--help"])
        .stderr_null()
        .read()
        .is_ok_and(|help| help.contains("--pdeathsig"));
    if !can {
        return program(workspace, name, arguments);
    }
    let mut whole: Vec<OsString> = vec!["--pdeathsig".into(), "TERM".into(), "--".into()];
    whole.push(name.into());
    whole.extend(arguments.into_iter().map(Into::into));
    program(workspace, "setpriv", whole)
}

/// cargo, in the workspace's root.
pub(crate) fn cargo<I>(workspace: &Workspace, arguments: I) -> Expression
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    program(workspace, cargo, arguments)
}

/// Without the caller's `MOONGATE_*` variables, save those that `keep` wants: a run must not
/// depend on what somebody exported an hour ago. What the expression sets itself stays set.
pub(crate) fn without_settings(mut expression: Expression, keep: fn(&str) -> bool) -> Expression {
    for name in settings_in_environment() {
        if !keep(&name) {
            expression = expression.env_remove(name);
        }
    }
    expression
}

/// The names of the caller's `MOONGATE_*` variables, sorted.
pub(crate) fn settings_in_environment() -> Vec<String> {
    let mut names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("MOONGATE_"))
        .collect();
    names.sort();
    names
}

/// Where `name` is on the PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| is_executable(candidate))
}

/// Whether this is a file that may be executed.
pub(crate) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

/// Runs it to its end, its words straight to the terminal.
pub(crate) fn run(workspace: &Workspace, expression: &Expression) -> Outcome<ExitStatus> {
    let handle = start(expression)?;
    Ok(wait(workspace, &handle)?.status)
}

/// Runs it to its end and gives what it printed on standard output; a non-zero exit fails.
pub(crate) fn read(workspace: &Workspace, expression: &Expression) -> Outcome<String> {
    let output = capture(workspace, expression)?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "{expression:?} {}",
            ended(output.status)
        )));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::new(format!("{expression:?} printed what is not UTF-8")))
}

/// Runs it to its end with standard output captured, and its errors straight to the terminal.
pub(crate) fn capture(workspace: &Workspace, expression: &Expression) -> Outcome<Output> {
    let handle = start(&expression.stdout_capture())?;
    wait(workspace, &handle).cloned()
}

/// Runs it to its end; what it prints, on both streams, goes to the terminal and is kept.
pub(crate) fn run_and_keep(
    workspace: &Workspace,
    expression: &Expression,
) -> Outcome<(ExitStatus, String)> {
    let (handle, reader) = start_piped(expression)?;
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (done, finished) = sync_channel::<()>(1);
    let copy = Arc::clone(&kept);
    std::thread::spawn(move || {
        each_line(reader, |line| {
            output::pass(line);
            copy.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(line);
        });
        drop(done);
    });
    let status = wait(workspace, &handle)?.status;
    // The pipe closes with the last process that holds it; one that outlives the run (a browser
    // that will not go) must not hold us up.
    if finished.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        output::say("a program that the run started still holds its output: going on without it");
    }
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((status, String::from_utf8_lossy(&kept).into_owned()))
}

/// Starts it with both streams in one pipe.
pub(crate) fn start_piped(expression: &Expression) -> Outcome<(Handle, std::io::PipeReader)> {
    let (reader, writer) = std::io::pipe().map_err(|error| Failure::io("make a pipe", &error))?;
    // The writer's only copy is inside this expression, which ends with this statement: so the
    // pipe closes when the program does.
    let handle = start(&expression.stderr_to_stdout().stdout_file(writer))?;
    Ok((handle, reader))
}

/// Calls `take` with each line, its line break included.
pub(crate) fn each_line(source: impl std::io::Read, mut take: impl FnMut(&[u8])) {
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    loop {
        line.clear();
        match source.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => take(&line),
        }
    }
}

/// "ended with exit code 3", "was ended by signal 9".
pub(crate) fn ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

fn start(expression: &Expression) -> Outcome<Handle> {
    expression
        .start()
        .map_err(|error| Failure::io(format!("start {expression:?}"), &error))
}

/// Waits for its end, or stops it when a signal comes.
fn wait<'handle>(workspace: &Workspace, handle: &'handle Handle) -> Outcome<&'handle Output> {
    loop {
        let waited = handle.wait_timeout(TICK);
        if let Some(output) = waited.map_err(|error| Failure::io("wait for a program", &error))? {
            // A Ctrl-C reaches the program as well, by the terminal: then it may end first.
            if workspace.take_interrupt() {
                return Err(Failure::interrupted());
            }
            return Ok(output);
        }
        if workspace.take_interrupt() {
            stop(handle);
            return Err(Failure::interrupted());
        }
    }
}

/// Asks it to end, waits a little, and ends it.
fn stop(handle: &Handle) {
    let stopwatch = Stopwatch::start();
    // One that has ended already needs no signal.
    let _ = handle.send_signal(SIGTERM);
    while stopwatch.elapsed() < PATIENCE {
        if !matches!(handle.wait_timeout(TICK), Ok(None)) {
            return;
        }
    }
    let _ = handle.kill();
}

fn is_about_xtask(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
        || matches!(
            variable,
            "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> Workspace {
        Workspace::at(&std::env::temp_dir())
    }

    #[test]
    fn both_streams_are_kept_in_order() {
        let workspace = workspace();
        let script = program(&workspace, "sh", ["-c", "echo one; echo two >&2; exit 3"]);
        let (status, kept) = run_and_keep(&workspace, &script).unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(kept, "one\ntwo\n");
        assert_eq!(ended(status), "ended with exit code 3");
    }

    #[test]
    fn a_failed_read_names_the_program() {
        let workspace = workspace();
        let failure = read(&workspace, &program(&workspace, "sh", ["-c", "exit 4"])).unwrap_err();
        assert!(
            failure.message.contains("exit code 4"),
            "{}",
            failure.message
        );
    }

    #[test]
    fn a_program_that_is_missing_is_an_error_and_not_a_panic() {
        let workspace = workspace();
        let none: [&str; 0] = [];
        assert!(run(&workspace, &program(&workspace, "no-such-program", none)).is_err());
        assert!(find("no-such-program").is_none());
        assert!(find("sh").is_some());
    }
}
