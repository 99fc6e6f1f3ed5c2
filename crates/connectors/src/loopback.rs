//! Which hosts are this machine itself, so that what is sent to them never leaves it.

use url::Host;

/// Whether a host is a loopback address or a name for one (RFC 6761 §6.3).
pub(crate) fn is_loopback<Name: AsRef<str>>(host: &Host<Name>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
