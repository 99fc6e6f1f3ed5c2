//! Verification codes.

use async_trait::async_trait;
use moongate_core::{
    Channel, CodeHolder, StoreError, UnixMillis, VerificationCode, VerificationCodeId,
    VerificationCodeReads, VerificationCodeWrites, VerificationPurpose,
};

use crate::conn::{Conn, corrupt, hash, millis};

row! {
    struct CodeRow of "verification_codes" {
        id: String,
        holder: String,
        purpose: String,
        channel: String,
        mac: Vec<u8>,
        attempts: i64,
        created_at: i64,
        expires_at: i64,
        consumed_at: Option<i64>,
    }
}

impl TryFrom<CodeRow> for VerificationCode {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: VerificationCodeId::from(row.id),
            holder: CodeHolder::parse(&row.holder)
                .ok_or_else(|| corrupt("verification_codes.holder"))?,
            purpose: VerificationPurpose::parse(&row.purpose)
                .ok_or_else(|| corrupt("verification_codes.purpose"))?,
            channel: Channel::parse(&row.channel)
                .ok_or_else(|| corrupt("verification_codes.channel"))?,
            mac: hash(row.mac, "verification_codes.mac")?,
            attempts: row.attempts,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
            consumed_at: row.consumed_at.map(UnixMillis),
        })
    }
}

row! {
    struct AttemptsRow of "verification_codes" {
        attempts: i64,
    }
}

#[async_trait]
impl VerificationCodeReads for Conn<'_> {
    async fn verification_code(
        &mut self,
        holder: &CodeHolder,
        purpose: VerificationPurpose,
        channel: Channel,
    ) -> Result<Option<VerificationCode>, StoreError> {
        let row = fetch_optional!(
            self,
            CodeRow,
            "SELECT id, holder, purpose, channel, mac, attempts, created_at, expires_at, \
             consumed_at FROM verification_codes \
             WHERE holder = $1 AND purpose = $2 AND channel = $3",
            holder.key(),
            purpose.as_str(),
            channel.as_str()
        )?;
        row.map(VerificationCode::try_from).transpose()
    }
}

#[async_trait]
impl VerificationCodeWrites for Conn<'_> {
    /// One row for each holder, purpose and channel: two units that replace at once leave one code.
    async fn replace_verification_code(
        &mut self,
        code: &VerificationCode,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO verification_codes (id, holder, purpose, channel, mac, attempts, \
             created_at, expires_at, consumed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (holder, purpose, channel) DO UPDATE SET id = excluded.id, \
             mac = excluded.mac, attempts = excluded.attempts, created_at = excluded.created_at, \
             expires_at = excluded.expires_at, consumed_at = excluded.consumed_at",
            code.id.as_str(),
            code.holder.key(),
            code.purpose.as_str(),
            code.channel.as_str(),
            &code.mac[..],
            code.attempts,
            code.created_at.0,
            code.expires_at.0,
            millis(code.consumed_at),
        )?;
        Ok(())
    }

    async fn count_attempt(
        &mut self,
        id: &VerificationCodeId,
        max: i64,
    ) -> Result<Option<i64>, StoreError> {
        let row = fetch_optional!(
            self,
            AttemptsRow,
            "UPDATE verification_codes SET attempts = attempts + 1 \
             WHERE id = $1 AND attempts < $2 RETURNING attempts",
            id.as_str(),
            max
        )?;
        Ok(row.map(|row| row.attempts))
    }

    async fn consume_verification_code(
        &mut self,
        id: &VerificationCodeId,
        now: UnixMillis,
    ) -> Result<bool, StoreError> {
        let consumed = execute!(
            self,
            "UPDATE verification_codes SET consumed_at = $2 \
             WHERE id = $1 AND consumed_at IS NULL",
            id.as_str(),
            now.0
        )?;
        Ok(consumed == 1)
    }
}
