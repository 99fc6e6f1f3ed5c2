//! A code is entered: somebody signs in, or registers.

use moongate_core::{
    ApplicationId, Authentication, CODE_DIGITS, Entropy, Interaction, InteractionState,
    MAX_ATTEMPTS, Phone, RESUME_GRACE, SESSION_TTL, ServerKeys, Session, SessionId, StoreError, Tx,
    UnixMillis, User, UserId, VerificationPurpose, end_session, token_hash,
};
use std::sync::Arc;
use thiserror::Error;

use crate::interactions::open;
use crate::{Experience, InteractionRef, OpenError, SignInExperience};

/// Characters that a paste may have: a whole message and some.
const LONGEST_PASTE: usize = 200;

/// Somebody signed in: go on to the application.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The value of the new session cookie; `None` if the browser has the right one already.
    pub session_cookie: Option<String>,
}

/// Why nobody signed in.
#[derive(Debug, Error)]
pub enum VerifyCodeError {
    /// Unknown, expired, or another browser's.
    #[error("there is no such interaction in this browser")]
    InteractionNotFound,
    /// No number has been given in this interaction.
    #[error("no number has been given")]
    NoNumber,
    /// Not six digits; no try is spent.
    #[error("a code has six digits")]
    Malformed,
    /// Not the code.
    #[error("wrong code")]
    Mismatch,
    /// The ten minutes are over.
    #[error("the code has expired")]
    Expired,
    /// The ten tries are spent.
    #[error("too many wrong codes")]
    ExceedMaxTry,
    /// No code was sent, or it has been used.
    #[error("there is no code to check")]
    NotFound,
    /// The number has an account, and signing in is switched off.
    #[error("the number is taken")]
    PhoneInUse,
    /// An administrator has barred the account.
    #[error("the account is suspended")]
    Suspended,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OpenError> for VerifyCodeError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound => Self::InteractionNotFound,
            OpenError::Store(error) => Self::Store(error),
        }
    }
}

impl Experience {
    /// Checks a code as a person typed it. The right one signs its owner in, making an account if
    /// the number is new and the settings allow it. `session_cookie` is the browser's present
    /// session, which the new one replaces.
    ///
    /// # Errors
    /// [`VerifyCodeError`]. A wrong try is counted, durably, before the error is returned.
    pub async fn verify_code(
        &self,
        reference: InteractionRef,
        typed: &str,
        session_cookie: Option<&str>,
    ) -> Result<SignedIn, VerifyCodeError> {
        let now = self.clock.now();
        let (session, cookie) = Session::start(
            self.entropy.as_ref(),
            UserId::generate(self.entropy.as_ref()),
            vec!["otp".into(), "sms".into()],
            now,
        );
        let unit = Verification {
            reference,
            code: six_digits(typed),
            keys: Arc::clone(&self.keys),
            entropy: Arc::clone(&self.entropy),
            session,
            present_session: session_cookie.map(token_hash),
            now,
        };
        // The inner result is an answer, the outer one a failure: a refusal commits.
        let verified: Result<Verified, VerifyCodeError> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    match unit.verify(tx).await {
                        Err(VerifyCodeError::Store(error)) => Err(error),
                        answer => Ok(answer),
                    }
                })
            })
            .await
            .map_err(VerifyCodeError::Store)?;
        Ok(SignedIn {
            session_cookie: match verified? {
                Verified::Now => Some(cookie),
                Verified::Before => None,
            },
        })
    }
}

enum Verified {
    Now,
    /// A double click: the first one signed in.
    Before,
}

/// The unit of work that checks a code and signs its owner in.
struct Verification {
    reference: InteractionRef,
    code: Option<String>,
    keys: Arc<ServerKeys>,
    entropy: Arc<dyn Entropy>,
    /// The session to come; its user is a fresh identifier, used if the number is new.
    session: Session,
    present_session: Option<[u8; 32]>,
    now: UnixMillis,
}

impl Verification {
    async fn verify(mut self, tx: &mut dyn Tx) -> Result<Verified, VerifyCodeError> {
        let now = self.now;
        let interaction = open(tx, &self.reference, now).await?;
        let phone = match &interaction.state {
            InteractionState::Started {
                target: Some(target),
            } => target.phone.clone(),
            InteractionState::Started { target: None } => return Err(VerifyCodeError::NoNumber),
            InteractionState::Authenticated(authentication) => {
                let authentication = authentication.clone();
                return self.again(tx, interaction, authentication).await;
            }
            // Whoever got so far has the cookie, or is somebody else.
            InteractionState::Consented(_) | InteractionState::Finished { .. } => {
                return Ok(Verified::Before);
            }
            InteractionState::Cancelled => return Err(VerifyCodeError::InteractionNotFound),
        };
        self.check_code(tx, &phone).await?;
        let settings = SignInExperience::load(&mut *tx).await?;
        let user = self
            .owner(tx, &settings, phone, &interaction.application_id)
            .await?;
        self.session.user_id = user.id.clone();
        self.replace_session(tx).await?;
        let authentication = Authentication {
            session_id: self.session.id.clone(),
            user_id: user.id,
        };
        let interaction = interaction
            .authenticated(authentication, now)
            .map_err(|_| VerifyCodeError::InteractionNotFound)?;
        tx.update_interaction(&interaction).await?;
        Ok(Verified::Now)
    }

    /// The same code, sent again: the browser forgot the answer to the first click, cookie
    /// included. For a minute, and until the application is answered, the right code moves the
    /// session to a new cookie, if it has not been signed out; otherwise nothing is given.
    async fn again(
        &mut self,
        tx: &mut dyn Tx,
        interaction: Interaction,
        authentication: Authentication,
    ) -> Result<Verified, VerifyCodeError> {
        let Some(old) = tx.session(&authentication.session_id).await? else {
            return Ok(Verified::Before);
        };
        if self.present_session == Some(old.cookie_hash) || !self.was_right(tx, &old).await? {
            return Ok(Verified::Before);
        }
        self.session.user_id = old.user_id.clone();
        self.session.auth_time = old.auth_time;
        self.session.expires_at = old.expires_at;
        tx.insert_session(&self.session).await?;
        tx.move_session(&old.id, &self.session.id).await?;
        tx.delete_session(&old.id).await?;
        let moved = interaction.moved_to(self.session.id.clone());
        tx.update_interaction(&moved).await?;
        Ok(Verified::Now)
    }

    /// Whether the code is the one that made `session` a moment ago.
    async fn was_right(&self, tx: &mut dyn Tx, session: &Session) -> Result<bool, StoreError> {
        let code = tx
            .verification_code(&self.reference.id, VerificationPurpose::SignIn)
            .await?;
        let user = tx.user(&session.user_id).await?;
        let (Some(code), Some(typed), Some(user)) = (code, self.code.as_deref(), user) else {
            return Ok(false);
        };
        if tx.count_attempt(&code.id, MAX_ATTEMPTS).await?.is_none() {
            return Ok(false);
        }
        let is_recent = code
            .consumed_at
            .is_some_and(|consumed_at| self.now.since(consumed_at) <= RESUME_GRACE);
        let matches = user
            .primary_phone
            .is_some_and(|phone| code.matches(&self.keys, &phone, typed));
        Ok(is_recent && matches && !user.is_suspended)
    }

    /// In Logto's order: not found, expired, too many tries, wrong.
    async fn check_code(&self, tx: &mut dyn Tx, phone: &Phone) -> Result<(), VerifyCodeError> {
        let code = tx
            .verification_code(&self.reference.id, VerificationPurpose::SignIn)
            .await?
            .filter(|code| code.consumed_at.is_none())
            .ok_or(VerifyCodeError::NotFound)?;
        if code.is_expired(self.now) {
            return Err(VerifyCodeError::Expired);
        }
        let typed = self.code.as_deref().ok_or(VerifyCodeError::Malformed)?;
        if tx.count_attempt(&code.id, MAX_ATTEMPTS).await?.is_none() {
            return Err(VerifyCodeError::ExceedMaxTry);
        }
        if !code.matches(&self.keys, phone, typed) {
            return Err(VerifyCodeError::Mismatch);
        }
        if !tx.consume_verification_code(&code.id, self.now).await? {
            return Err(VerifyCodeError::NotFound);
        }
        Ok(())
    }

    /// The account of a number that was just proved to be this person's.
    async fn owner(
        &self,
        tx: &mut dyn Tx,
        settings: &SignInExperience,
        phone: Phone,
        application_id: &ApplicationId,
    ) -> Result<User, VerifyCodeError> {
        let mut known = tx.user_by_phone(&phone).await?;
        if known.is_none() {
            if !settings.sign_in_mode.allows_register() {
                // Nothing was ever sent, so this was a guess: answer as to any other.
                return Err(VerifyCodeError::Mismatch);
            }
            let id = self.session.user_id.clone();
            let fresh = User::with_phone(id, phone.clone(), application_id.clone(), self.now);
            if tx.insert_user(&fresh).await? {
                tx.add_default_roles_to_user(&fresh.id).await?;
                return Ok(fresh);
            }
            // Somebody registered the number in this very moment.
            known = tx.user_by_phone(&phone).await?;
        }
        let user = known.ok_or(VerifyCodeError::NotFound)?;
        if user.is_suspended {
            return Err(VerifyCodeError::Suspended);
        }
        if !settings.sign_in_mode.allows_sign_in() {
            return Err(VerifyCodeError::PhoneInUse);
        }
        let user = user.signed_in(self.now);
        tx.update_user(&user).await?;
        Ok(user)
    }

    /// A new identifier at every sign-in; the browser's old session dies. What applications know
    /// of it moves along if it is the same person's, and ends if it is another's.
    async fn replace_session(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        self.session.expires_at = self.now.plus(SESSION_TTL);
        tx.insert_session(&self.session).await?;
        let Some(hash) = self.present_session else {
            return Ok(());
        };
        let Some(old) = tx.session_by_cookie(&hash).await? else {
            return Ok(());
        };
        if old.user_id == self.session.user_id {
            let new: &SessionId = &self.session.id;
            tx.move_session(&old.id, new).await?;
            tx.delete_session(&old.id).await?;
        } else {
            end_session(tx, self.entropy.as_ref(), &old, self.now).await?;
        }
        Ok(())
    }
}

/// Six digits, however they were typed or pasted: full-width digits, spaces and dashes are fine,
/// and so is the whole message, if it holds one run of six digits.
fn six_digits(typed: &str) -> Option<String> {
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
