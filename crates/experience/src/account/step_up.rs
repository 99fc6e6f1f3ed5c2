//! Who is there is proved anew. A new session identifier comes of it (OWASP ASVS 5, 7.2.4).

use std::sync::Arc;

use moongate_core::{
    Channel, EmailAddress, ErrorCode, Recipient, Secret, Session, Tx, UnixMillis, User,
    VerificationPurpose,
};

use super::code::{Again, Asking};
use super::{Account, AccountError, AccountStep, WantedChange, open};
use crate::flow::code::six_digits;
use crate::{Experience, FlowError, Identifier};

/// Who is there was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SteppedUp {
    /// The value of the new session cookie; the old one is void.
    pub session_cookie: String,
    /// What is to be changed now.
    pub wanted: Option<WantedChange>,
}

/// By what somebody can prove who is there.
pub(super) fn recipient(user: &User, channel: Channel) -> Option<Recipient> {
    match channel {
        Channel::Sms => user.primary_phone.clone().map(Recipient::Phone),
        Channel::Email => {
            let email = user.primary_email.clone()?;
            Some(Recipient::Email(EmailAddress::from_stored(email)))
        }
    }
}

/// An identifier of the account, under which wrong passwords are counted.
pub(crate) fn identifier(user: &User) -> Option<Identifier> {
    let username = user.username.clone().map(Identifier::Username);
    username
        .or_else(|| recipient(user, Channel::Email).map(Identifier::from))
        .or_else(|| recipient(user, Channel::Sms).map(Identifier::from))
}

impl Experience {
    /// Notes what is to be changed once who is there has been proved.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn want(
        &self,
        session_cookie: &str,
        wanted: WantedChange,
    ) -> Result<(), AccountError> {
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                let proves = VerificationPurpose::UserPermissionValidation;
                let step = AccountStep {
                    wanted: Some(wanted),
                    wanted_at: Some(now),
                    // A code that is on its way still proves who is there.
                    code: account.step.code_for(proves).ok(),
                };
                step.save(tx, &account).await
            })
        })
        .await
    }

    /// The password proves it.
    ///
    /// # Errors
    /// [`AccountError`]. A failure is counted, durably, before the password is looked at.
    pub async fn step_up_by_password(
        &self,
        session_cookie: &str,
        password: Secret,
    ) -> Result<SteppedUp, AccountError> {
        let account = self.account(Some(session_cookie)).await?;
        let identifier = identifier(&account.user)
            .ok_or(FlowError::Refused(ErrorCode::SessionInvalidCredentials))?;
        let right = self.check_outside(&identifier, &password).await?;
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        let entropy = Arc::clone(&self.entropy);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                if account.user.id != right.user_id {
                    return Err(FlowError::Refused(ErrorCode::SessionInvalidCredentials).into());
                }
                right.still(Some(account.user.clone()))?;
                renew(tx, entropy.as_ref(), &account, &["pwd"], now).await
            })
        })
        .await
    }

    /// Sends a code to the account's own number or address.
    ///
    /// # Errors
    /// [`AccountError`]; `session.identifier_not_found` if it has none.
    pub async fn step_up_send_code(
        &self,
        session_cookie: &str,
        channel: Channel,
        language: &str,
    ) -> Result<(), AccountError> {
        let asking = Asking::new(self, session_cookie);
        let cookie = session_cookie.to_owned();
        let outgoing = self
            .account_unit(move |tx| {
                Box::pin(async move {
                    let account = open(tx, Some(&cookie), asking.now).await?;
                    let recipient = recipient(&account.user, channel)
                        .ok_or(FlowError::Refused(ErrorCode::SessionIdentifierNotFound))?;
                    let purpose = VerificationPurpose::UserPermissionValidation;
                    asking
                        .ask(tx, &account, recipient, purpose, Again::No)
                        .await
                })
            })
            .await?;
        self.deliver_to_account(outgoing, language).await
    }

    /// The code proves it.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn step_up_by_code(
        &self,
        session_cookie: &str,
        typed: &str,
    ) -> Result<SteppedUp, AccountError> {
        let typed = six_digits(typed);
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        let (keys, lock_outs) = (Arc::clone(&self.keys), self.limits.lock_outs);
        let entropy = Arc::clone(&self.entropy);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                let purpose = VerificationPurpose::UserPermissionValidation;
                let code = account.step.code_for(purpose)?;
                code.check(tx, &account, typed.as_deref(), &keys, lock_outs, now)
                    .await?;
                let own = recipient(&account.user, code.recipient.channel());
                if own.as_ref() != Some(&code.recipient) {
                    // It was the account's when the code was sent, and is no more.
                    return Err(FlowError::Refused(ErrorCode::VerificationCodeNotFound).into());
                }
                let amr: &[&str] = match code.recipient {
                    Recipient::Phone(_) => &["otp", "sms"],
                    Recipient::Email(_) => &["otp"],
                };
                renew(tx, entropy.as_ref(), &account, amr, now).await
            })
        })
        .await
    }
}

/// The session under a new identifier, with a fresh proof; the step is over.
async fn renew(
    tx: &mut dyn Tx,
    entropy: &dyn moongate_core::Entropy,
    account: &Account,
    amr: &[&str],
    now: UnixMillis,
) -> Result<SteppedUp, AccountError> {
    let old = &account.session;
    let mut methods = old.amr.clone();
    for method in amr {
        if !methods.iter().any(|known| known == method) {
            methods.push((*method).to_owned());
        }
    }
    let (mut session, cookie) = Session::start(entropy, old.user_id.clone(), methods, now);
    session.created_at = old.created_at;
    session.expires_at = old.expires_at;
    session.user_agent.clone_from(&old.user_agent);
    tx.insert_session(&session).await?;
    tx.move_session(&old.id, &session.id).await?;
    tx.delete_session(&old.id).await?;
    Ok(SteppedUp {
        session_cookie: cookie,
        wanted: account.step.wanted,
    })
}
