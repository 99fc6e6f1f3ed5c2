//! Verification codes.

use async_trait::async_trait;

use crate::{
    InteractionId, StoreError, UnixMillis, VerificationCode, VerificationCodeId,
    VerificationPurpose,
};

/// Verification codes.
#[async_trait]
pub trait VerificationCodeReads {
    /// The newest code of an interaction for a purpose, whatever its state.
    async fn verification_code(
        &mut self,
        interaction_id: &InteractionId,
        purpose: VerificationPurpose,
    ) -> Result<Option<VerificationCode>, StoreError>;
}

/// Verification codes.
#[async_trait]
pub trait VerificationCodeWrites {
    /// Adds a code and removes earlier ones of the same interaction and purpose.
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
