//! The three ports: which are wanted, whether they are free, and the flag that mends a taken one.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use crate::failure::{Failure, Outcome};

/// The ports that the three listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) bookstore: u16,
    pub(super) moongate: u16,
    pub(super) simulator: u16,
}

impl Ports {
    /// Where they listen unless told otherwise.
    pub(super) const DEFAULT: Self = Self {
        bookstore: 3000,
        moongate: 3001,
        simulator: 3010,
    };

    fn with_flags(self) -> [(u16, &'static str); 3] {
        [
            (self.bookstore, "--bookstore-port"),
            (self.moongate, "--moongate-port"),
            (self.simulator, "--simulator-port"),
        ]
    }
}

/// What was asked for, where 0 is any free port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted(pub(super) Ports);

impl Wanted {
    /// Refuses ports that are taken, or the same port twice, naming the flag that mends it.
    pub(super) fn check(&self) -> Outcome {
        let ports = self
            .0
            .with_flags()
            .into_iter()
            .filter(|(port, _)| *port != 0);
        let mut before: Vec<(u16, &str)> = Vec::new();
        for (port, flag) in ports {
            if let Some((_, other)) = before.iter().find(|(other, _)| *other == port) {
                return Err(Failure::new(format!(
                    "{other} and {flag} are both {port}: give one another number, or 0 for any \
                     free port"
                )));
            }
            before.push((port, flag));
        }
        for (port, flag) in before {
            if !is_free(port) {
                return Err(taken(port, flag));
            }
        }
        Ok(())
    }

    /// Checks again, and puts a free port for each 0.
    pub(super) fn choose(&self) -> Outcome<Ports> {
        self.check()?;
        // Held until all are chosen, so that no two are the same.
        let mut held = Vec::new();
        let mut ports = self.0;
        for port in [
            &mut ports.bookstore,
            &mut ports.moongate,
            &mut ports.simulator,
        ] {
            if *port == 0 {
                *port = any_free(&mut held, self.0)?;
            }
        }
        Ok(ports)
    }
}

/// The sentence for a taken port.
pub(super) fn taken(port: u16, flag: &str) -> Failure {
    Failure::new(format!(
        "port {port} is taken: stop what listens there, or give `{flag} N` (0 for any free port)"
    ))
}

/// Whether nobody listens on this port of `localhost`, by either of its addresses: a browser may
/// try ::1 first, and would reach whoever is there.
pub(super) fn is_free(port: u16) -> bool {
    let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    TcpListener::bind(v4).is_ok()
        && match TcpListener::bind(v6) {
            Ok(_) => true,
            // A machine without IPv6 has nobody there.
            Err(error) => !matches!(
                error.kind(),
                ErrorKind::AddrInUse | ErrorKind::PermissionDenied
            ),
        }
}

fn any_free(held: &mut Vec<TcpListener>, wanted: Ports) -> Outcome<u16> {
    let unable = |error| Failure::io("find a free port", &error);
    // A few tries, since the system may offer one that ::1 has taken or that another flag names.
    for _ in 0..16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(unable)?;
        let port = listener.local_addr().map_err(unable)?.port();
        let named = wanted.with_flags().iter().any(|(other, _)| *other == port);
        let free_on_v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(_) => true,
            Err(error) => error.kind() != ErrorKind::AddrInUse,
        };
        held.push(listener);
        if free_on_v6 && !named {
            return Ok(port);
        }
    }
    Err(Failure::new("found no free port"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_names_its_flag() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let ports = Ports {
            bookstore: 0,
            moongate: port,
            simulator: 0,
        };
        let failure = Wanted(ports).check().unwrap_err();
        assert_eq!(failure.code, 1);
        assert!(
            failure.message.contains("--moongate-port"),
            "{}",
            failure.message
        );
        assert!(
            failure.message.contains(&port.to_string()),
            "{}",
            failure.message
        );
    }

    #[test]
    fn a_port_taken_on_the_other_loopback_address_is_taken() {
        let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
            return; // No IPv6, nothing to be taken.
        };
        assert!(!is_free(listener.local_addr().unwrap().port()));
    }

    #[test]
    fn one_port_twice_names_both_flags() {
        let ports = Ports {
            bookstore: 4000,
            moongate: 0,
            simulator: 4000,
        };
        let message = Wanted(ports).check().unwrap_err().message;
        assert!(
            message.contains("--bookstore-port and --simulator-port"),
            "{message}"
        );
    }

    #[test]
    fn zeros_become_three_free_ports() {
        let ports = Ports {
            bookstore: 0,
            moongate: 0,
            simulator: 0,
        };
        let chosen = Wanted(ports).choose().unwrap();
        assert_ne!(chosen.bookstore, chosen.moongate);
        assert_ne!(chosen.bookstore, chosen.simulator);
        assert_ne!(chosen.moongate, chosen.simulator);
        assert!(chosen.with_flags().iter().all(|(port, _)| *port != 0));
    }
}
