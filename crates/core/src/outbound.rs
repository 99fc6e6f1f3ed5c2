//! The port to addresses that a client or an administrator gave.

use async_trait::async_trait;
use thiserror::Error;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most 1 MiB.
    pub body: Vec<u8>,
}

/// Why nothing came back. Names neither the address nor what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutboundError {
    /// The address is not https, or leads into a private network.
    #[error("the address may not be called: {0}")]
    Forbidden(&'static str),
    /// No answer, a broken one, or one that is too long.
    #[error("no usable answer: {0}")]
    Failed(&'static str),
}

/// Calls with one guard for all: https, no private address after DNS, no redirect is followed,
/// five seconds, 1 MiB.
#[async_trait]
pub trait Outbound: Send + Sync + 'static {
    /// Fetches a document.
    async fn get(&self, url: &str) -> Result<OutboundResponse, OutboundError>;

    /// Posts `application/x-www-form-urlencoded` fields.
    async fn post_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Result<OutboundResponse, OutboundError>;
}
