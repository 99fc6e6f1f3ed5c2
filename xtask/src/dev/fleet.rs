//! The three programs while they run: their words with a name before each line, what becomes of
//! the others when one ends, and the end of them all.

use std::process::ExitStatus;
use std::time::Duration;

use duct::unix::HandleExt;
use duct::{Expression, Handle};
use signal_hook::consts::SIGTERM;

use super::{ports, probe};
use crate::clock::Stopwatch;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::program;
use crate::workspace::Workspace;

const TICK: Duration = Duration::from_millis(100);
/// How long the three may take until they answer. Migrations of an old database need a while.
const START: Duration = Duration::from_mins(1);

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Simulator,
    Moongate,
    Bookstore,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::Moongate => "moongate",
            Self::Bookstore => "bookstore",
        }
    }

    fn flag(self) -> &'static str {
        match self {
            Self::Simulator => "--simulator-port",
            Self::Moongate => "--moongate-port",
            Self::Bookstore => "--bookstore-port",
        }
    }

    /// What it answers with what, once it is up.
    fn sign_of_life(self) -> (&'static str, u16) {
        match self {
            Self::Simulator => ("/inbox.json", 200),
            Self::Moongate => ("/api/status", 204),
            Self::Bookstore => ("/healthz", 204),
        }
    }
}

struct Ship {
    kind: Kind,
    port: u16,
    handle: Handle,
    answers: bool,
}

/// The programs that run.
#[derive(Default)]
pub(super) struct Fleet(Vec<Ship>);

impl Fleet {
    /// Starts one, in a process group of its own: a Ctrl-C at the terminal reaches us alone, and we
    /// stop them in our own way.
    pub(super) fn start(&mut self, kind: Kind, port: u16, expression: &Expression) -> Outcome {
        if !ports::is_free(port) {
            return Err(ports::taken(port, kind.flag()));
        }
        self.launch(kind, port, expression)
    }

    fn launch(&mut self, kind: Kind, port: u16, expression: &Expression) -> Outcome {
        let expression = expression.stdin_null().before_spawn(|command| {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
            Ok(())
        });
        let (handle, reader) = program::start_piped(&expression)?;
        let name = kind.name();
        // It ends with the program, whose pipe then closes.
        std::thread::spawn(move || {
            program::each_line(reader, |line| {
                let mut prefixed = format!("{name:<9} | ").into_bytes();
                prefixed.extend_from_slice(line);
                if !prefixed.ends_with(b"\n") {
                    prefixed.push(b'\n');
                }
                output::pass(&prefixed);
            });
        });
        self.0.push(Ship {
            kind,
            port,
            handle,
            answers: false,
        });
        Ok(())
    }

    /// Waits until all answer, and says whether a signal came before that. Fails when one ends or
    /// none of this happens in a minute.
    pub(super) fn await_answers(&mut self, workspace: &Workspace) -> Outcome<bool> {
        let stopwatch = Stopwatch::start();
        loop {
            if workspace.take_interrupt() {
                return Ok(true);
            }
            self.fail_if_one_ended()?;
            for ship in self.0.iter_mut().filter(|ship| !ship.answers) {
                let (path, status) = ship.kind.sign_of_life();
                ship.answers = probe::status(ship.port, path) == Some(status);
            }
            let Some(silent) = self.0.iter().find(|ship| !ship.answers) else {
                // The answer may have come from whoever took the port while ours was dying of it.
                self.fail_if_one_ended()?;
                return Ok(false);
            };
            if stopwatch.elapsed() > START {
                let (path, status) = silent.kind.sign_of_life();
                return Err(Failure::new(format!(
                    "{} does not answer http://127.0.0.1:{}{path} with {status} after {} seconds",
                    silent.kind.name(),
                    silent.port,
                    START.as_secs()
                )));
            }
            std::thread::sleep(TICK);
        }
    }

    /// Watches until a signal comes, which is well, or one of them ends, which is not.
    pub(super) fn watch(&self, workspace: &Workspace) -> Outcome {
        while !workspace.take_interrupt() {
            self.fail_if_one_ended()?;
            std::thread::sleep(TICK);
        }
        Ok(())
    }

    /// Asks all to end, waits five seconds, and ends those that are left; at once when a second
    /// signal comes.
    pub(super) fn stop(&mut self, workspace: &Workspace) {
        for ship in &self.0 {
            // One that has ended already needs no signal.
            let _ = ship.handle.send_signal(SIGTERM);
        }
        let stopwatch = Stopwatch::start();
        while self.0.iter().any(|ship| ship.ended().is_none()) {
            if stopwatch.elapsed() > program::PATIENCE || workspace.take_interrupt() {
                break;
            }
            std::thread::sleep(TICK / 4);
        }
        for ship in self.0.drain(..) {
            if ship.ended().is_none() {
                output::say(&format!("{} did not stop when asked", ship.kind.name()));
                let _ = ship.handle.kill();
            }
        }
    }

    fn fail_if_one_ended(&self) -> Outcome {
        for ship in &self.0 {
            let Some(status) = ship.ended() else { continue };
            // It may have lost a race for its port, which its own words say less plainly.
            if !ship.answers && !ports::is_free(ship.port) {
                return Err(ports::taken(ship.port, ship.kind.flag()));
            }
            return Err(Failure::new(format!(
                "{} {}: its last words are above",
                ship.kind.name(),
                program::ended(status)
            )));
        }
        Ok(())
    }
}

impl Ship {
    fn ended(&self) -> Option<ExitStatus> {
        // An error can only mean that it can't be waited for: the same as still running.
        self.handle
            .try_wait()
            .ok()
            .flatten()
            .map(|output| output.status)
    }
}

impl Drop for Fleet {
    /// On a path that nobody foresaw, leave nothing behind.
    fn drop(&mut self) {
        for ship in &self.0 {
            let _ = ship.handle.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    fn workspace() -> Workspace {
        Workspace::at(&std::env::temp_dir())
    }

    fn script(text: &str) -> Expression {
        duct::cmd("sh", ["-c", text]).unchecked()
    }

    /// Nobody can take it, and nobody answers there.
    const NO_PORT: u16 = 0;

    #[test]
    fn one_that_ends_is_named_with_its_code_and_the_others_are_stopped() {
        let workspace = workspace();
        let mut fleet = Fleet::default();
        fleet
            .start(Kind::Moongate, NO_PORT, &script("exec tail -f /dev/null"))
            .unwrap();
        let survivor = fleet.0[0].handle.pids()[0];
        fleet
            .start(Kind::Bookstore, NO_PORT, &script("exit 7"))
            .unwrap();
        let failure = fleet.await_answers(&workspace).unwrap_err();
        assert_eq!(
            failure.message,
            "bookstore ended with exit code 7: its last words are above"
        );
        fleet.stop(&workspace);
        assert!(!std::path::Path::new(&format!("/proc/{survivor}")).exists());
    }

    #[test]
    fn a_port_lost_to_somebody_else_names_its_flag() {
        let workspace = workspace();
        let thief = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = thief.local_addr().unwrap().port();
        let mut fleet = Fleet::default();
        fleet
            .launch(Kind::Simulator, port, &script("exit 1"))
            .unwrap();
        let failure = loop {
            match fleet.fail_if_one_ended() {
                Ok(()) => std::thread::yield_now(),
                Err(failure) => break failure,
            }
        };
        assert!(failure.message.contains("--simulator-port"), "{failure:?}");
        fleet.stop(&workspace);
        let failure = fleet
            .start(Kind::Bookstore, port, &script("true"))
            .unwrap_err();
        assert!(failure.message.contains("--bookstore-port"), "{failure:?}");
    }
}
