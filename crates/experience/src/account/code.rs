//! Codes on account pages: they belong to the browser's session.

use std::sync::Arc;

use moongate_core::{
    CodeHolder, ErrorCode, Mac, Recipient, Secret, ServerKeys, Tx, UnixMillis, Usage,
    VerificationCode, VerificationMessage, VerificationPurpose,
};

use super::{Account, AccountCode, AccountError, AccountStep};
use crate::flow::budget::{Budget, has_live_code};
use crate::flow::code::{Attempt, code_to_check};
use crate::flow::send::is_refunded;
use crate::{Experience, FlowError, LockOuts, SendLimits};

/// A code that is to go out.
pub(super) struct Outgoing {
    pending: AccountCode,
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

    /// Checks the limits, records the send, and keeps the code. Gives nothing to send to a second
    /// click: the first one has sent it.
    pub(super) async fn ask(
        self,
        tx: &mut dyn Tx,
        account: &Account,
        recipient: Recipient,
        purpose: VerificationPurpose,
        again: Again,
    ) -> Result<Option<Outgoing>, AccountError> {
        let now = self.now;
        let holder = holder(account);
        let budget = Budget::of(&recipient, &self.limits, tx, &self.keys, now).await?;
        if let Some(refusal) = budget.refusal() {
            let is_out = again == Again::No
                && account.step.code.as_ref().is_some_and(|code| {
                    code.recipient == recipient && code.purpose == purpose && !code.send_failed
                })
                && has_live_code(tx, &holder, purpose, &recipient, now).await?;
            if is_out {
                return Ok(None);
            }
            return Err(refusal.into());
        }
        let (code, plain) = VerificationCode::generate(
            self.entropy.as_ref(),
            &self.keys,
            holder,
            purpose,
            &recipient,
            account.settings.verification_code_policy.ttl(),
            now,
        );
        let (address, resend_at) = budget.spend(tx).await?;
        let pending = AccountCode {
            recipient,
            purpose,
            send_failed: false,
            resend_at,
        };
        tx.replace_verification_code(&code).await?;
        let step = AccountStep {
            code: Some(pending.clone()),
            ..account.step.clone()
        };
        step.save(tx, account).await?;
        Ok(Some(Outgoing {
            pending,
            code,
            plain,
            address,
            sent_at: now,
            session_cookie: self.session_cookie,
        }))
    }
}

/// Whether a message is asked for although one went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Yes,
    No,
}

/// What codes of an account page belong to.
fn holder(account: &Account) -> CodeHolder {
    CodeHolder::Session(account.session.id.clone())
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

    /// The code that was asked for with that purpose.
    pub(super) fn code_for(&self, purpose: VerificationPurpose) -> Result<AccountCode, FlowError> {
        let code = self.code.clone().filter(|code| code.purpose == purpose);
        code.ok_or(FlowError::Refused(ErrorCode::VerificationCodeNotFound))
    }
}

impl AccountCode {
    /// Checks what was typed for it. The step is over if it is right.
    pub(super) async fn check(
        &self,
        tx: &mut dyn Tx,
        account: &Account,
        typed: Option<&str>,
        keys: &ServerKeys,
        lock_outs: LockOuts,
        now: UnixMillis,
    ) -> Result<(), AccountError> {
        let code = code_to_check(tx, &holder(account), self.purpose, &self.recipient, now).await?;
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
    /// Sends another code in place of the one that was asked for last.
    ///
    /// # Errors
    /// [`AccountError`]; `verification_code.not_found` if none was asked for.
    pub async fn resend_account_code(
        &self,
        session_cookie: &str,
        language: &str,
    ) -> Result<(), AccountError> {
        let asking = Asking::new(self, session_cookie);
        let cookie = session_cookie.to_owned();
        let outgoing = self
            .account_unit(move |tx| {
                Box::pin(async move {
                    let account = super::open(tx, Some(&cookie), asking.now).await?;
                    let code = account.step.code.clone();
                    let code =
                        code.ok_or(FlowError::Refused(ErrorCode::VerificationCodeNotFound))?;
                    let links = code.purpose == VerificationPurpose::BindNewIdentifier;
                    if links && !account.is_fresh {
                        return Err(AccountError::StepUpNeeded);
                    }
                    asking
                        .ask(tx, &account, code.recipient, code.purpose, Again::Yes)
                        .await
                })
            })
            .await?;
        self.deliver_to_account(outgoing, language).await
    }

    /// Hands a code to the sender, outside any transaction, and records a failure.
    pub(super) async fn deliver_to_account(
        &self,
        outgoing: Option<Outgoing>,
        language: &str,
    ) -> Result<(), AccountError> {
        let Some(outgoing) = outgoing else {
            return Ok(());
        };
        let message = VerificationMessage {
            recipient: outgoing.pending.recipient.clone(),
            usage: match outgoing.pending.purpose {
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
        let may_try_at_once = is_refunded(error);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let cookie = Some(outgoing.session_cookie.as_str());
                let account = super::open(tx, cookie, now).await;
                if may_try_at_once {
                    tx.delete_send(&outgoing.address, outgoing.sent_at).await?;
                }
                let account = account?;
                let code = &outgoing.code;
                let newest = tx
                    .verification_code(&code.holder, code.purpose, code.channel)
                    .await?;
                if newest.is_none_or(|newest| newest.id == code.id) {
                    let step = AccountStep {
                        code: Some(AccountCode {
                            send_failed: true,
                            resend_at: if may_try_at_once {
                                now
                            } else {
                                outgoing.pending.resend_at
                            },
                            ..outgoing.pending
                        }),
                        ..account.step.clone()
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
