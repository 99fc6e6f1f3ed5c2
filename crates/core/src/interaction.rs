//! One attempt to sign in: what the application asked for, and who signed in.
//!
//! The provider and the sign-in experience do not know each other; they meet here.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::{
    ApplicationId, AuthorizationRequest, Entropy, InteractionId, SessionId, UnixMillis, UserId,
    token_hash,
};

/// How long a person has from the authorization request to the answer: one hour.
pub const INTERACTION_TTL: Duration = Duration::from_hours(1);

/// How long a finished interaction may be resumed again: a double click sends a form twice, and
/// the browser follows only the second answer.
pub const RESUME_GRACE: Duration = Duration::from_mins(1);

/// Who signed in, when and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// The browser's session.
    pub session_id: SessionId,
    /// Who.
    pub user_id: UserId,
}

/// Where an interaction stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum InteractionState {
    /// Nobody has been identified.
    Started {
        /// How far the person has come: the sign-in experience's own document, which knows its
        /// shape. `null` at the beginning.
        #[serde(default)]
        flow: Value,
    },
    /// Somebody signed in; the provider has not answered the application yet.
    Authenticated(Authentication),
    /// Somebody signed in and allowed what the application asks for.
    Consented(Authentication),
    /// The provider has answered.
    Finished {
        /// Who signed in.
        authentication: Authentication,
        /// When the answer was given first.
        at: UnixMillis,
    },
    /// The person turned back; the application was told.
    Cancelled,
}

/// Why an interaction can't take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InteractionError {
    /// The hour is over.
    #[error("the interaction has expired")]
    Expired,
    /// The step does not follow from where the interaction stands.
    #[error("the interaction is past this step")]
    PastThisStep,
}

/// One attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Named in pages and in the resume path; proves nothing by itself.
    pub id: InteractionId,
    /// SHA-256 of the browser's cookie: only that browser may go on.
    pub browser_hash: [u8; 32],
    /// Who asked.
    pub application_id: ApplicationId,
    /// What was asked.
    pub request: AuthorizationRequest,
    /// Where it stands.
    pub state: InteractionState,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
}

impl Interaction {
    /// Begins an interaction for the browser that holds `browser_cookie`.
    pub fn start(
        entropy: &dyn Entropy,
        browser_cookie: &str,
        application_id: ApplicationId,
        request: AuthorizationRequest,
        now: UnixMillis,
    ) -> Self {
        Self {
            id: InteractionId::generate(entropy),
            browser_hash: token_hash(browser_cookie),
            application_id,
            request,
            state: InteractionState::Started { flow: Value::Null },
            created_at: now,
            expires_at: now.plus(INTERACTION_TTL),
        }
    }

    /// Whether `browser_cookie` is the one this interaction began with. The hash is of a 256-bit
    /// random value, so comparing it leaks nothing that helps.
    pub fn belongs_to(&self, browser_cookie: &str) -> bool {
        self.browser_hash == token_hash(browser_cookie)
    }

    /// Whether the hour is over.
    pub fn is_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }

    /// Whether nobody signed in yet, and somebody still can.
    pub fn is_waiting(&self, now: UnixMillis) -> bool {
        self.ensure_started(now).is_ok()
    }

    /// How far the person has come, while nobody signed in.
    pub fn flow(&self) -> Option<&Value> {
        match &self.state {
            InteractionState::Started { flow } => Some(flow),
            _ => None,
        }
    }

    /// The person came further, or begins again.
    ///
    /// # Errors
    /// [`InteractionError::Expired`]; [`InteractionError::PastThisStep`] once somebody signed in.
    pub fn progressed(mut self, flow: Value, now: UnixMillis) -> Result<Self, InteractionError> {
        self.ensure_started(now)?;
        self.state = InteractionState::Started { flow };
        Ok(self)
    }

    /// Somebody signed in.
    ///
    /// # Errors
    /// [`InteractionError::Expired`]; [`InteractionError::PastThisStep`] if somebody has already.
    pub fn authenticated(
        mut self,
        authentication: Authentication,
        now: UnixMillis,
    ) -> Result<Self, InteractionError> {
        self.ensure_started(now)?;
        self.state = InteractionState::Authenticated(authentication);
        Ok(self)
    }

    /// Whoever signed in allows what the application asks for; saying it twice changes nothing.
    ///
    /// # Errors
    /// [`InteractionError::Expired`]; [`InteractionError::PastThisStep`] if nobody signed in or the
    /// application has its answer.
    pub fn consented(mut self, now: UnixMillis) -> Result<Self, InteractionError> {
        if self.is_expired(now) {
            return Err(InteractionError::Expired);
        }
        match self.state {
            InteractionState::Authenticated(authentication)
            | InteractionState::Consented(authentication) => {
                self.state = InteractionState::Consented(authentication);
                Ok(self)
            }
            _ => Err(InteractionError::PastThisStep),
        }
    }

    /// Whoever signed in refuses what the application asks for.
    ///
    /// # Errors
    /// As [`Interaction::consented`].
    pub fn denied(mut self, now: UnixMillis) -> Result<Self, InteractionError> {
        if self.is_expired(now) {
            return Err(InteractionError::Expired);
        }
        match self.state {
            InteractionState::Authenticated(_) | InteractionState::Consented(_) => {
                self.state = InteractionState::Cancelled;
                Ok(self)
            }
            _ => Err(InteractionError::PastThisStep),
        }
    }

    /// The provider answers the application; again within [`RESUME_GRACE`] after a double click.
    ///
    /// # Errors
    /// [`InteractionError::Expired`]; [`InteractionError::PastThisStep`] if nobody signed in or
    /// the grace is over.
    pub fn finished(mut self, now: UnixMillis) -> Result<(Self, Authentication), InteractionError> {
        if self.is_expired(now) {
            return Err(InteractionError::Expired);
        }
        let (authentication, at) = match self.state {
            InteractionState::Authenticated(authentication)
            | InteractionState::Consented(authentication) => (authentication, now),
            InteractionState::Finished { authentication, at } if now.since(at) <= RESUME_GRACE => {
                (authentication, at)
            }
            _ => return Err(InteractionError::PastThisStep),
        };
        self.state = InteractionState::Finished {
            authentication: authentication.clone(),
            at,
        };
        Ok((self, authentication))
    }

    /// The session of whoever signed in has a new identifier; nothing else changes.
    #[must_use]
    pub fn moved_to(mut self, session_id: SessionId) -> Self {
        if let InteractionState::Authenticated(authentication)
        | InteractionState::Consented(authentication) = &mut self.state
        {
            authentication.session_id = session_id;
        }
        self
    }

    /// The person turned back to the application.
    ///
    /// # Errors
    /// [`InteractionError::Expired`]; [`InteractionError::PastThisStep`] once somebody signed in.
    pub fn cancelled(mut self, now: UnixMillis) -> Result<Self, InteractionError> {
        self.ensure_started(now)?;
        self.state = InteractionState::Cancelled;
        Ok(self)
    }

    fn ensure_started(&self, now: UnixMillis) -> Result<(), InteractionError> {
        if self.is_expired(now) {
            return Err(InteractionError::Expired);
        }
        match self.state {
            InteractionState::Started { .. } => Ok(()),
            _ => Err(InteractionError::PastThisStep),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SeededEntropy, authorization_request};

    const NOW: UnixMillis = UnixMillis(1_000_000);

    fn started() -> Interaction {
        let entropy = SeededEntropy::new(1);
        Interaction::start(
            &entropy,
            "browser",
            ApplicationId::from("app"),
            authorization_request(),
            NOW,
        )
    }

    fn alice() -> Authentication {
        Authentication {
            session_id: SessionId::from("session"),
            user_id: UserId::from("alice"),
        }
    }

    #[test]
    fn another_browser_does_not_own_it() {
        assert!(started().belongs_to("browser"));
        assert!(!started().belongs_to("other"));
    }

    #[test]
    fn nobody_signs_in_twice() {
        let done = started().authenticated(alice(), NOW).unwrap();
        assert_eq!(
            done.authenticated(alice(), NOW),
            Err(InteractionError::PastThisStep)
        );
    }

    #[test]
    fn an_hour_later_it_is_over() {
        let late = NOW.plus(INTERACTION_TTL);
        assert_eq!(
            started().authenticated(alice(), late),
            Err(InteractionError::Expired)
        );
    }

    #[test]
    fn a_double_click_may_resume_for_a_minute() {
        let (done, _) = started()
            .authenticated(alice(), NOW)
            .unwrap()
            .finished(NOW)
            .unwrap();
        let (again, who) = done.clone().finished(NOW.plus(RESUME_GRACE)).unwrap();
        assert_eq!(who, alice());
        let too_late = NOW.plus(RESUME_GRACE).plus(Duration::from_millis(1));
        assert_eq!(
            again.finished(too_late).map(|_| ()),
            Err(InteractionError::PastThisStep)
        );
    }

    #[test]
    fn cancelled_is_the_end() {
        let gone = started().cancelled(NOW).unwrap();
        assert_eq!(
            gone.finished(NOW).map(|_| ()),
            Err(InteractionError::PastThisStep)
        );
    }
}
