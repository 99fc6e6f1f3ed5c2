//! Words to the person at the terminal. A closed pipe is no reason to panic, so nothing here can.

use std::io::Write;

/// One line, or a few, on standard output.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that went away wants no more words.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// What is being done now, and about how long it takes.
pub(crate) fn step(what: &str) {
    say(&format!("==> {what}"));
}

/// Bytes as they come from a program, whole lines at a time.
pub(crate) fn pass(line: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(line).and_then(|()| out.flush());
}

/// Why it failed, on standard error. Says nothing when there is nothing to say.
pub(crate) fn complain(text: &str) {
    if !text.is_empty() {
        let _ = writeln!(std::io::stderr().lock(), "xtask: {text}");
    }
}
