//! Check: the address is one of the application's own.

use std::net::Ipv6Addr;

use moongate_core::{Application, ApplicationType};
use url::{Host, Url};

use super::PageError;
use crate::Parameters;

/// The redirect URI, registered to the letter (RFC 9700 §2.1). It is always required: falling back
/// to the only registered one would hide a mistake until a second is registered.
pub(crate) fn check(
    parameters: &Parameters,
    application: &Application,
) -> Result<String, PageError> {
    let missing = || PageError::MissingRedirectUri {
        application: application.name.clone(),
    };
    let redirect_uri = parameters.get("redirect_uri").ok_or_else(missing)?;
    if parameters.duplicate() == Some("redirect_uri") {
        return Err(missing());
    }
    if !is_registered(application, redirect_uri) {
        return Err(PageError::UnregisteredRedirectUri {
            application: application.name.clone(),
            redirect_uri: redirect_uri.to_owned(),
        });
    }
    Ok(redirect_uri.to_owned())
}

/// Whether an application may be answered at an address: exactly as it is registered, but for the
/// port of a native application's loopback address, which its system chooses (RFC 8252 §7.3).
pub fn is_registered(application: &Application, redirect_uri: &str) -> bool {
    let registered = &application.oidc_client_metadata.redirect_uris;
    if registered.iter().any(|own| own == redirect_uri) {
        return true;
    }
    application.kind == ApplicationType::Native
        && without_loopback_port(redirect_uri).is_some_and(|candidate| {
            registered
                .iter()
                .any(|own| without_loopback_port(own).as_ref() == Some(&candidate))
        })
}

/// A loopback address by number, its port taken out and all the rest to the letter. A name such as
/// `localhost` may lead elsewhere and is none (RFC 8252 §8.3).
fn without_loopback_port(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("http://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let url = Url::parse(uri).ok()?;
    let host = match url.host()? {
        Host::Ipv4(address) if address.is_loopback() => address.to_string(),
        Host::Ipv6(Ipv6Addr::LOCALHOST) => "[::1]".to_owned(),
        _ => return None,
    };
    // To the letter: no other spelling of the number, no user, no empty port.
    let port = authority.strip_prefix(&host)?;
    let is_port = |text: &str| {
        (1..=5).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u16>().is_ok()
    };
    let is_plain = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (is_plain && !path.contains('#')).then(|| format!("http://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_address_loses_its_port_and_nothing_else() {
        for (uri, expected) in [
            ("http://127.0.0.1/cb", Some("http://127.0.0.1/cb")),
            ("http://127.0.0.1:51004/cb?x", Some("http://127.0.0.1/cb?x")),
            ("http://[::1]:8080/cb", Some("http://[::1]/cb")),
            ("http://127.0.0.1:/cb", None),
            ("http://127.0.0.1:99999/cb", None),
            ("http://user@127.0.0.1:80/cb", None),
            ("http://127.1:80/cb", None),
            ("http://localhost:80/cb", None),
            ("https://127.0.0.1:80/cb", None),
            ("http://127.0.0.1.evil.example/cb", None),
            ("http://192.168.0.1:80/cb", None),
            ("http://127.0.0.1:80/cb#x", None),
        ] {
            assert_eq!(without_loopback_port(uri).as_deref(), expected, "{uri}");
        }
    }
}
