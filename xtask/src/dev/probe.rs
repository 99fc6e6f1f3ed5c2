//! Asks a server on loopback whether it answers: one HTTP/1.1 request by hand, which is less than
//! a client library would bring.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long one question may take. A server that is up answers in a millisecond.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a form may take: a debug build hashes a password slowly.
const PATIENCE: Duration = Duration::from_secs(30);

/// The status of `GET path`, or nothing where there is no answer (yet).
pub(super) fn status(port: u16, path: &str) -> Option<u16> {
    ask(port, &format!("GET {path}"), "", "", TIMEOUT)
}

/// The status of `POST path` with a form, or nothing where there is no answer.
pub(super) fn post(port: u16, path: &str, form: &str) -> Option<u16> {
    let head = format!(
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        form.len()
    );
    ask(port, &format!("POST {path}"), &head, form, PATIENCE)
}

fn ask(port: u16, what: &str, head: &str, body: &str, timeout: Duration) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).ok()?;
    stream.set_read_timeout(Some(timeout)).ok()?;
    stream.set_write_timeout(Some(TIMEOUT)).ok()?;
    let request = format!(
        "{what} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{head}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    parse(&head)
}

/// 204 from "HTTP/1.1 204".
fn parse(head: &[u8; 12]) -> Option<u16> {
    let head = std::str::from_utf8(head).ok()?;
    let (version, status) = head.split_once(' ')?;
    version.starts_with("HTTP/1.").then_some(())?;
    status.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn an_answer_gives_its_status() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream
                .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
                .unwrap();
            String::from_utf8(request).unwrap()
        });
        assert_eq!(status(port, "/healthz"), Some(204));
        let request = server.join().unwrap();
        assert!(
            request.starts_with("GET /healthz HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(
            request.contains(&format!("Host: localhost:{port}\r\n")),
            "{request}"
        );
        assert_eq!(status(port, "/healthz"), None, "it no longer listens");
    }

    #[test]
    fn what_is_not_http_is_no_answer() {
        assert_eq!(parse(b"HTTP/1.1 503"), Some(503));
        assert_eq!(parse(b"SSH-2.0-Open"), None);
        assert_eq!(parse(b"HTTP/1.1 abc"), None);
    }
}
