//! A device without a browser that asks to act for somebody (RFC 8628).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ApplicationId, GrantId, ResourceScopes, Scopes, UnixMillis};

/// How long a person has to type the code that the device shows: ten minutes.
pub const DEVICE_CODE_TTL: Duration = Duration::from_mins(10);

/// What a person decided about a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum DeviceState {
    /// Nothing yet.
    Pending,
    /// It may act; tokens come from that grant.
    Approved {
        /// What they come from.
        grant_id: GrantId,
    },
    /// It may not.
    Denied,
    /// It has its tokens: the device code is spent.
    Redeemed {
        /// What they came from.
        grant_id: GrantId,
    },
}

/// One device that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// SHA-256 of the device code.
    pub hash: [u8; 32],
    /// The code that the device shows, in capitals and without its hyphen.
    pub user_code: String,
    /// Which application runs on it.
    pub application_id: ApplicationId,
    /// What it asks for; see [`AuthorizationRequest`](crate::AuthorizationRequest).
    pub scopes: Scopes,
    /// API resources that it asks for.
    pub resources: ResourceScopes,
    /// What was decided.
    pub state: DeviceState,
    /// When the device last asked.
    pub polled_at: Option<UnixMillis>,
    /// When it began.
    pub created_at: UnixMillis,
    /// From when on both codes are refused.
    pub expires_at: UnixMillis,
}

impl DeviceAuthorization {
    /// Whether its ten minutes are over.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }
}
