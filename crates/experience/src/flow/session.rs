//! Somebody signed in: the browser's session.

use std::sync::Arc;

use moongate_core::{
    Authentication, Channel, CodeHolder, Entropy, ErrorCode, InteractionState, MAX_ATTEMPTS,
    RESUME_GRACE, Recipient, SESSION_TTL, ServerKeys, Session, StoreError, Tx, UnixMillis, User,
    UserId, VerificationPurpose, end_session, token_hash,
};

use super::error::FlowError;
use super::work::Work;
use crate::interactions::open;
use crate::{Experience, InteractionRef};

/// The browser that somebody signs in with.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The value of its present session cookie, whose session the new one replaces.
    pub session_cookie: Option<String>,
    /// What it says of itself.
    pub user_agent: Option<String>,
}

/// Somebody signed in: go on to the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The value of the new session cookie; `None` if the browser has the right one already.
    pub session_cookie: Option<String>,
}

impl Work<'_> {
    /// Signs the user in: a session in place of the browser's present one.
    pub(crate) async fn sign_in(
        &mut self,
        user: User,
        browser: &Browser,
    ) -> Result<SignedIn, FlowError> {
        let (session, cookie) = Session::start(
            self.entropy.as_ref(),
            user.id.clone(),
            self.flow.amr(),
            self.now,
        );
        let mut session = session.in_browser(browser.user_agent.as_deref());
        // Who waited between the proof and the end did not prove it again.
        session.auth_time = self.flow.proved_at().unwrap_or(self.now);
        self.tx.update_user(&user.signed_in(self.now)).await?;
        let present = browser.session_cookie.as_deref().map(token_hash);
        replace_session(self.tx, self.entropy.as_ref(), &session, present, self.now).await?;
        let authentication = Authentication {
            session_id: session.id,
            user_id: session.user_id,
        };
        self.interaction = self
            .interaction
            .clone()
            .authenticated(authentication, self.now)?;
        Ok(SignedIn {
            session_cookie: Some(cookie),
        })
    }
}

/// A new identifier at every sign-in; the browser's old session dies. What applications know of it
/// moves along if it is the same person's, and ends if it is another's.
pub(crate) async fn replace_session(
    tx: &mut dyn Tx,
    entropy: &dyn Entropy,
    session: &Session,
    present: Option<[u8; 32]>,
    now: UnixMillis,
) -> Result<(), StoreError> {
    tx.insert_session(session).await?;
    let Some(hash) = present else {
        return Ok(());
    };
    let Some(old) = tx.session_by_cookie(&hash).await? else {
        return Ok(());
    };
    if old.user_id == session.user_id {
        tx.move_session(&old.id, &session.id).await?;
        tx.delete_session(&old.id).await?;
    } else {
        end_session(tx, entropy, &old, now).await?;
    }
    Ok(())
}

/// What the second click of a double click proves again.
pub(crate) enum ProvedAgain {
    /// The code that was entered.
    Code(Option<String>),
    /// The password was right, for this user.
    Password(UserId),
}

impl Experience {
    /// The same proof, sent again: the browser forgot the answer to the first click, cookie
    /// included. For a minute, and until the application is answered, the right proof moves the
    /// session to a new cookie, if it has not been signed out; otherwise nothing is given.
    pub(crate) async fn again(
        &self,
        reference: InteractionRef,
        proof: ProvedAgain,
        browser: Browser,
    ) -> Result<SignedIn, FlowError> {
        let now = self.clock.now();
        let unit = Again {
            keys: Arc::clone(&self.keys),
            entropy: Arc::clone(&self.entropy),
            reference,
            proof,
            browser,
            now,
        };
        let session_cookie = self
            .store
            .write(move |tx| Box::pin(async move { unit.run(tx).await }))
            .await?;
        Ok(SignedIn { session_cookie })
    }
}

struct Again {
    keys: Arc<ServerKeys>,
    entropy: Arc<dyn Entropy>,
    reference: InteractionRef,
    proof: ProvedAgain,
    browser: Browser,
    now: UnixMillis,
}

impl Again {
    async fn run(self, tx: &mut dyn Tx) -> Result<Option<String>, FlowError> {
        let interaction = open(tx, &self.reference, self.now).await?;
        let authentication = match &interaction.state {
            InteractionState::Authenticated(authentication) => authentication.clone(),
            InteractionState::Cancelled => return Err(FlowError::InteractionNotFound),
            InteractionState::Started { .. } => {
                return Err(ErrorCode::VerificationCodeNotFound.into());
            }
            // Whoever got so far has the cookie, or is somebody else.
            InteractionState::Consented(_) | InteractionState::Finished { .. } => return Ok(None),
        };
        // The user is locked before the session.
        let user = tx.user(&authentication.user_id).await?;
        let Some(user) = user.filter(|user| !user.is_suspended) else {
            return Ok(None);
        };
        let Some(old) = tx.session(&authentication.session_id).await? else {
            return Ok(None);
        };
        let present = self.browser.session_cookie.as_deref().map(token_hash);
        if present == Some(old.cookie_hash) || !self.was_right(tx, user, &old).await? {
            return Ok(None);
        }
        let (mut session, cookie) = Session::start(
            self.entropy.as_ref(),
            old.user_id.clone(),
            old.amr.clone(),
            old.auth_time,
        );
        session.expires_at = old.auth_time.plus(SESSION_TTL);
        session.user_agent.clone_from(&old.user_agent);
        tx.insert_session(&session).await?;
        tx.move_session(&old.id, &session.id).await?;
        tx.delete_session(&old.id).await?;
        tx.update_interaction(&interaction.moved_to(session.id))
            .await?;
        Ok(Some(cookie))
    }

    /// Whether the proof is the one that made `session` a moment ago.
    async fn was_right(
        &self,
        tx: &mut dyn Tx,
        user: User,
        session: &Session,
    ) -> Result<bool, StoreError> {
        let is_recent = self.now.since(session.created_at) <= RESUME_GRACE;
        match &self.proof {
            ProvedAgain::Password(id) => Ok(is_recent && *id == session.user_id),
            ProvedAgain::Code(None) => Ok(false),
            ProvedAgain::Code(Some(typed)) => {
                let phone = user.primary_phone.map(Recipient::Phone);
                let email = user
                    .primary_email
                    .map(moongate_core::EmailAddress::from_stored);
                let email = email.map(Recipient::Email);
                for recipient in [phone, email].into_iter().flatten() {
                    if self.matches(tx, &recipient, typed).await? {
                        return Ok(is_recent);
                    }
                }
                Ok(false)
            }
        }
    }

    async fn matches(
        &self,
        tx: &mut dyn Tx,
        recipient: &Recipient,
        typed: &str,
    ) -> Result<bool, StoreError> {
        let holder = CodeHolder::Interaction(self.reference.id.clone());
        let channel: Channel = recipient.channel();
        let code = tx
            .verification_code(&holder, VerificationPurpose::SignIn, channel)
            .await?;
        let Some(code) = code.filter(|code| code.consumed_at.is_some()) else {
            return Ok(false);
        };
        let is_counted = tx.count_attempt(&code.id, MAX_ATTEMPTS).await?.is_some();
        Ok(is_counted && code.matches(&self.keys, recipient, typed))
    }
}
