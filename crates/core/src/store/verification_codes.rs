//! Verification codes.

use async_trait::async_trait;

use crate::{
    Channel, CodeHolder, StoreError, UnixMillis, VerificationCode, VerificationCodeId,
    VerificationPurpose,
};

/// Verification codes.
#[async_trait]
pub trait VerificationCodeReads {
    /// The newest code of a holder for a purpose and channel, whatever its state.
    async fn verification_code(
        &mut self,
        holder: &CodeHolder,
        purpose: VerificationPurpose,
        channel: Channel,
    ) -> Result<Option<VerificationCode>, StoreError>;
}

/// Verification codes.
#[async_trait]
pub trait VerificationCodeWrites {
    /// Adds a code in place of the earlier one of the same holder, purpose and channel.
    async fn replace_verification_code(
        &mut self,
        code: &VerificationCode,
    ) -> Result<(), StoreError>;
    /// Counts one try, if fewer than `max` were made; gives the tries so far, this one included.
    async fn count_attempt(
        &mut self,
        id: &VerificationCodeId,
        max: i64,
    ) -> Result<Option<i64>, StoreError>;
    /// Consumes a code: of many racing callers, exactly one gets `true`.
    async fn consume_verification_code(
        &mut self,
        id: &VerificationCodeId,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;
}
