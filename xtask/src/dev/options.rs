//! What follows `cargo xtask dev`.

use super::ports::{Ports, Wanted};
use crate::failure::{Failure, Outcome};

/// The flags, as the menu shows them.
pub(crate) const ARGUMENTS: &str = "[--reset] [--release] [--database-url URL] [--no-limits] \
     [--bookstore-port N] [--moongate-port N] [--simulator-port N]";

/// The flags of one run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// Begin with an empty SQLite database.
    pub(super) reset: bool,
    /// Build with optimisation.
    pub(super) release: bool,
    /// Another database than `.moongate/dev.db`.
    pub(super) database_url: Option<String>,
    /// Without limits on sending and trying, here and in the simulator.
    pub(super) no_limits: bool,
    /// Where the three listen; 0 is any free port.
    pub(super) ports: Wanted,
}

impl Options {
    /// Reads the flags; `--flag value` and `--flag=value` are the same.
    pub(super) fn parse(arguments: &[String]) -> Outcome<Self> {
        let mut options = Self {
            reset: false,
            release: false,
            database_url: None,
            no_limits: false,
            ports: Wanted(Ports::DEFAULT),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (flag, attached) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let takes_value = flag == "--database-url" || flag.ends_with("-port");
            if attached.is_some() && !takes_value {
                return Err(usage(&format!("{flag} takes no value")));
            }
            let mut value = || {
                attached
                    .clone()
                    .or_else(|| rest.next().cloned())
                    .filter(|value| !value.is_empty())
                    .ok_or_else(|| usage(&format!("{flag} needs a value")))
            };
            match flag {
                "--reset" => options.reset = true,
                "--release" => options.release = true,
                "--no-limits" => options.no_limits = true,
                "--database-url" => options.database_url = Some(value()?),
                "--bookstore-port" => options.ports.0.bookstore = port(flag, &value()?)?,
                "--moongate-port" => options.ports.0.moongate = port(flag, &value()?)?,
                "--simulator-port" => options.ports.0.simulator = port(flag, &value()?)?,
                _ => return Err(usage(&format!("does not know `{argument}`"))),
            }
        }
        if options.reset && options.database_url.is_some() {
            return Err(usage(
                "--reset removes .moongate/dev.db and nothing else: empty the database of \
                 --database-url yourself",
            ));
        }
        Ok(options)
    }
}

fn port(flag: &str, value: &str) -> Outcome<u16> {
    value.parse().map_err(|_| {
        usage(&format!(
            "{flag} takes a number from 0 to 65535, not `{value}`"
        ))
    })
}

fn usage(what: &str) -> Failure {
    Failure::usage(format!("dev: {what}\ncargo xtask dev {ARGUMENTS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Outcome<Options> {
        let owned: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Options::parse(&owned)
    }

    #[test]
    fn no_flags_are_the_defaults() {
        let options = parse(&[]).unwrap();
        assert_eq!(options.ports.0, Ports::DEFAULT);
        assert!(!options.reset && !options.release && !options.no_limits);
        assert_eq!(options.database_url, None);
    }

    #[test]
    fn every_flag_is_read_in_both_spellings() {
        let apart = parse(&[
            "--reset",
            "--release",
            "--no-limits",
            "--bookstore-port",
            "4000",
            "--moongate-port",
            "0",
            "--simulator-port",
            "4010",
        ]);
        let options = apart.unwrap();
        assert!(options.reset && options.release && options.no_limits);
        let ports = options.ports.0;
        assert_eq!(
            (ports.bookstore, ports.moongate, ports.simulator),
            (4000, 0, 4010)
        );
        let together = parse(&["--database-url=postgres://localhost/x?a=b"]).unwrap();
        assert_eq!(
            together.database_url.as_deref(),
            Some("postgres://localhost/x?a=b")
        );
    }

    #[test]
    fn nonsense_is_wrong_usage() {
        for arguments in [
            &["--bookstore-port"][..],
            &["--bookstore-port", "70000"],
            &["--bookstore-port", "-1"],
            &["--database-url="],
            &["--reset=yes"],
            &["--reset", "--database-url", "postgres://localhost/x"],
            &["--colour-port", "1"],
            &["now"],
        ] {
            assert_eq!(parse(arguments).unwrap_err().code, 2, "{arguments:?}");
        }
    }
}
