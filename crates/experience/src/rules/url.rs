//! Addresses that pages link to or show.
//!
//! They end in markup and in a content security policy, so that what a browser would read in
//! another way than people do is refused, not repaired.

use super::Rule;
use super::findings::Findings;

/// As Logto's.
const LONGEST: usize = 2048;
/// Of an image that stands in the settings themselves, in bytes of text.
const LONGEST_IMAGE: usize = 64 * 1024;
/// Images that every browser shows in an `img`, where none of them can run a script.
const IMAGES: [&str; 8] = [
    "png",
    "jpeg",
    "gif",
    "webp",
    "avif",
    "svg+xml",
    "x-icon",
    "vnd.microsoft.icon",
];

/// Notes an address that is no web page's.
pub(super) fn check_page(findings: &mut Findings, field: &str, url: Option<&str>) {
    if url.is_some_and(|url| !is_web_address(url)) {
        let mend = format!(
            "give an address that begins with https:// or http://, without user name, spaces and \
             quotes, of at most {LONGEST} characters"
        );
        findings.add(field, Rule::InvalidUrl, mend);
    }
}

/// Notes an address that is no image's.
pub(super) fn check_image(findings: &mut Findings, field: &str, url: Option<&str>) {
    if url.is_some_and(|url| !is_web_address(url) && !is_image(url)) {
        let mend = format!(
            "give an https address, or a data:image/…;base64 URL of at most {LONGEST_IMAGE} \
             characters"
        );
        findings.add(field, Rule::InvalidUrl, mend);
    }
}

fn is_web_address(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let Some(rest) = ["https://", "http://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme))
    else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = |char: char| !char.is_whitespace() && !char.is_control();
    url.len() <= LONGEST
        && url
            .chars()
            .all(|char| is_plain(char) && !"\"'<>\\^`{|}".contains(char))
        && is_host(host)
}

/// A name or an address and perhaps a port; no user name, and nothing that has a meaning in a
/// content security policy.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return false;
            };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("", port.strip_prefix(':'))
        }
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        },
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .chars()
                .all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
    };
    let is_name = host.starts_with('[')
        || name
            .strip_suffix('.')
            .unwrap_or(name)
            .split('.')
            .all(is_label);
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn is_image(url: &str) -> bool {
    let Some((kind, data)) = url
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
    else {
        return false;
    };
    let is_base64 = |char: char| char.is_ascii_alphanumeric() || "+/=".contains(char);
    url.len() <= LONGEST_IMAGE
        && IMAGES.contains(&kind)
        && !data.is_empty()
        && data.chars().all(is_base64)
}
