//! What the operations of the Management API reach the world through, and what they share.

use std::sync::Arc;

use moongate_core::{
    ApplicationId, Clock, Entropy, Resource, ResourceId, ServerKeys, Store, UserId,
};

use moongate_experience::PasswordPool;

use crate::ManagementError;
use crate::authorization::ALL;
use crate::resources::finding::Findings;

/// The tenant that every row of the API names: there is one.
pub(crate) const TENANT: &str = "default";

/// Whether secrets that applications and users hold can be read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reveal {
    /// At any time, as Logto's can.
    #[default]
    Always,
    /// In the answer that makes them alone.
    Once,
}

/// The operations of the Management API. Console, API and command line go through the same ones.
#[derive(Clone)]
pub struct Management {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) keys: Arc<ServerKeys>,
    pub(crate) passwords: PasswordPool,
    pub(crate) reveal: Reveal,
}

impl Management {
    /// The operations on one store.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        keys: Arc<ServerKeys>,
        passwords: PasswordPool,
        reveal: Reveal,
    ) -> Self {
        Self {
            store,
            clock,
            entropy,
            keys,
            passwords,
            reveal,
        }
    }

    /// Whether a token still stands for somebody: its application is there and, where it acts for
    /// itself, still holds the Management API; its user, if it is a user's, is not barred.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn is_in_force(&self, sub: &str, client_id: &str) -> Result<bool, ManagementError> {
        let mut reader = self.store.read().await?;
        let id = ApplicationId::from(client_id);
        if sub == client_id {
            // It goes with the application, too.
            let resource = ResourceId::from(Resource::MANAGEMENT_API);
            let held = reader.scopes_of_application(&id, &resource).await?;
            return Ok(held.iter().any(|scope| scope == ALL));
        }
        if reader.application(&id).await?.is_none() {
            return Ok(false);
        }
        let user = reader.user(&UserId::from(sub)).await?;
        Ok(user.is_some_and(|user| !user.is_suspended))
    }
}

/// Notes a text that is empty, too long, or has line breaks or control characters.
pub(crate) fn check_text(findings: &mut Findings, path: &str, text: &str, longest: usize) {
    let length = text.trim().chars().count();
    if length == 0 || length > longest {
        findings.add(path, format!("must have 1 to {longest} characters"), "");
    } else {
        check_control(findings, path, text);
    }
}

/// Notes a text that is too long, or has line breaks or control characters; it may be empty.
pub(crate) fn check_note(findings: &mut Findings, path: &str, text: &str, longest: usize) {
    if text.chars().count() > longest {
        findings.add(path, format!("must have at most {longest} characters"), "");
    } else {
        check_control(findings, path, text);
    }
}

fn check_control(findings: &mut Findings, path: &str, text: &str) {
    if text.chars().any(char::is_control) {
        findings.add(
            path,
            "must not contain line breaks or control characters",
            "",
        );
    }
}
