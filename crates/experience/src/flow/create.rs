//! An account is made of what was gathered.

use moongate_core::{ErrorCode, StoreError, User, UserId};

use super::ProfileDraft;
use super::error::FlowError;
use super::work::Work;
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

    fn remove(&mut self, kind: SignInIdentifier) {
        match kind {
            SignInIdentifier::Username => self.username = None,
            SignInIdentifier::Email => self.email = None,
            SignInIdentifier::Phone => self.phone = None,
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
    /// A new account is for somebody who has none here.
    pub(crate) fn ensure_nobody_is_identified(&self) -> Result<(), FlowError> {
        match self.flow.user_id {
            Some(_) => Err(ErrorCode::SessionIdentityConflict.into()),
            None => Ok(()),
        }
    }

    /// That nobody took any of what was gathered. What somebody took is forgotten, so that it is
    /// asked for again.
    pub(crate) async fn ensure_draft_is_free(&mut self) -> Result<(), FlowError> {
        for identifier in self.flow.profile.identifiers() {
            let free = self.ensure_free(&identifier).await;
            if let Err(FlowError::Refused(_)) = free {
                self.flow.profile.remove(identifier.kind());
            }
            free?;
        }
        Ok(())
    }

    /// That what was gathered takes the place of nothing that the account got meanwhile.
    pub(crate) fn ensure_draft_fits(&mut self, user: &User) -> Result<(), FlowError> {
        let draft = &mut self.flow.profile;
        let code = if draft.username.is_some() && user.username.is_some() {
            draft.username = None;
            ErrorCode::UserUsernameExistsInProfile
        } else if draft.email.is_some() && user.primary_email.is_some() {
            draft.email = None;
            ErrorCode::UserEmailExistsInProfile
        } else if draft.phone.is_some() && user.primary_phone.is_some() {
            draft.phone = None;
            ErrorCode::UserPhoneExistsInProfile
        } else if draft.password_hash.is_some() && user.password_hash.is_some() {
            draft.password_hash = None;
            ErrorCode::UserPasswordExistsInProfile
        } else {
            return Ok(());
        };
        Err(code.into())
    }

    /// Makes the account. Whoever took an identifier in the meantime has it.
    pub(crate) async fn create_account(&mut self) -> Result<(), FlowError> {
        self.ensure_nobody_is_identified()?;
        if !self.flow.profile.has_identity() {
            // Settings that require no identifier still mean an account that somebody can be found
            // by. Any identifier would do, so something is missing rather than forbidden.
            return Err(ErrorCode::UserMissingProfile.into());
        }
        self.ensure_draft_is_free().await?;
        let id = UserId::generate(self.entropy.as_ref());
        let application = self.interaction.application_id.clone();
        let draft = self.flow.profile.clone();
        let user = draft.over(User::new(id, Some(application), self.now));
        if !self.tx.insert_user(&user).await? {
            // Somebody took it in this very moment, and can be seen by now.
            self.ensure_draft_is_free().await?;
            return Err(StoreError::Duplicate("users".to_owned()).into());
        }
        self.flow.profile = ProfileDraft::default();
        self.flow.prove_new(&user, self.now);
        self.tx.add_default_roles_to_user(&user.id).await?;
        self.flow.user_id = Some(user.id);
        self.flow.is_new = true;
        Ok(())
    }
}
