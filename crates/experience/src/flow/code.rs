//! A code is entered.

use moongate_core::{
    CODE_DIGITS, CodeHolder, ErrorCode, Factor, Recipient, ServerKeys, Tx, UnixMillis,
    VerificationCode, VerificationPurpose,
};

use super::error::FlowError;
use super::send::purpose;
use super::sentinel::{count, sentinel_target, uncount};
use super::work::Work;
use super::{CodeProof, Delivery, Proof};
use crate::{Experience, Identifier, InteractionRef, LockOuts, SignInExperience};

/// Characters that a paste may have: a whole message and some.
const LONGEST_PASTE: usize = 200;

impl Experience {
    /// Checks a code of one record, entered for a recipient.
    ///
    /// # Errors
    /// [`FlowError`]. A wrong try is counted, durably, before the error is returned.
    pub async fn verify_code(
        &self,
        reference: InteractionRef,
        verification_id: String,
        recipient: Recipient,
        typed: &str,
    ) -> Result<String, FlowError> {
        let typed = six_digits(typed);
        self.work(reference, move |work| {
            Box::pin(async move {
                work.event()?;
                work.check_code(&verification_id, &recipient, typed.as_deref())
                    .await?;
                Ok(verification_id)
            })
        })
        .await
    }
}

impl Work<'_> {
    /// In Logto's order: not found, another recipient, expired, too many tries, wrong.
    pub(crate) async fn check_code(
        &mut self,
        verification_id: &str,
        recipient: &Recipient,
        typed: Option<&str>,
    ) -> Result<(), FlowError> {
        let proof = self.code_proof(verification_id)?;
        if proof.recipient != *recipient {
            return Err(FlowError::Refused(match recipient {
                Recipient::Phone(_) => ErrorCode::VerificationCodePhoneMismatch,
                Recipient::Email(_) => ErrorCode::VerificationCodeEmailMismatch,
            }));
        }
        if proof.is_verified {
            return Err(ErrorCode::VerificationCodeNotFound.into());
        }
        let (holder, purpose) = (self.holder(), purpose(proof.event));
        let code = code_to_check(self.tx, &holder, purpose, recipient, self.now).await?;
        let typed = typed.ok_or(FlowError::MalformedCode)?;
        // Locked before what is counted.
        self.user().await?;
        let attempt = Attempt {
            code: &code,
            recipient: &proof.recipient,
            is_held_back: proof.delivery == Delivery::HeldBack,
            typed,
        };
        let (settings, lock_outs) = (&self.settings, self.lock_outs);
        attempt
            .make(self.tx, settings, &self.keys, lock_outs, self.now)
            .await?;
        for record in &mut self.flow.records {
            if let Proof::Code(proof) = &mut record.proof
                && record.id == verification_id
            {
                proof.is_verified = true;
                proof.verified_at = Some(self.now);
            }
        }
        Ok(())
    }

    fn code_proof(&self, verification_id: &str) -> Result<CodeProof, FlowError> {
        match self.flow.record(verification_id).map(|it| &it.proof) {
            Some(Proof::Code(proof)) => Ok(proof.clone()),
            _ => Err(ErrorCode::SessionVerificationSessionNotFound.into()),
        }
    }
}

/// The code of a holder that something was typed for: not used, and its time not over.
pub(crate) async fn code_to_check(
    tx: &mut dyn Tx,
    holder: &CodeHolder,
    purpose: VerificationPurpose,
    recipient: &Recipient,
    now: UnixMillis,
) -> Result<VerificationCode, FlowError> {
    let code = tx
        .verification_code(holder, purpose, recipient.channel())
        .await?
        .filter(|code| code.consumed_at.is_none())
        .ok_or(ErrorCode::VerificationCodeNotFound)?;
    if code.is_expired(now) {
        return Err(ErrorCode::VerificationCodeExpired.into());
    }
    Ok(code)
}

/// One attempt at a code that is there and whose time is not over.
pub(crate) struct Attempt<'a> {
    pub(crate) code: &'a VerificationCode,
    pub(crate) recipient: &'a Recipient,
    /// Whether the code was never sent, so that whatever is typed is wrong.
    pub(crate) is_held_back: bool,
    pub(crate) typed: &'a str,
}

impl Attempt<'_> {
    /// Counts it, compares, and consumes the code if it is right.
    pub(crate) async fn make(
        self,
        tx: &mut dyn Tx,
        settings: &SignInExperience,
        keys: &ServerKeys,
        lock_outs: LockOuts,
        now: UnixMillis,
    ) -> Result<(), FlowError> {
        let max = settings.verification_code_policy.max_attempts();
        if self.code.attempts >= max {
            return Err(ErrorCode::VerificationCodeExceedMaxTry.into());
        }
        // Whoever signs in by it next is locked before what is counted.
        Identifier::from(self.recipient.clone()).owner(tx).await?;
        let factor = Factor::VerificationCode;
        let target = sentinel_target(keys, self.recipient.as_str());
        let counted = count(tx, settings, lock_outs, &target, factor, now).await?;
        if tx.count_attempt(&self.code.id, max).await?.is_none() {
            uncount(tx, lock_outs, &target, factor, now).await?;
            return Err(ErrorCode::VerificationCodeExceedMaxTry.into());
        }
        if self.is_held_back || !self.code.matches(keys, self.recipient, self.typed) {
            return Err(counted.wrong(ErrorCode::VerificationCodeMismatch.into()));
        }
        uncount(tx, lock_outs, &target, factor, now).await?;
        if !tx.consume_verification_code(&self.code.id, now).await? {
            return Err(ErrorCode::VerificationCodeNotFound.into());
        }
        Ok(())
    }
}

/// Six digits, however they were typed or pasted: full-width digits, spaces and dashes are fine,
/// and so is the whole message, if it holds one run of six digits.
pub(crate) fn six_digits(typed: &str) -> Option<String> {
    if typed.chars().count() > LONGEST_PASTE {
        return None;
    }
    let typed: String = typed
        .chars()
        .map(|char| match char {
            '\u{FF10}'..='\u{FF19}' => {
                char::from_digit(u32::from(char) - 0xFF10, 10).unwrap_or(char)
            }
            _ => char,
        })
        .filter(|char| !matches!(char, '\u{200B}'..='\u{200F}'))
        .collect();
    let joined: String = typed
        .chars()
        .filter(|char| !char.is_whitespace() && *char != '-')
        .collect();
    if is_code(&joined) {
        return Some(joined);
    }
    let mut runs = typed
        .split(|char: char| !char.is_ascii_digit())
        .filter(|run| is_code(run));
    let only = runs.next()?;
    runs.next().is_none().then(|| only.to_owned())
}

fn is_code(text: &str) -> bool {
    text.len() == CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_typed_in_many_ways() {
        for typed in [
            "123456",
            " 123 456 ",
            "123-456",
            "１２３４５６",
            "123456\u{200B}",
            "您的验证码为123456，10分钟内有效",
        ] {
            assert_eq!(six_digits(typed).as_deref(), Some("123456"), "{typed}");
        }
        for typed in [
            "",
            "12345",
            "1234567",
            "12345a",
            "123456 or 654321",
            "1234567 8",
        ] {
            assert_eq!(six_digits(typed), None, "{typed}");
        }
    }
}
