//! What can go wrong when a message is sent, in words that may stand in a log.

use std::time::Duration;

use crate::{Code, Kind};

/// Why no message was accepted, or why nobody knows whether one was.
///
/// Only [`Error::Refused`] of a kind other than [`Kind::Provider`] says that no message went out.
/// After the others one may have: do not send again without asking the person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Aliyun understood the request and refused it.
    #[error("aliyun refused the message: {0}")]
    Refused(Box<Refusal>),
    /// The answer is not one of Aliyun's: a proxy's page, or a broken body.
    #[error("the answer (status {status}) is not one of aliyun's")]
    Unreadable {
        /// The HTTP status of the answer.
        status: u16,
    },
    /// The answer is longer than any of Aliyun's (64 KiB).
    #[error("the answer (status {status}) is too long")]
    TooLong {
        /// The HTTP status of the answer.
        status: u16,
    },
    /// No whole answer came before the deadline.
    #[error("aliyun did not answer in time")]
    Timeout,
    /// The connection could not be made, or broke.
    #[error("no connection to aliyun")]
    Transport(#[source] reqwest::Error),
}

impl Error {
    /// Whose business it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Refused(refusal) => refusal.code.kind(),
            Self::Unreadable { .. } | Self::TooLong { .. } => Kind::Provider,
            Self::Timeout | Self::Transport(_) => Kind::Transport,
        }
    }

    /// Aliyun's code, if it gave one.
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }

    /// How long to wait before the next message to this number, if the answer implies it.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::Timeout
        } else {
            // Where a redirect led is nobody's business in a log.
            Self::Transport(error.without_url())
        }
    }
}

/// Aliyun's refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({}): {message}", request_id.as_deref().unwrap_or("no request id"))]
pub struct Refusal {
    /// What Aliyun calls it.
    pub code: Code,
    /// The HTTP status: 200 for the service's own refusals, 4xx or 5xx for the gateway's.
    pub status: u16,
    /// Aliyun's words, for the log: one line of at most 300 characters, without phone numbers,
    /// codes, secrets and the string to sign.
    pub message: String,
    /// Aliyun's id of the request, to look it up in its console.
    pub request_id: Option<String>,
    /// How long to wait before the next message to this number: the whole length of the window
    /// (a minute, an hour, a day) that the message names.
    pub retry_after: Option<Duration>,
}
