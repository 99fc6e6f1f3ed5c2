//! Signed tokens in compact form (RFC 7515 §3.1), taken apart before anybody believes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// Longer ones are nobody's honest token.
const LONGEST: usize = 16 * 1024;

/// A token whose signature has not been looked at.
pub(crate) struct Jws<'a> {
    /// What the signature covers.
    message: &'a str,
    signature: Vec<u8>,
    /// The header.
    pub(crate) header: Map<String, Value>,
    /// The claims; not to be believed before a signature is verified.
    pub(crate) claims: Map<String, Value>,
}

impl<'a> Jws<'a> {
    /// Takes a token apart. `None` if it is none, or demands extensions that nobody here knows
    /// (RFC 7515 §4.1.11).
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let object = |part: &str| -> Option<Map<String, Value>> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let header = object(header)?;
        if header.contains_key("crit") {
            return None;
        }
        Some(Self {
            message,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
            claims: object(payload)?,
            header,
        })
    }

    /// What the signature covers, as bytes.
    pub(crate) fn message(&self) -> &[u8] {
        self.message.as_bytes()
    }

    /// The signature.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// A text member of the header.
    pub(crate) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// A text claim.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// A claim that counts seconds since 1970 (RFC 7519 §2), whole ones.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction of a second is dropped"
    )]
    pub(crate) fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|it| it as i64))
    }

    /// The audiences: a string, or a list of them (RFC 7519 §4.1.3).
    pub(crate) fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(aud)) => vec![aud],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}
