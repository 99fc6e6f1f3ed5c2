//! User name, address and number: chosen, linked after they were verified, removed.

use std::sync::Arc;

use moongate_core::{ErrorCode, Recipient, User, VerificationPurpose};

use super::code::{Again, Asking};
use super::{Account, AccountError, open_fresh};
use crate::flow::code::six_digits;
use crate::flow::identify::taken;
use crate::{Experience, FlowError, Identifier, SignInExperience, SignInIdentifier, is_username};

/// The ways in which somebody can sign in to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways(Vec<(SignInIdentifier, Factor)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    Password,
    Code,
}

impl Ways {
    /// Those that the settings leave to a user.
    pub fn of(user: &User, settings: &SignInExperience) -> Self {
        let mut ways = Vec::new();
        for method in &settings.sign_in.methods {
            let has = match method.identifier {
                SignInIdentifier::Username => user.username.is_some(),
                SignInIdentifier::Email => user.primary_email.is_some(),
                SignInIdentifier::Phone => user.primary_phone.is_some(),
            };
            if has && method.password && user.password_hash.is_some() {
                ways.push((method.identifier, Factor::Password));
            }
            if has && method.verification_code && method.identifier != SignInIdentifier::Username {
                ways.push((method.identifier, Factor::Code));
            }
        }
        Self(ways)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Experience {
    /// The owner chooses a user name.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn change_username(
        &self,
        session_cookie: &str,
        username: &str,
    ) -> Result<(), AccountError> {
        if !is_username(username) {
            return Err(FlowError::Refused(ErrorCode::GuardInvalidInput).into());
        }
        let identifier = Identifier::Username(username.to_owned());
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open_fresh(tx, &cookie, now).await?;
                if !account.settings.uses(SignInIdentifier::Username) {
                    let code = ErrorCode::UserSignInMethodNotEnabled;
                    return Err(FlowError::Refused(code).into());
                }
                set(tx, account.user, identifier, now).await
            })
        })
        .await
    }

    /// Sends a code to an address or a number that is to be linked to the account.
    ///
    /// # Errors
    /// [`AccountError`]. Whether somebody else has it shows only once it was verified.
    pub async fn link(
        &self,
        session_cookie: &str,
        recipient: Recipient,
        language: &str,
    ) -> Result<(), AccountError> {
        let asking = Asking::new(self, session_cookie);
        let cookie = session_cookie.to_owned();
        let outgoing = self
            .account_unit(move |tx| {
                Box::pin(async move {
                    let account = open_fresh(tx, &cookie, asking.now).await?;
                    ensure_may_have(&account, &recipient)?;
                    let purpose = VerificationPurpose::BindNewIdentifier;
                    asking
                        .ask(tx, &account, recipient, purpose, Again::No)
                        .await
                })
            })
            .await?;
        self.deliver_to_account(outgoing, language).await
    }

    /// The code arrived: the address or number is the account's from now on.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn finish_linking(
        &self,
        session_cookie: &str,
        typed: &str,
    ) -> Result<(), AccountError> {
        let typed = six_digits(typed);
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        let (keys, lock_outs) = (Arc::clone(&self.keys), self.limits.lock_outs);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open_fresh(tx, &cookie, now).await?;
                let purpose = VerificationPurpose::BindNewIdentifier;
                let code = account.step.code_for(purpose)?;
                code.check(tx, &account, typed.as_deref(), &keys, lock_outs, now)
                    .await?;
                set(tx, account.user, code.recipient.into(), now).await
            })
        })
        .await
    }

    /// The owner gives an identifier up.
    ///
    /// # Errors
    /// [`AccountError`]; `user.last_sign_in_method_required` if nothing else signs in to the
    /// account.
    pub async fn remove_identifier(
        &self,
        session_cookie: &str,
        kind: SignInIdentifier,
    ) -> Result<(), AccountError> {
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open_fresh(tx, &cookie, now).await?;
                let mut user = account.user;
                match kind {
                    SignInIdentifier::Username => user.username = None,
                    SignInIdentifier::Email => user.primary_email = None,
                    SignInIdentifier::Phone => user.primary_phone = None,
                }
                if Ways::of(&user, &account.settings).is_empty() {
                    let code = ErrorCode::UserLastSignInMethodRequired;
                    return Err(FlowError::Refused(code).into());
                }
                user.updated_at = now;
                tx.update_user(&user).await?;
                Ok(())
            })
        })
        .await
    }
}

/// That an address is none of those that the settings refuse.
fn ensure_may_have(account: &Account, recipient: &Recipient) -> Result<(), AccountError> {
    if let Recipient::Email(email) = recipient
        && let Some(blocked) = account.settings.email_blocklist_policy.refuses(email)
    {
        return Err(FlowError::Refused(blocked.code()).into());
    }
    Ok(())
}

async fn set(
    tx: &mut dyn moongate_core::Tx,
    mut user: User,
    identifier: Identifier,
    now: moongate_core::UnixMillis,
) -> Result<(), AccountError> {
    let owner = identifier.owner(&mut *tx).await?;
    if owner.is_some_and(|owner| owner.id != user.id) {
        return Err(FlowError::Refused(taken(identifier.kind())).into());
    }
    match identifier {
        Identifier::Username(name) => user.username = Some(name),
        Identifier::Email(email) => user.primary_email = Some(email.as_str().to_owned()),
        Identifier::Phone(phone) => user.primary_phone = Some(phone),
    }
    user.updated_at = now;
    tx.update_user(&user).await?;
    Ok(())
}
