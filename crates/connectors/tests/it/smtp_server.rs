//! A mail server as far as a sender sees one: it greets, answers each command as its script says,
//! and remembers every line it got.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The root that signed the server's certificate for `localhost` and `mail.example.com`.
pub(crate) const ROOT: &str = include_str!("../data/tls/root.pem");
const CERTIFICATE: &[u8] = include_bytes!("../data/tls/server.pem");
const KEY: &[u8] = include_bytes!("../data/tls/server.key");

/// How connections to it are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    None,
    StartTls,
    Implicit,
}

/// What it does.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) encryption: Encryption,
    /// Lines after the first of the answer to EHLO.
    pub(crate) extensions: &'static [&'static str],
    /// Answers other than the usual ones, by the beginning of the command; `.` ends a message.
    pub(crate) answers: &'static [(&'static str, &'static str)],
}

impl Default for Script {
    fn default() -> Self {
        Self {
            encryption: Encryption::None,
            extensions: &["AUTH PLAIN LOGIN", "SMTPUTF8", "8BITMIME"],
            answers: &[],
        }
    }
}

/// The server; it runs as long as the test's runtime.
pub(crate) struct SmtpServer {
    pub(crate) address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
}

impl SmtpServer {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&lines);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, seen) = (script.clone(), Arc::clone(&seen));
                tokio::spawn(async move { serve(stream, &script, &seen).await });
            }
        });
        Self { address, lines }
    }

    /// Every line it got, those of messages included, without line ends.
    pub(crate) fn lines(&self) -> Vec<String> {
        lock(&self.lines).clone()
    }
}

fn lock(lines: &Mutex<Vec<String>>) -> std::sync::MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(stream: TcpStream, script: &Script, seen: &Mutex<Vec<String>>) {
    match script.encryption {
        Encryption::None => {
            talk(stream, script, seen, true).await;
        }
        Encryption::Implicit => {
            if let Ok(stream) = acceptor().accept(stream).await {
                talk(stream, script, seen, true).await;
            }
        }
        Encryption::StartTls => {
            if let Some(stream) = talk(stream, script, seen, true).await
                && let Ok(stream) = acceptor().accept(stream).await
            {
                talk(stream, script, seen, false).await;
            }
        }
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Talks until the other side leaves; gives the stream back once STARTTLS was agreed.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    script: &Script,
    seen: &Mutex<Vec<String>>,
    greet: bool,
) -> Option<S> {
    let mut stream = BufStream::new(stream);
    if greet {
        say(&mut stream, answer(script, "greeting", "220 ready")).await?;
    }
    let mut in_message = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end_matches(['\r', '\n']);
        lock(seen).push(line.to_owned());
        if in_message {
            if line == "." {
                in_message = false;
                say(&mut stream, answer(script, ".", "250 2.0.0 queued")).await?;
            }
            continue;
        }
        let word = line.split(' ').next().unwrap_or_default();
        match word {
            "EHLO" => {
                let is_clear = script.encryption == Encryption::StartTls && greet;
                let extensions = if is_clear {
                    &["STARTTLS"]
                } else {
                    script.extensions
                };
                let mut lines = vec!["250-mail.example.com".to_owned()];
                lines.extend(extensions.iter().map(|name| format!("250-{name}")));
                lines.push("250 HELP".to_owned());
                say(&mut stream, &lines.join("\r\n")).await?;
            }
            "STARTTLS" if script.encryption == Encryption::StartTls && greet => {
                say(&mut stream, "220 go ahead").await?;
                return Some(stream.into_inner());
            }
            "AUTH" => say(&mut stream, answer(script, word, "235 2.7.0 welcome")).await?,
            "DATA" => {
                let reply = answer(script, word, "354 go on");
                in_message = reply.starts_with("354");
                say(&mut stream, reply).await?;
            }
            "QUIT" => {
                say(&mut stream, "221 bye").await?;
                return None;
            }
            "MAIL" | "RCPT" => say(&mut stream, answer(script, word, "250 2.1.0 ok")).await?,
            _ => say(&mut stream, "502 5.5.1 what?").await?,
        }
    }
}

fn answer(script: &Script, command: &str, usual: &'static str) -> &'static str {
    let scripted = script.answers.iter().find(|(of, _)| *of == command);
    scripted.map_or(usual, |(_, answer)| answer)
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    text: &str,
) -> Option<()> {
    stream.write_all(text.as_bytes()).await.ok()?;
    stream.write_all(b"\r\n").await.ok()?;
    stream.flush().await.ok()
}
