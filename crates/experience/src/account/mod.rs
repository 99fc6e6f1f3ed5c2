//! What people do with their own account, in a browser that is signed in.
//!
//! Whatever decides who gets in (identifiers, the password) needs a fresh proof of who is there:
//! a sign-in or a step-up within the last ten minutes. The JSON Account API and second factors come
//! later; they have their place beside this.

mod code;
mod identifiers;
mod password;
mod profile;
mod sessions;
pub(crate) mod step_up;

use std::time::Duration;

use moongate_core::{
    BoxFuture, ErrorCode, Reader, Recipient, Session, Tx, UnixMillis, User, VerificationPurpose,
    token_hash,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use identifiers::Ways;
pub use sessions::AccountSession;
pub use step_up::SteppedUp;

use crate::{Experience, FlowError, SignInExperience, SignInIdentifier};

/// How long a proof of who is there counts as fresh.
pub const FRESH_FOR: Duration = Duration::from_mins(10);

/// An account, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose it is.
    pub user: User,
    /// The browser's session.
    pub session: Session,
    /// The settings.
    pub settings: SignInExperience,
    /// Whether the proof of who is there is fresh.
    pub is_fresh: bool,
    /// What is going on.
    pub step: AccountStep,
}

/// What somebody is in the middle of on their account pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountStep {
    /// What is to be changed once who is there has been proved.
    pub wanted: Option<WantedChange>,
    /// When that was.
    pub wanted_at: Option<UnixMillis>,
    /// A code that was asked for and is still to be entered.
    pub code: Option<AccountCode>,
}

impl AccountStep {
    /// What is left of it at `now`. A removal follows the proof without another question, so one
    /// that was wanted long before is forgotten.
    fn at(mut self, now: UnixMillis) -> Self {
        let is_removal = matches!(self.wanted, Some(WantedChange::Remove(_)));
        let is_recent = self.wanted_at.is_some_and(|at| now.since(at) <= FRESH_FOR);
        if is_removal && !is_recent {
            self.wanted = None;
        }
        self
    }
}

/// A change that needs a fresh proof of who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WantedChange {
    /// Another identifier.
    Identifier(SignInIdentifier),
    /// An identifier is given up.
    Remove(SignInIdentifier),
    /// Another password.
    Password,
}

/// A code that was asked for on an account page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCode {
    /// Where it went.
    pub recipient: Recipient,
    /// What it proves.
    pub purpose: VerificationPurpose,
    /// Whether the last message could not be sent.
    pub send_failed: bool,
    /// When the next message may be sent.
    pub resend_at: UnixMillis,
}

/// Why something is not done on an account page.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Nobody is signed in in this browser.
    #[error("nobody is signed in in this browser")]
    NotSignedIn,
    /// Who is there has to be proved anew.
    #[error("who is there has to be proved anew")]
    StepUpNeeded,
    /// As in a flow.
    #[error(transparent)]
    Flow(FlowError),
}

impl<E: Into<FlowError>> From<E> for AccountError {
    fn from(error: E) -> Self {
        Self::Flow(error.into())
    }
}

impl AccountError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotSignedIn => ErrorCode::AuthUnauthorized,
            Self::StepUpNeeded => ErrorCode::VerificationRecordPermissionDenied,
            Self::Flow(error) => error.code(),
        }
    }
}

impl Experience {
    /// The account that a browser is signed in to.
    ///
    /// # Errors
    /// [`AccountError::NotSignedIn`]; the store's.
    pub async fn account(&self, session_cookie: Option<&str>) -> Result<Account, AccountError> {
        let mut reader = self.store.read().await?;
        open(reader.as_mut(), session_cookie, self.clock.now()).await
    }
}

/// The account that a browser is signed in to. In a unit, its row stays locked.
async fn open(
    reader: &mut dyn Reader,
    session_cookie: Option<&str>,
    now: UnixMillis,
) -> Result<Account, AccountError> {
    let session = match session_cookie.map(token_hash) {
        Some(hash) => reader.session_by_cookie(&hash).await?,
        None => None,
    };
    let session = session
        .filter(|session| !session.is_expired(now))
        .ok_or(AccountError::NotSignedIn)?;
    let user = reader.user(&session.user_id).await?;
    let user = user
        .filter(|user| !user.is_suspended)
        .ok_or(AccountError::NotSignedIn)?;
    // Whoever had the user locked until now may have ended the session.
    let session = reader.session(&session.id).await?;
    let session = session
        .filter(|session| session.user_id == user.id)
        .ok_or(AccountError::NotSignedIn)?;
    // What an earlier version wrote is begun anew.
    let step = reader.account_step(&session.id).await?;
    let step: Option<AccountStep> = step.and_then(|text| serde_json::from_str(&text).ok());
    let step = step.unwrap_or_default().at(now);
    let settings = SignInExperience::load(reader).await?;
    Ok(Account {
        is_fresh: now.since(session.auth_time) <= FRESH_FOR,
        user,
        session,
        settings,
        step,
    })
}

/// As [`open`], for what needs a fresh proof.
async fn open_fresh(
    tx: &mut dyn Tx,
    session_cookie: &str,
    now: UnixMillis,
) -> Result<Account, AccountError> {
    let account = open(tx, Some(session_cookie), now).await?;
    if account.is_fresh {
        Ok(account)
    } else {
        Err(AccountError::StepUpNeeded)
    }
}

impl Experience {
    /// Runs one unit on the account of a browser. A refusal commits what was counted until then;
    /// only a failure of the store undoes it.
    async fn account_unit<T, F>(&self, unit: F) -> Result<T, AccountError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, AccountError>>
            + Send
            + 'static,
    {
        let outcome: Result<Result<T, AccountError>, AccountError> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    match unit(tx).await {
                        Err(AccountError::Flow(FlowError::Store(error))) => Err(error.into()),
                        outcome => Ok(outcome),
                    }
                })
            })
            .await;
        outcome
            .and_then(|outcome| outcome)
            .map_err(|error| match error {
                AccountError::Flow(error) => AccountError::Flow(error.foreseen()),
                error => error,
            })
    }
}
