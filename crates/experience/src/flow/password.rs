//! A password is entered, or chosen.

use moongate_core::{
    BoxFuture, ErrorCode, Factor, Mac, PasswordHash, Secret, StoreError, User, UserId,
};

use super::error::FlowError;
use super::proved::mark;
use super::sentinel::{Counted, count, sentinel_target, uncount};
use super::work::Work;
use super::{InteractionEvent, ProfileDraft, Proof, VerificationRecord};
use crate::{
    Experience, Identifier, InteractionRef, PersonalWords, SignInExperience, Verification,
    is_username,
};

/// What has to be known of an account before its password is checked.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) user_id: UserId,
    pub(crate) hash: Option<PasswordHash>,
}

impl Credentials {
    pub(crate) fn of(user: User) -> Self {
        Self {
            user_id: user.id,
            hash: user.password_hash,
        }
    }
}

/// A password that was right.
pub(crate) struct RightPassword {
    pub(crate) user_id: UserId,
    target: Mac,
    /// The hash that it was right for.
    checked: Option<PasswordHash>,
    /// A better one.
    upgrade: Option<PasswordHash>,
}

impl RightPassword {
    /// The account, if it still has the password that was right.
    pub(crate) fn still(&self, user: Option<User>) -> Result<User, FlowError> {
        user.filter(|user| user.password_hash == self.checked)
            .ok_or_else(|| ErrorCode::SessionInvalidCredentials.into())
    }
}

/// What came of a password that was right.
enum Recorded {
    /// The record that says so.
    As(String),
    /// The account got another hash meanwhile, maybe of the same password: it has to be compared
    /// with that one.
    Stale(Option<Credentials>),
}

/// How often a password is compared with a hash that keeps changing.
const COMPARISONS: usize = 3;

impl Experience {
    /// Checks the password of an account. An unknown account takes as long as a wrong password.
    ///
    /// # Errors
    /// [`FlowError`]. A failure is counted, durably, before the password is looked at.
    pub async fn verify_password(
        &self,
        reference: InteractionRef,
        identifier: Identifier,
        password: Secret,
    ) -> Result<String, FlowError> {
        self.prove_password(&reference, &identifier, &password, None, |_, record| {
            Box::pin(async move { Ok(record) })
        })
        .await
    }

    /// Counts, hashes and compares, with nothing locked while it hashes; then records that the
    /// password was right, and takes `step` in the same unit. With `begins`, this is what the
    /// person wants to do from now on.
    pub(crate) async fn prove_password<T, S>(
        &self,
        reference: &InteractionRef,
        identifier: &Identifier,
        password: &Secret,
        begins: Option<InteractionEvent>,
        step: S,
    ) -> Result<T, FlowError>
    where
        T: Send + 'static,
        S: for<'w, 't> Fn(&'w mut Work<'t>, String) -> BoxFuture<'w, Result<T, FlowError>>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        let target = sentinel_target(&self.keys, identifier.as_str());
        let (counted, mut credentials) = self
            .count_password(reference, identifier, target, begins)
            .await?;
        for _ in 0..COMPARISONS {
            let right = self
                .compare(password, target, &counted, credentials)
                .await?;
            let (step, identifier) = (step.clone(), identifier.clone());
            let taken = self
                .work(reference.clone(), move |work| {
                    Box::pin(async move {
                        match work.password_was_right(identifier, right).await? {
                            Recorded::As(record) => Ok(Ok(step(work, record).await?)),
                            Recorded::Stale(credentials) => Ok(Err(credentials)),
                        }
                    })
                })
                .await;
            match taken {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(changed)) => credentials = changed,
                Err(FlowError::AlreadySignedIn) => {
                    // Another click was faster. The password was right all the same.
                    self.take_back(target).await?;
                    return Err(FlowError::AlreadySignedIn);
                }
                Err(error) => return Err(error),
            }
        }
        Err(counted.wrong(ErrorCode::SessionInvalidCredentials.into()))
    }

    async fn count_password(
        &self,
        reference: &InteractionRef,
        identifier: &Identifier,
        target: Mac,
        begins: Option<InteractionEvent>,
    ) -> Result<(Counted, Option<Credentials>), FlowError> {
        let whose = identifier.clone();
        self.work(reference.clone(), move |work| {
            Box::pin(async move {
                match begins {
                    Some(event) => {
                        work.flow.begin(event);
                        work.flow.claimed = Some(whose.clone());
                    }
                    None => {
                        work.event()?;
                    }
                }
                let owner = whose.owner(&mut *work.tx).await?;
                let counted = work.count(&target, Factor::Password).await?;
                Ok((counted, owner.map(Credentials::of)))
            })
        })
        .await
    }

    /// Takes back an attempt that turned out right, or was none.
    pub(super) async fn take_back(&self, target: Mac) -> Result<(), FlowError> {
        let (now, lock_outs) = (self.clock.now(), self.limits.lock_outs);
        self.store
            .write(move |tx| {
                Box::pin(
                    async move { uncount(tx, lock_outs, &target, Factor::Password, now).await },
                )
            })
            .await
    }

    /// The same outside of an interaction that is going on: on account pages, and by a second
    /// click. What was right is not counted any more.
    pub(crate) async fn check_outside(
        &self,
        identifier: &Identifier,
        password: &Secret,
    ) -> Result<RightPassword, FlowError> {
        let (now, lock_outs) = (self.clock.now(), self.limits.lock_outs);
        let target = sentinel_target(&self.keys, identifier.as_str());
        let whose = identifier.clone();
        let (counted, credentials) = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let settings = SignInExperience::load(&mut *tx).await?;
                    let owner = whose.owner(&mut *tx).await?;
                    let counted =
                        count(tx, &settings, lock_outs, &target, Factor::Password, now).await?;
                    Ok::<_, FlowError>((counted, owner.map(Credentials::of)))
                })
            })
            .await?;
        let right = self
            .compare(password, target, &counted, credentials)
            .await?;
        self.take_back(target).await?;
        Ok(right)
    }

    /// Compares on the pool. Where there is no place, the attempt is taken back.
    async fn compare(
        &self,
        password: &Secret,
        target: Mac,
        counted: &Counted,
        credentials: Option<Credentials>,
    ) -> Result<RightPassword, FlowError> {
        let hash = credentials.as_ref().and_then(|it| it.hash.as_ref());
        let verification = match self.passwords.verify(password, hash).await {
            Ok(verification) => verification,
            Err(error) => {
                self.take_back(target).await?;
                return Err(error.into());
            }
        };
        let Some(credentials) = credentials.filter(|_| verification != Verification::Wrong) else {
            return Err(counted.wrong(ErrorCode::SessionInvalidCredentials.into()));
        };
        let upgrade = match verification {
            // If there is no place for it now, the next sign-in will do.
            Verification::RightButOutdated => self
                .passwords
                .hash(password, self.entropy.as_ref())
                .await
                .ok(),
            _ => None,
        };
        Ok(RightPassword {
            user_id: credentials.user_id,
            target,
            checked: credentials.hash,
            upgrade,
        })
    }

    /// Hashes a password that somebody chose, if the policy allows it.
    pub(crate) async fn choose(
        &self,
        settings: &SignInExperience,
        password: &Secret,
        about: &About,
    ) -> Result<PasswordHash, FlowError> {
        let issues = settings
            .password_policy
            .check(password.expose(), &about.words());
        if !issues.is_empty() {
            return Err(FlowError::PasswordRejected(issues));
        }
        Ok(self.passwords.hash(password, self.entropy.as_ref()).await?)
    }

    /// Reserves a user name with a password, for an account to be made.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn new_password_identity(
        &self,
        reference: InteractionRef,
        username: String,
        password: Secret,
    ) -> Result<String, FlowError> {
        if !is_username(&username) {
            return Err(ErrorCode::GuardInvalidInput.into());
        }
        let about = About {
            username: Some(username.clone()),
            ..About::default()
        };
        let name = username.clone();
        let settings = self
            .work(reference.clone(), move |work| {
                Box::pin(async move {
                    work.event()?;
                    // Where nobody registers, nobody learns which names are taken.
                    work.ensure_mode_allows(InteractionEvent::Register)?;
                    work.ensure_free(&Identifier::Username(name)).await?;
                    Ok(work.settings.clone())
                })
            })
            .await?;
        let hash = self.choose(&settings, &password, &about).await?;
        self.work(reference, move |work| {
            Box::pin(async move {
                work.ensure_free(&Identifier::Username(username.clone()))
                    .await?;
                let proof = Proof::NewPasswordIdentity {
                    username,
                    password_hash: Some(hash),
                };
                let record = VerificationRecord::new(work.entropy.as_ref(), proof);
                Ok(work.flow.add(record))
            })
        })
        .await
    }
}

impl Work<'_> {
    /// Records that a password was right, if its account still has it.
    async fn password_was_right(
        &mut self,
        identifier: Identifier,
        right: RightPassword,
    ) -> Result<Recorded, FlowError> {
        let user = self.tx.user(&right.user_id).await?;
        let user = match user {
            Some(user) if user.password_hash == right.checked => user,
            changed => return Ok(Recorded::Stale(changed.map(Credentials::of))),
        };
        self.uncount(&right.target, Factor::Password).await?;
        if user.is_suspended {
            return Err(ErrorCode::UserSuspended.into());
        }
        let user = match right.upgrade {
            Some(upgrade) => {
                let user = User {
                    password_hash: Some(upgrade),
                    ..user
                };
                self.tx.update_user(&user).await?;
                user
            }
            None => user,
        };
        let proof = Proof::Password {
            identifier,
            user_id: right.user_id,
            mark: user.password_hash.as_ref().map(mark).unwrap_or_default(),
            at: self.now,
        };
        let record = VerificationRecord::new(self.entropy.as_ref(), proof);
        Ok(Recorded::As(self.flow.add(record)))
    }
}

/// What is known of a person whose password must not be it.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    pub(crate) name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

impl About {
    pub(crate) fn new(user: Option<&User>, draft: &ProfileDraft) -> Self {
        let email = draft.email.as_ref().map(|it| it.as_str().to_owned());
        let phone = draft.phone.as_ref().map(|it| it.digits().to_owned());
        Self {
            name: user.and_then(|it| it.name.clone()),
            username: draft
                .username
                .clone()
                .or_else(|| user.and_then(|it| it.username.clone())),
            email: email.or_else(|| user.and_then(|it| it.primary_email.clone())),
            phone: phone.or_else(|| {
                let phone = user.and_then(|it| it.primary_phone.as_ref());
                phone.map(|it| it.digits().to_owned())
            }),
        }
    }

    fn words(&self) -> PersonalWords<'_> {
        PersonalWords {
            name: self.name.as_deref(),
            username: self.username.as_deref(),
            email: self.email.as_deref(),
            phone: self.phone.as_deref(),
        }
    }
}

impl Work<'_> {
    /// The user who was identified, if somebody was.
    pub(crate) async fn user(&mut self) -> Result<Option<User>, StoreError> {
        match self.flow.user_id.clone() {
            Some(id) => self.tx.user(&id).await,
            None => Ok(None),
        }
    }
}
