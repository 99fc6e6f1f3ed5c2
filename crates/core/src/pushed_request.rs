//! An authorization request that the client pushed beforehand (RFC 9126).

use crate::{ApplicationId, UnixMillis};

/// The parameters of one authorization, good for one use.
#[derive(Clone, PartialEq, Eq)]
pub struct PushedRequest {
    /// SHA-256 of the `request_uri`.
    pub hash: [u8; 32],
    /// Who pushed it, authenticated.
    pub application_id: ApplicationId,
    /// The parameters, form-encoded, without the client's credentials.
    pub parameters: String,
    /// From when on it is refused.
    pub expires_at: UnixMillis,
}

impl std::fmt::Debug for PushedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushedRequest")
            .field("application_id", &self.application_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
