//! What one recipient may still get, whoever asks: a sign-in or an account page.

use moongate_core::{
    CodeHolder, Mac, MacPurpose, Recipient, ServerKeys, StoreError, Tx, UnixMillis,
    VerificationPurpose,
};

use super::error::FlowError;
use crate::SendLimits;

/// The messages that a recipient got lately. Others who ask for the same one wait for the unit
/// that holds it.
pub(crate) struct Budget<'l> {
    limits: &'l SendLimits,
    address: Mac,
    /// Newest first.
    sends: Vec<UnixMillis>,
    now: UnixMillis,
}

impl<'l> Budget<'l> {
    pub(crate) async fn of(
        recipient: &Recipient,
        limits: &'l SendLimits,
        tx: &mut dyn Tx,
        keys: &ServerKeys,
        now: UnixMillis,
    ) -> Result<Self, StoreError> {
        let address = keys.mac(MacPurpose::Address, &[recipient.as_str()]);
        tx.lock_address(&address).await?;
        let sends = tx
            .sends_since(&address, now.minus(limits.horizon()))
            .await?;
        Ok(Self {
            limits,
            address,
            sends,
            now,
        })
    }

    /// Why no message may go now, if none may.
    pub(crate) fn refusal(&self) -> Option<FlowError> {
        let until = self.limits.blocked_until(&self.sends, self.now)?;
        Some(FlowError::RateLimited {
            retry_after: until.since(self.now),
        })
    }

    /// Counts a message; gives the address that it is counted under, and when the next one may go.
    pub(crate) async fn spend(mut self, tx: &mut dyn Tx) -> Result<(Mac, UnixMillis), StoreError> {
        self.sends.insert(0, self.now);
        tx.insert_send(&self.address, self.now).await?;
        let resend_at = self.limits.blocked_until(&self.sends, self.now);
        Ok((self.address, resend_at.unwrap_or(self.now)))
    }
}

/// Whether a holder has a code for the recipient that still works.
pub(crate) async fn has_live_code(
    tx: &mut dyn Tx,
    holder: &CodeHolder,
    purpose: VerificationPurpose,
    recipient: &Recipient,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let code = tx
        .verification_code(holder, purpose, recipient.channel())
        .await?;
    Ok(code.is_some_and(|code| code.consumed_at.is_none() && !code.is_expired(now)))
}
