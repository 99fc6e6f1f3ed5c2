//! Codes on account pages: they belong to the browser's session.

use std::sync::Arc;

use moongate_core::{
    CodeHolder, ErrorCode, Mac, MacPurpose, Recipient, Secret, ServerKeys, Tx, UnixMillis, Usage,
    VerificationCode, VerificationMessage, VerificationPurpose,
};

use super::{Account, AccountError, AccountStep};
use crate::flow::code::Attempt;
use crate::{Experience, FlowError, LockOuts, SendLimits};

/// A code that is to go out.
pub(super) struct Outgoing {
    pub(super) step: AccountStep,
    code: VerificationCode,
    plain: Secret,
    address: Mac,
    sent_at: UnixMillis,
    session_cookie: String,
}

/// What asking for a code needs besides the account.
pub(super) struct Asking {
    pub(super) keys: Arc<ServerKeys>,
    pub(super) entropy: Arc<dyn moongate_core::Entropy>,
    pub(super) limits: SendLimits,
    pub(super) session_cookie: String,
    pub(super) now: UnixMillis,
}

impl Asking {
    pub(super) fn new(experience: &Experience, session_cookie: &str) -> Self {
        Self {
            keys: Arc::clone(&experience.keys),
            entropy: Arc::clone(&experience.entropy),
            limits: experience.limits.sends.clone(),
            session_cookie: session_cookie.to_owned(),
            now: experience.clock.now(),
        }
    }

    /// Checks the limits, records the send, and keeps the code.
    pub(super) async fn ask(
        self,
        tx: &mut dyn Tx,
        account: &Account,
        recipient: Recipient,
        purpose: VerificationPurpose,
    ) -> Result<Outgoing, AccountError> {
        let now = self.now;
        let address = self.keys.mac(MacPurpose::Address, &[recipient.as_str()]);
        tx.lock_address(&address).await?;
        let horizon = now.minus(self.limits.horizon());
        let mut sends = tx.sends_since(&address, horizon).await?;
        if let Some(until) = self.limits.blocked_until(&sends, now) {
            let retry_after = until.since(now);
            return Err(FlowError::RateLimited { retry_after }.into());
        }
        sends.insert(0, now);
        let (code, plain) = VerificationCode::generate(
            self.entropy.as_ref(),
            &self.keys,
            CodeHolder::Session(account.session.id.clone()),
            purpose,
            &recipient,
            account.settings.verification_code_policy.ttl(),
            now,
        );
        let step = AccountStep {
            recipient,
            purpose,
            send_failed: false,
            resend_at: self.limits.blocked_until(&sends, now).unwrap_or(now),
        };
        tx.insert_send(&address, now).await?;
        tx.replace_verification_code(&code).await?;
        step.save(tx, account).await?;
        Ok(Outgoing {
            step,
            code,
            plain,
            address,
            sent_at: now,
            session_cookie: self.session_cookie,
        })
    }
}

impl AccountStep {
    pub(super) async fn save(
        &self,
        tx: &mut dyn Tx,
        account: &Account,
    ) -> Result<(), AccountError> {
        let text = serde_json::to_string(self).expect("plain structs are JSON");
        tx.put_account_step(&account.session.id, &text).await?;
        Ok(())
    }

    /// Checks a code that was asked for with this step.
    pub(super) async fn check(
        &self,
        tx: &mut dyn Tx,
        account: &Account,
        typed: Option<&str>,
        keys: &ServerKeys,
        lock_outs: LockOuts,
        now: UnixMillis,
    ) -> Result<(), AccountError> {
        let holder = CodeHolder::Session(account.session.id.clone());
        let channel = self.recipient.channel();
        let code = tx
            .verification_code(&holder, self.purpose, channel)
            .await?
            .filter(|code| code.consumed_at.is_none())
            .ok_or(FlowError::Refused(ErrorCode::VerificationCodeNotFound))?;
        if code.is_expired(now) {
            return Err(FlowError::Refused(ErrorCode::VerificationCodeExpired).into());
        }
        let attempt = Attempt {
            code: &code,
            recipient: &self.recipient,
            is_held_back: false,
            typed: typed.ok_or(FlowError::MalformedCode)?,
        };
        attempt
            .make(tx, &account.settings, keys, lock_outs, now)
            .await?;
        tx.delete_account_step(&account.session.id).await?;
        Ok(())
    }
}

impl Experience {
    /// Hands a code to the sender, outside any transaction, and records a failure.
    pub(super) async fn deliver_to_account(
        &self,
        outgoing: Outgoing,
        language: &str,
    ) -> Result<(), AccountError> {
        let message = VerificationMessage {
            recipient: outgoing.step.recipient.clone(),
            usage: match outgoing.step.purpose {
                VerificationPurpose::BindNewIdentifier => Usage::BindNewIdentifier,
                _ => Usage::UserPermissionValidation,
            },
            code: outgoing.plain,
            language: language.to_owned(),
            application: String::new(),
        };
        let Err(error) = self.sender.send(message).await else {
            return Ok(());
        };
        let now = self.clock.now();
        self.account_unit(move |tx| {
            Box::pin(async move {
                tx.delete_send(&outgoing.address, outgoing.sent_at).await?;
                let cookie = Some(outgoing.session_cookie.as_str());
                let account = super::open(tx, cookie, now).await?;
                let code = &outgoing.code;
                let newest = tx
                    .verification_code(&code.holder, code.purpose, code.channel)
                    .await?;
                if newest.is_none_or(|newest| newest.id == code.id) {
                    let step = AccountStep {
                        send_failed: true,
                        resend_at: now,
                        ..outgoing.step
                    };
                    step.save(tx, &account).await?;
                }
                Ok(())
            })
        })
        .await?;
        Err(FlowError::Send(error).into())
    }
}
