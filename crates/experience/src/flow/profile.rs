//! What is still missing is given.

use moongate_core::{ErrorCode, Factor, PasswordHash, Secret, User};

use super::error::FlowError;
use super::password::About;
use super::sentinel::sentinel_target;
use super::work::Work;
use super::{InteractionEvent, Proof, VerificationRecord};
use crate::{
    Experience, Identifier, InteractionRef, SignInExperience, SignInIdentifier, Verification,
    is_username,
};

/// Something for the profile.
#[derive(Debug, Clone)]
pub enum ProfileAddition {
    /// A user name.
    Username(String),
    /// A password.
    Password(Secret),
    /// An e-mail address or a phone number, by the record that proves it.
    Verified {
        /// Which of the two it must be.
        kind: SignInIdentifier,
        /// The record.
        verification_id: String,
    },
}

impl Experience {
    /// Adds to the profile of whoever was identified, or of the account to be made.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn add_to_profile(
        &self,
        reference: InteractionRef,
        addition: ProfileAddition,
    ) -> Result<(), FlowError> {
        match addition {
            ProfileAddition::Username(name) => {
                self.work(reference, move |work| {
                    Box::pin(async move {
                        work.profile_is_open().await?;
                        work.add_username(name).await
                    })
                })
                .await
            }
            ProfileAddition::Password(password) => self.add_password(reference, password).await,
            ProfileAddition::Verified {
                kind,
                verification_id,
            } => {
                self.work(reference, move |work| {
                    Box::pin(async move {
                        work.profile_is_open().await?;
                        let record = work.verified_record(&verification_id)?;
                        let is_code = matches!(record.proof, Proof::Code(_));
                        if !is_code || record.identifier().kind() != kind {
                            return Err(ErrorCode::SessionVerificationFailed.into());
                        }
                        work.add_verified(&record).await
                    })
                })
                .await
            }
        }
    }

    /// A password where none is yet.
    pub(crate) async fn add_password(
        &self,
        reference: InteractionRef,
        password: Secret,
    ) -> Result<(), FlowError> {
        let (settings, about) = self
            .work(reference.clone(), |work| {
                Box::pin(async move {
                    let user = work.profile_is_open().await?;
                    ensure_no_password(user.as_ref())?;
                    let about = About::new(user.as_ref(), &work.flow.profile);
                    Ok((work.settings.clone(), about))
                })
            })
            .await?;
        let hash = self.choose(&settings, &password, &about).await?;
        self.work(reference, move |work| {
            Box::pin(async move {
                let user = work.profile_is_open().await?;
                ensure_no_password(user.as_ref())?;
                work.flow.profile.password_hash = Some(hash);
                Ok(())
            })
        })
        .await
    }

    /// The new password of somebody who forgot theirs, kept until the end.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn choose_new_password(
        &self,
        reference: InteractionRef,
        password: Secret,
    ) -> Result<(), FlowError> {
        let (settings, user): (SignInExperience, User) = self
            .work(reference.clone(), |work| {
                Box::pin(async move {
                    if work.event()? != InteractionEvent::ForgotPassword {
                        return Err(ErrorCode::SessionNotSupportedForForgotPassword.into());
                    }
                    let user = work.user().await?;
                    let user = user.ok_or(ErrorCode::SessionIdentifierNotFound)?;
                    Ok((work.settings.clone(), user))
                })
            })
            .await?;
        let about = About::new(Some(&user), &super::ProfileDraft::default());
        let hash = self.choose(&settings, &password, &about).await?;
        self.ensure_other_in_flow(&reference, &password, &user)
            .await?;
        self.work(reference, move |work| {
            Box::pin(async move {
                if work.flow.event != Some(InteractionEvent::ForgotPassword)
                    || work.flow.user_id != Some(user.id)
                {
                    return Err(ErrorCode::SessionIdentifierNotFound.into());
                }
                work.flow.profile.password_hash = Some(hash);
                Ok(())
            })
        })
        .await
    }

    /// As [`Self::ensure_other`], where a code is all that proved who is there: each answer tells
    /// something of the present password, so it counts as an attempt at it. Where too many were
    /// made nothing is compared, and the owner is not kept from a new password by others' guesses.
    async fn ensure_other_in_flow(
        &self,
        reference: &InteractionRef,
        password: &Secret,
        user: &User,
    ) -> Result<(), FlowError> {
        if user.password_hash.is_none() {
            return Ok(());
        }
        let counted = self
            .work(reference.clone(), |work| {
                Box::pin(async move {
                    work.user().await?;
                    let recipient = work.flow.recipient_proved();
                    let recipient = recipient.ok_or(ErrorCode::SessionIdentifierNotFound)?;
                    let target = sentinel_target(&work.keys, recipient.as_str());
                    match work.count(&target, Factor::Password).await {
                        Ok(_) => Ok(Some(target)),
                        Err(FlowError::Locked { .. }) => Ok(None),
                        Err(error) => Err(error),
                    }
                })
            })
            .await?;
        let Some(target) = counted else {
            return Ok(());
        };
        let other = self
            .ensure_other(password, user.password_hash.as_ref())
            .await;
        if matches!(other, Err(FlowError::Busy { .. })) {
            self.take_back(target).await?;
        }
        other
    }

    /// That a new password is not the present one.
    pub(crate) async fn ensure_other(
        &self,
        password: &Secret,
        present: Option<&PasswordHash>,
    ) -> Result<(), FlowError> {
        let Some(present) = present else {
            return Ok(());
        };
        match self.passwords.verify(password, Some(present)).await? {
            Verification::Wrong => Ok(()),
            _ => Err(ErrorCode::UserSamePassword.into()),
        }
    }
}

impl Work<'_> {
    /// The identified user, where a profile can be added to: not on the way to a new password.
    pub(crate) async fn profile_is_open(&mut self) -> Result<Option<User>, FlowError> {
        match self.event()? {
            InteractionEvent::ForgotPassword => {
                Err(ErrorCode::SessionNotSupportedForForgotPassword.into())
            }
            InteractionEvent::Register => {
                let user = self.user().await?;
                if user.is_none() {
                    // Where nobody registers, nobody learns which names are taken.
                    self.ensure_mode_allows(InteractionEvent::Register)?;
                }
                Ok(user)
            }
            InteractionEvent::SignIn => {
                let user = self.user().await?;
                Ok(Some(user.ok_or(ErrorCode::SessionIdentifierNotFound)?))
            }
        }
    }

    pub(crate) async fn add_username(&mut self, name: String) -> Result<(), FlowError> {
        if !is_username(&name) {
            return Err(ErrorCode::GuardInvalidInput.into());
        }
        let user = self.user().await?;
        if user.is_some_and(|user| user.username.is_some()) {
            return Err(ErrorCode::UserUsernameExistsInProfile.into());
        }
        let identifier = Identifier::Username(name);
        self.ensure_free(&identifier).await?;
        self.flow.profile.set(identifier);
        Ok(())
    }

    pub(crate) async fn add_verified(
        &mut self,
        record: &VerificationRecord,
    ) -> Result<(), FlowError> {
        record.ensure_not_for_recovery()?;
        let identifier = record.identifier();
        let user = self.user().await?;
        let exists = match identifier.kind() {
            SignInIdentifier::Username => None,
            SignInIdentifier::Email => user
                .is_some_and(|user| user.primary_email.is_some())
                .then_some(ErrorCode::UserEmailExistsInProfile),
            SignInIdentifier::Phone => user
                .is_some_and(|user| user.primary_phone.is_some())
                .then_some(ErrorCode::UserPhoneExistsInProfile),
        };
        if let Some(code) = exists {
            return Err(code.into());
        }
        self.ensure_may_register(&identifier)?;
        self.ensure_free(&identifier).await?;
        self.flow.profile.set(identifier);
        Ok(())
    }
}

fn ensure_no_password(user: Option<&User>) -> Result<(), FlowError> {
    if user.is_some_and(|user| user.password_hash.is_some()) {
        return Err(ErrorCode::UserPasswordExistsInProfile.into());
    }
    Ok(())
}
