//! The owner sets or changes the password.

use moongate_core::{ErrorCode, Secret, User, end_session};

use super::{AccountError, open, open_fresh};
use crate::flow::password::About;
use crate::{Experience, FlowError, ProfileDraft};

impl Experience {
    /// Sets a new password. Every other browser is signed out: whoever knew the old one may sit at
    /// one of them.
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
                for session in tx.sessions_of_user(&user.id, now).await? {
                    if session.id != account.session.id {
                        end_session(tx, entropy.as_ref(), &session, now).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }
}
