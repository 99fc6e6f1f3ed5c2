//! From what was proved to whose account it is; or to a new one.

use moongate_core::{ErrorCode, User};

use super::error::FlowError;
use super::missing::missing;
use super::work::Work;
use super::{InteractionEvent, Proof, VerificationRecord};
use crate::{Experience, ForgotPasswordMethod, Identifier, InteractionRef, SignInIdentifier};

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identified {
    /// One that was there.
    Known,
    /// One that was made just now.
    New,
}

impl Experience {
    /// Says whose account it is by a verified record; without one, makes the account whose profile
    /// has been gathered.
    ///
    /// # Errors
    /// [`FlowError`]. What a new account still lacks is [`FlowError::MissingProfile`]; what was
    /// proved is kept then.
    pub async fn identify(
        &self,
        reference: InteractionRef,
        verification_id: Option<String>,
    ) -> Result<Identified, FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move { work.identify(verification_id.as_deref()).await })
        })
        .await
    }

    /// Changes what the person wants to do; what they proved stays, what was gathered for a new
    /// account does not.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn set_event(
        &self,
        reference: InteractionRef,
        event: InteractionEvent,
    ) -> Result<(), FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move {
                let present = work.event()?;
                let recovers = |event| event == InteractionEvent::ForgotPassword;
                if recovers(present) != recovers(event) {
                    return Err(ErrorCode::SessionNotSupportedForForgotPassword.into());
                }
                work.ensure_mode_allows(event)?;
                work.flow.event = Some(event);
                work.flow.profile = super::ProfileDraft::default();
                Ok(())
            })
        })
        .await
    }

    /// Begins anew: whatever was proved or gathered is forgotten.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn begin(
        &self,
        reference: InteractionRef,
        event: InteractionEvent,
    ) -> Result<(), FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move {
                work.flow.begin(event);
                Ok(())
            })
        })
        .await
    }
}

impl Work<'_> {
    pub(crate) fn ensure_mode_allows(&self, event: InteractionEvent) -> Result<(), FlowError> {
        let mode = self.settings.sign_in_mode;
        let is_allowed = match event {
            InteractionEvent::SignIn => mode.allows_sign_in(),
            InteractionEvent::Register => mode.allows_register(),
            InteractionEvent::ForgotPassword => true,
        };
        if is_allowed {
            Ok(())
        } else {
            Err(ErrorCode::AuthForbidden.into())
        }
    }

    async fn identify(&mut self, verification_id: Option<&str>) -> Result<Identified, FlowError> {
        let event = self.event()?;
        let record = match verification_id {
            Some(id) => Some(self.verified_record(id)?),
            None => None,
        };
        match (event, record) {
            (InteractionEvent::SignIn, Some(record)) => {
                self.identify_sign_in(&record).await?;
                Ok(Identified::Known)
            }
            (InteractionEvent::ForgotPassword, Some(record)) => {
                self.identify_recovery(&record).await?;
                Ok(Identified::Known)
            }
            (InteractionEvent::Register, record) => {
                self.ensure_mode_allows(InteractionEvent::Register)?;
                self.ensure_nobody_is_identified()?;
                if let Some(record) = record {
                    self.take_into_profile(&record).await?;
                }
                let missing = missing(&self.settings, None, &self.flow.profile);
                if !missing.is_empty() {
                    return Err(FlowError::MissingProfile(missing));
                }
                self.create_account().await?;
                Ok(Identified::New)
            }
            (_, None) if self.flow.user_id.is_some() => Ok(Identified::Known),
            (_, None) => Err(ErrorCode::GuardInvalidInput.into()),
        }
    }

    /// A record that proves what it says.
    pub(crate) fn verified_record(&self, id: &str) -> Result<VerificationRecord, FlowError> {
        let record = self
            .flow
            .record(id)
            .ok_or(ErrorCode::SessionVerificationSessionNotFound)?;
        if record.is_verified() {
            Ok(record.clone())
        } else {
            Err(ErrorCode::SessionVerificationFailed.into())
        }
    }

    /// Whose account a record signs in to.
    pub(crate) async fn identify_sign_in(
        &mut self,
        record: &VerificationRecord,
    ) -> Result<(), FlowError> {
        self.ensure_mode_allows(InteractionEvent::SignIn)?;
        record.ensure_not_for_recovery()?;
        let identifier = record.identifier();
        let method = self.settings.method(identifier.kind());
        let is_enabled = match &record.proof {
            Proof::Password { .. } => method.is_some_and(|it| it.password),
            Proof::Code(_) => method.is_some_and(|it| it.verification_code),
            Proof::NewPasswordIdentity { .. } => false,
        };
        if !is_enabled {
            return Err(ErrorCode::UserSignInMethodNotEnabled.into());
        }
        let user = match &record.proof {
            Proof::Password { user_id, .. } => self.tx.user(user_id).await?,
            _ => identifier.owner(&mut *self.tx).await?,
        };
        let user = user.ok_or(FlowError::UserNotExist(identifier))?;
        self.identified(&user, record)
    }

    pub(crate) async fn identify_recovery(
        &mut self,
        record: &VerificationRecord,
    ) -> Result<(), FlowError> {
        let Proof::Code(code) = &record.proof else {
            return Err(ErrorCode::SessionNotSupportedForForgotPassword.into());
        };
        let method = ForgotPasswordMethod::by(code.recipient.channel());
        if code.event != InteractionEvent::ForgotPassword || !self.settings.recovers_by(method) {
            return Err(ErrorCode::SessionNotSupportedForForgotPassword.into());
        }
        let identifier = record.identifier();
        let user = identifier.owner(&mut *self.tx).await?;
        let user = user.ok_or(FlowError::UserNotExist(identifier))?;
        self.identified(&user, record)
    }

    /// From now on it is this user.
    fn identified(&mut self, user: &User, record: &VerificationRecord) -> Result<(), FlowError> {
        let is_other = |known: &moongate_core::UserId| *known != user.id;
        if self.flow.user_id.as_ref().is_some_and(is_other) {
            return Err(ErrorCode::SessionIdentityConflict.into());
        }
        if user.is_suspended {
            return Err(ErrorCode::UserSuspended.into());
        }
        let proved = record.proved();
        self.flow
            .prove(proved.ok_or(ErrorCode::SessionVerificationFailed)?);
        self.flow.user_id = Some(user.id.clone());
        Ok(())
    }

    /// What a record proves goes into the account to come.
    pub(crate) async fn take_into_profile(
        &mut self,
        record: &VerificationRecord,
    ) -> Result<(), FlowError> {
        let identifier = record.identifier();
        match &record.proof {
            Proof::Password { .. } => return Err(ErrorCode::SessionVerificationFailed.into()),
            Proof::Code(_) => {
                record.ensure_not_for_recovery()?;
                self.ensure_may_register(&identifier)?;
                self.ensure_free(&identifier).await?;
            }
            Proof::NewPasswordIdentity { password_hash, .. } => {
                self.ensure_free(&identifier).await?;
                self.flow.profile.password_hash.clone_from(password_hash);
            }
        }
        self.flow.profile.set(identifier);
        Ok(())
    }

    /// That an address is none of those that can't register.
    pub(crate) fn ensure_may_register(&self, identifier: &Identifier) -> Result<(), FlowError> {
        let Identifier::Email(email) = identifier else {
            return Ok(());
        };
        let blocked = self.settings.email_blocklist_policy.refuses(email);
        blocked.map_or(Ok(()), |blocked| Err(blocked.code().into()))
    }

    /// That nobody else signs in with it.
    pub(crate) async fn ensure_free(&mut self, identifier: &Identifier) -> Result<(), FlowError> {
        let owner = identifier.owner(&mut *self.tx).await?;
        let is_other = |owner: User| Some(&owner.id) != self.flow.user_id.as_ref();
        if owner.is_some_and(is_other) {
            return Err(taken(identifier.kind()).into());
        }
        Ok(())
    }
}

impl VerificationRecord {
    /// A code that was asked for to recover a password proves nothing else.
    pub(crate) fn ensure_not_for_recovery(&self) -> Result<(), FlowError> {
        match &self.proof {
            Proof::Code(code) if code.event == InteractionEvent::ForgotPassword => {
                Err(ErrorCode::SessionVerificationFailed.into())
            }
            _ => Ok(()),
        }
    }
}

/// How a code proves who somebody is (RFC 8176).
pub(crate) fn amr_of_code(kind: SignInIdentifier) -> &'static [&'static str] {
    match kind {
        SignInIdentifier::Phone => &["otp", "sms"],
        _ => &["otp"],
    }
}

/// Somebody has it already.
pub(crate) fn taken(kind: SignInIdentifier) -> ErrorCode {
    match kind {
        SignInIdentifier::Username => ErrorCode::UserUsernameAlreadyInUse,
        SignInIdentifier::Email => ErrorCode::UserEmailAlreadyInUse,
        SignInIdentifier::Phone => ErrorCode::UserPhoneAlreadyInUse,
    }
}
