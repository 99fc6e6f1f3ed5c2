//! What keeps the store small.

use std::time::Duration;

use async_trait::async_trait;
use moongate_core::{DEVICE_TRIES_WINDOW, Housekeeping, StoreError, UnixMillis};

use crate::conn::Conn;

/// How long a grant without a living credential stays: long enough for whoever holds it to go on.
const IDLE_GRANT_TTL: Duration = Duration::from_hours(24);

/// How long a sent message is remembered. Limits look back a day; the second is for clocks that
/// were set.
const SEND_TTL: Duration = Duration::from_hours(48);

/// How long a verification code is remembered once it is over.
const CODE_MEMORY: Duration = Duration::from_hours(1);

/// How long failures are remembered, unless they still lock somebody out.
const SENTINEL_TTL: Duration = Duration::from_hours(48);

/// How long codes of devices are remembered once they are over, so that whoever comes late, device
/// or person, is told that they are over rather than that they never were.
const DEVICE_MEMORY: Duration = Duration::from_hours(1);

#[async_trait]
impl Housekeeping for Conn<'_> {
    /// A used authorization code stays as long as its grant, since presenting it again must still
    /// revoke what was issued from it (RFC 6749 §4.1.2). A consumed refresh token stays until it
    /// would have expired. A verification code stays for an hour after its time, so that a late one
    /// is told apart from one that never was. Rows that go along with another are not counted.
    async fn remove_expired(&mut self, now: UnixMillis) -> Result<u64, StoreError> {
        let mut removed = 0;
        removed += execute!(
            self,
            "DELETE FROM interactions WHERE expires_at <= $1",
            now.0
        )?;
        removed += execute!(self, "DELETE FROM sessions WHERE expires_at <= $1", now.0)?;
        removed += execute!(
            self,
            "DELETE FROM authorization_codes WHERE expires_at <= $1 AND used_at IS NULL",
            now.0
        )?;
        removed += execute!(
            self,
            "DELETE FROM access_tokens WHERE expires_at <= $1",
            now.0
        )?;
        removed += execute!(
            self,
            "DELETE FROM refresh_tokens WHERE expires_at <= $1",
            now.0
        )?;
        removed += execute!(
            self,
            "DELETE FROM grants WHERE expires_at <= $1 OR revoked_at IS NOT NULL",
            now.0
        )?;
        // Nothing can be issued from a grant any more once its code is spent or expired and its
        // tokens are gone.
        removed += execute!(
            self,
            "DELETE FROM grants WHERE created_at <= $2 \
             AND NOT EXISTS (SELECT 1 FROM authorization_codes \
                 WHERE grant_id = grants.id AND used_at IS NULL AND expires_at > $1) \
             AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE grant_id = grants.id) \
             AND NOT EXISTS (SELECT 1 FROM refresh_tokens WHERE grant_id = grants.id)",
            now.0,
            now.minus(IDLE_GRANT_TTL).0
        )?;
        for statement in [
            "DELETE FROM pushed_requests WHERE expires_at <= $1",
            "DELETE FROM first_sights WHERE expires_at <= $1",
            "DELETE FROM subject_tokens WHERE expires_at <= $1",
            "DELETE FROM links WHERE expires_at <= $1",
            "DELETE FROM drafts WHERE expires_at <= $1",
        ] {
            removed += execute!(self, statement, now.0)?;
        }
        removed += execute!(
            self,
            "DELETE FROM verification_codes WHERE expires_at <= $1",
            now.minus(CODE_MEMORY).0
        )?;
        removed += execute!(
            self,
            "DELETE FROM sentinels WHERE since <= $1 \
             AND (locked_until IS NULL OR locked_until <= $2)",
            now.minus(SENTINEL_TTL).0,
            now.0
        )?;
        removed += execute!(
            self,
            "DELETE FROM device_authorizations WHERE expires_at <= $1",
            now.minus(DEVICE_MEMORY).0
        )?;
        removed += execute!(
            self,
            "DELETE FROM device_tries WHERE since <= $1",
            now.minus(DEVICE_TRIES_WINDOW).0
        )?;
        removed += execute!(
            self,
            "DELETE FROM sends WHERE sent_at <= $1",
            now.minus(SEND_TTL).0
        )?;
        execute!(
            self,
            "DELETE FROM address_locks WHERE NOT EXISTS \
             (SELECT 1 FROM sends WHERE sends.address = address_locks.address)"
        )?;
        Ok(removed)
    }
}
