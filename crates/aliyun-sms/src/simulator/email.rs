//! `POST /inbox.json`: an e-mail for the inbox, from a program on this machine.
//!
//! There is no mail server here and no SMTP: the sender hands over the parts of its message as
//! JSON. It takes `application/json` alone, which a foreign page in a browser cannot send without
//! asking first, and nobody answers that question.

use std::net::SocketAddr;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::Simulator;
use super::inbox::{Delivery, Email, Message};

/// The whole request, bytes.
const BODY_LIMIT: usize = 256 * 1024;
/// The longest address that mail can carry (RFC 5321 §4.5.3.1.3), bytes.
const ADDRESS_LIMIT: usize = 254;
/// The longest line that mail can carry (RFC 5322 §2.1.1), bytes.
const SUBJECT_LIMIT: usize = 998;
/// Text and HTML, each, bytes.
const CONTENT_LIMIT: usize = 100_000;
/// Codes are shorter by far, bytes.
const CODE_LIMIT: usize = 64;

/// What may be posted. Text messages come through `SendSms`.
#[derive(Deserialize)]
#[serde(tag = "channel", rename_all = "lowercase")]
enum Posted {
    Email(Parts),
}

/// The parts of an e-mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    to: String,
    subject: String,
    text: String,
    html: Option<String>,
    code: Option<String>,
}

/// Why an e-mail is not taken.
struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "message": self.message }))).into_response()
    }
}

/// `POST /inbox.json`: 201, or 4xx with `{"message"}`.
pub(super) async fn receive(State(simulator): State<Simulator>, request: Request) -> Response {
    match read(request).await {
        Ok(parts) => {
            simulator.inbox.receive(Message {
                received_at: simulator.now(),
                text: parts.text,
                code: parts.code,
                delivery: Delivery::Email(Email {
                    to: parts.to,
                    subject: parts.subject,
                    html: parts.html,
                }),
            });
            StatusCode::CREATED.into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn read(request: Request) -> Result<Parts, Refusal> {
    // Whoever serves this without saying who calls gets a refusal too.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if !peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback()) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "the inbox takes e-mail from this machine alone",
        ));
    }
    if !is_json(request.headers()) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send application/json",
        ));
    }
    let body = to_bytes(request.into_body(), BODY_LIMIT)
        .await
        .map_err(|_| {
            Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the request is longer than {BODY_LIMIT} bytes, or ended early"),
            )
        })?;
    // The message quotes the request to whoever sent it, and nobody else.
    let Posted::Email(parts) = serde_json::from_slice(&body).map_err(|error| {
        let expected = "expected {channel: \"email\", to, subject, text, html?, code?}";
        Refusal::new(StatusCode::BAD_REQUEST, format!("{expected}: {error}"))
    })?;
    check(&parts).map_err(|message| Refusal::new(StatusCode::BAD_REQUEST, message))?;
    Ok(parts)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn check(parts: &Parts) -> Result<(), String> {
    let fields = [
        ("to", Some(&parts.to), ADDRESS_LIMIT),
        ("subject", Some(&parts.subject), SUBJECT_LIMIT),
        ("text", Some(&parts.text), CONTENT_LIMIT),
        ("html", parts.html.as_ref(), CONTENT_LIMIT),
        ("code", parts.code.as_ref(), CODE_LIMIT),
    ];
    for (name, value, limit) in fields {
        if value.is_some_and(|value| value.len() > limit) {
            return Err(format!("{name} is longer than {limit} bytes"));
        }
    }
    for (name, line) in [("to", &parts.to), ("subject", &parts.subject)] {
        if line.chars().any(char::is_control) {
            return Err(format!("{name} has line breaks or control characters"));
        }
    }
    let is_address = parts
        .to
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if is_address {
        Ok(())
    } else {
        Err("to is no address".to_owned())
    }
}
