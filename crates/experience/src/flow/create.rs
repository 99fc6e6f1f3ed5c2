//! An account is made of what was gathered.

use moongate_core::{ErrorCode, User, UserId};

use super::error::FlowError;
use super::identify::taken;
use super::work::Work;
use super::{InteractionEvent, ProfileDraft};
use crate::{Identifier, SignInIdentifier};

impl ProfileDraft {
    /// The account with what was gathered in it.
    pub(crate) fn over(self, user: User) -> User {
        User {
            username: self.username.or(user.username),
            primary_email: self
                .email
                .map(|email| email.as_str().to_owned())
                .or(user.primary_email),
            primary_phone: self.phone.or(user.primary_phone),
            password_hash: self.password_hash.or(user.password_hash),
            ..user
        }
    }

    /// What it holds that nobody else may have.
    pub(crate) fn identifiers(&self) -> Vec<Identifier> {
        let username = self.username.clone().map(Identifier::Username);
        let email = self.email.clone().map(Identifier::Email);
        let phone = self.phone.clone().map(Identifier::Phone);
        [username, email, phone].into_iter().flatten().collect()
    }
}

impl Work<'_> {
    /// Makes the account. Whoever took an identifier in the meantime has it.
    pub(crate) async fn create_account(&mut self) -> Result<(), FlowError> {
        if self.flow.event == Some(InteractionEvent::Register) && self.flow.user_id.is_some() {
            return Err(ErrorCode::SessionIdentityConflict.into());
        }
        for identifier in self.flow.profile.identifiers() {
            self.ensure_free(&identifier).await?;
        }
        let id = UserId::generate(self.entropy.as_ref());
        let application = self.interaction.application_id.clone();
        let user =
            std::mem::take(&mut self.flow.profile).over(User::new(id, Some(application), self.now));
        if !self.tx.insert_user(&user).await? {
            // Somebody took it in this very moment; on another server, that is.
            let kind = if user.primary_phone.is_some() {
                SignInIdentifier::Phone
            } else if user.primary_email.is_some() {
                SignInIdentifier::Email
            } else {
                SignInIdentifier::Username
            };
            return Err(taken(kind).into());
        }
        self.tx.add_default_roles_to_user(&user.id).await?;
        self.flow.user_id = Some(user.id);
        self.flow.is_new = true;
        Ok(())
    }
}
