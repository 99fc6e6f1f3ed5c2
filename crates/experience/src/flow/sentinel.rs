//! Counting failures for each identifier and factor.

use moongate_core::{Factor, Mac, MacPurpose, Phone, Sentinel, ServerKeys, Tx, User};

use super::error::FlowError;
use super::work::Work;
use crate::{LockOuts, SignInExperience};

/// What the failures of an identifier are counted under: a user name, an e-mail address as
/// [`crate::Identifier`] keeps it, or the digits of a number. Whose it is plays no part, so that a
/// known and an unknown one are locked alike.
pub fn sentinel_target(keys: &ServerKeys, identifier: &str) -> Mac {
    keys.mac(MacPurpose::Address, &["sentinel", identifier])
}

/// One more failure, counted before it is known to be one, so that parallel guesses can't pass the
/// limit together; [`Work::uncount`] takes it back.
pub(crate) struct Counted {
    /// Whether this failure, if it is one, locks the identifier.
    pub(crate) locks: Option<std::time::Duration>,
}

impl Work<'_> {
    /// Counts an attempt as failed, unless the identifier is locked.
    pub(crate) async fn count(
        &mut self,
        target: &Mac,
        factor: Factor,
    ) -> Result<Counted, FlowError> {
        count(
            self.tx,
            &self.settings,
            self.lock_outs,
            target,
            factor,
            self.now,
        )
        .await
    }

    /// Takes an attempt back that turned out right, or was none.
    pub(crate) async fn uncount(&mut self, target: &Mac, factor: Factor) -> Result<(), FlowError> {
        uncount(self.tx, self.lock_outs, target, factor, self.now).await
    }

    /// Wrong guesses at a password that is no more count against nobody: the owner, who has set a
    /// new one, is not locked out by them.
    pub(crate) async fn forget_wrong_passwords(&mut self, user: &User) -> Result<(), FlowError> {
        let phone = user.primary_phone.as_ref().map(Phone::digits);
        let names = [
            user.username.as_deref(),
            user.primary_email.as_deref(),
            phone,
        ];
        for name in names.into_iter().flatten() {
            let target = sentinel_target(&self.keys, name);
            let fresh = Sentinel::fresh(target, Factor::Password, self.now);
            self.tx.put_sentinel(&fresh).await?;
        }
        Ok(())
    }
}

/// As [`Work::count`], for steps outside of an interaction.
pub(crate) async fn count(
    tx: &mut dyn Tx,
    settings: &SignInExperience,
    lock_outs: LockOuts,
    target: &Mac,
    factor: Factor,
    now: moongate_core::UnixMillis,
) -> Result<Counted, FlowError> {
    if lock_outs == LockOuts::Off {
        return Ok(Counted { locks: None });
    }
    let sentinel = tx.locked_sentinel(target, factor, now).await?;
    if let Some(retry_after) = sentinel.locked_for(now) {
        return Err(FlowError::Locked { retry_after });
    }
    let failed = sentinel.failed(settings.sentinel_policy.lock_out(), now);
    tx.put_sentinel(&failed).await?;
    Ok(Counted {
        locks: failed.locked_for(now),
    })
}

/// As [`Work::uncount`], for steps outside of an interaction.
pub(crate) async fn uncount(
    tx: &mut dyn Tx,
    lock_outs: LockOuts,
    target: &Mac,
    factor: Factor,
    now: moongate_core::UnixMillis,
) -> Result<(), FlowError> {
    if lock_outs == LockOuts::Off {
        return Ok(());
    }
    let left = tx.locked_sentinel(target, factor, now).await?.succeeded();
    if left.failures == 0 {
        // Whoever proved it at once leaves no trace of when.
        tx.delete_sentinel(target, factor).await?;
    } else {
        tx.put_sentinel(&left).await?;
    }
    Ok(())
}

impl Counted {
    /// The refusal of what turned out wrong.
    pub(crate) fn wrong(&self, otherwise: FlowError) -> FlowError {
        match self.locks {
            Some(retry_after) => FlowError::Locked { retry_after },
            None => otherwise,
        }
    }
}
