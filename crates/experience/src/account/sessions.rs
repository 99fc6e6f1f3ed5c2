//! Where the owner is signed in.

use std::sync::Arc;

use moongate_core::{Entropy, ErrorCode, Session, SessionId, Tx, UnixMillis, end_session};

use super::{AccountError, open};
use crate::{Experience, FlowError};

/// A browser in which the owner is signed in.
#[derive(Debug, Clone)]
pub struct AccountSession {
    /// The session.
    pub session: Session,
    /// The names of the applications that know it.
    pub applications: Vec<String>,
    /// Whether it is this browser's.
    pub is_present: bool,
}

impl Experience {
    /// Where the owner is signed in, this browser first, then the newest.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn account_sessions(
        &self,
        session_cookie: &str,
    ) -> Result<Vec<AccountSession>, AccountError> {
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let account = open(reader.as_mut(), Some(session_cookie), now).await?;
        let mut sessions = Vec::new();
        for session in reader.sessions_of_user(&account.user.id, now).await? {
            let mut applications = Vec::new();
            for (id, _) in reader.sids_of_session(&session.id).await? {
                let application = reader.application(&id).await?;
                applications.extend(application.map(|it| it.name));
            }
            sessions.push(AccountSession {
                is_present: session.id == account.session.id,
                session,
                applications,
            });
        }
        sessions.sort_by_key(|it| !it.is_present);
        Ok(sessions)
    }

    /// Signs out one browser; gives whether it was this one.
    ///
    /// # Errors
    /// [`AccountError`]; `oidc.session_not_found` if the owner has no such session.
    pub async fn end_account_session(
        &self,
        session_cookie: &str,
        id: SessionId,
    ) -> Result<bool, AccountError> {
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        let entropy = Arc::clone(&self.entropy);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                let session = tx.session(&id).await?;
                let session = session
                    .filter(|session| session.user_id == account.user.id)
                    .ok_or(FlowError::Refused(ErrorCode::OidcSessionNotFound))?;
                end_session(tx, entropy.as_ref(), &session, now).await?;
                Ok(id == account.session.id)
            })
        })
        .await
    }

    /// Signs out every other browser, and every application that stayed signed in without one.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn end_other_sessions(&self, session_cookie: &str) -> Result<(), AccountError> {
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        let entropy = Arc::clone(&self.entropy);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                end_elsewhere(tx, entropy.as_ref(), &account.session, now).await
            })
        })
        .await
    }

    /// Signs out this browser.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn sign_out(&self, session_cookie: &str) -> Result<(), AccountError> {
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        let entropy = Arc::clone(&self.entropy);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                end_session(tx, entropy.as_ref(), &account.session, now).await?;
                Ok(())
            })
        })
        .await
    }
}

/// Ends what a user has beside this session: the other sessions, and grants that belong to none or
/// outlived theirs.
pub(super) async fn end_elsewhere(
    tx: &mut dyn Tx,
    entropy: &dyn Entropy,
    present: &Session,
    now: UnixMillis,
) -> Result<(), AccountError> {
    for session in tx.sessions_of_user(&present.user_id, now).await? {
        if session.id != present.id {
            end_session(tx, entropy, &session, now).await?;
        }
    }
    for grant in tx.grants_of_user(&present.user_id, now).await? {
        if grant.session_id.as_ref() != Some(&present.id) {
            tx.revoke_grant(&grant.id, now).await?;
        }
    }
    Ok(())
}
