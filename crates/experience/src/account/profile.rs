//! What a person is called.

use moongate_core::{ErrorCode, User};

use super::{AccountError, open};
use crate::{Experience, FlowError};

/// Longest name.
const LONGEST_NAME: usize = 128;

impl Experience {
    /// The owner is called so from now on; an empty name is none.
    ///
    /// # Errors
    /// [`AccountError`]; `guard.invalid_input` for a name that is too long or has control
    /// characters.
    pub async fn change_name(&self, session_cookie: &str, name: &str) -> Result<(), AccountError> {
        let name = name.trim();
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(FlowError::Refused(ErrorCode::GuardInvalidInput).into());
        }
        let name = (!name.is_empty()).then(|| name.to_owned());
        let (cookie, now) = (session_cookie.to_owned(), self.clock.now());
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open(tx, Some(&cookie), now).await?;
                let user = User {
                    name,
                    updated_at: now,
                    ..account.user
                };
                tx.update_user(&user).await?;
                Ok(())
            })
        })
        .await
    }
}
