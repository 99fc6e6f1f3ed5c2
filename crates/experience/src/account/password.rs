//! The owner sets or changes the password.

use moongate_core::{ErrorCode, Secret, User};

use super::sessions::end_elsewhere;
use super::{AccountError, open, open_fresh};
use crate::flow::password::About;
use crate::{Experience, FlowError, ProfileDraft};

impl Experience {
    /// Sets a new password. Every other browser is signed out, and every application that stayed
    /// signed in without one: whoever knew the old one may sit there.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn change_password(
        &self,
        session_cookie: &str,
        password: Secret,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let account = {
            let mut reader = self.store.read().await?;
            open(reader.as_mut(), Some(session_cookie), now).await?
        };
        if !account.is_fresh {
            return Err(AccountError::StepUpNeeded);
        }
        if !account.settings.has_passwords() {
            return Err(FlowError::Refused(ErrorCode::UserSignInMethodNotEnabled).into());
        }
        let about = About::new(Some(&account.user), &ProfileDraft::default());
        let hash = self.choose(&account.settings, &password, &about).await?;
        let present = account.user.password_hash;
        self.ensure_other(&password, present.as_ref()).await?;
        let cookie = session_cookie.to_owned();
        let entropy = std::sync::Arc::clone(&self.entropy);
        self.account_unit(move |tx| {
            Box::pin(async move {
                let account = open_fresh(tx, &cookie, now).await?;
                if account.user.password_hash != present {
                    // Somebody else changed it in this very moment.
                    return Err(FlowError::Refused(ErrorCode::SessionInvalidCredentials).into());
                }
                let user = User {
                    password_hash: Some(hash),
                    updated_at: now,
                    ..account.user
                };
                tx.update_user(&user).await?;
                end_elsewhere(tx, entropy.as_ref(), &account.session, now).await
            })
        })
        .await
    }
}
