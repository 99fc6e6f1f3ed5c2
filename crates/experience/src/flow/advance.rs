//! The way on: what our own pages ask for next, and the end of it.
//!
//! The Experience API takes each step by itself; our pages take as many as they can at once, and
//! stop where a person has to be asked.

use moongate_core::{ErrorCode, Interaction, InteractionState, Secret, User, end_access};

use super::code::six_digits;
use super::error::FlowError;
use super::missing::{Missing, missing};
use super::session::{Browser, ProvedAgain, SignedIn};
use super::work::Work;
use super::{CodeProof, Flow, InteractionEvent, ProfileDraft, Proof, VerificationRecord};
use crate::account::step_up::identifier;
use crate::interactions::open;
use crate::{
    AgreeToTermsPolicy, Experience, Identifier, InteractionRef, SignInExperience, SignInIdentifier,
    SignUpIdentifier,
};

/// Where a person stands, and what to ask next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing is known: the first page of what they want to do.
    Begin,
    /// Somebody says who they are: ask for the password.
    EnterPassword(Identifier),
    /// A code went out: ask for it.
    EnterCode(CodeProof),
    /// The account lacks something: ask for the first of it.
    Complete(Missing),
    /// Terms are to be agreed to.
    AgreeToTerms,
    /// A new password is to be chosen.
    ChooseNewPassword,
    /// Nothing is missing: any step goes on to the end.
    Finish,
}

/// Where a step led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Somebody signed in.
    SignedIn(SignedIn),
    /// A password was set in place of a forgotten one: sign in with it.
    PasswordReset,
    /// Ask for this.
    Next(Step),
}

/// An interaction as pages see it.
#[derive(Debug, Clone)]
pub struct Whereabouts {
    /// The interaction.
    pub interaction: Interaction,
    /// The settings.
    pub settings: SignInExperience,
    /// How far the person has come; `None` once somebody signed in.
    pub flow: Option<Flow>,
    /// What to ask next.
    pub step: Step,
    /// What the account still lacks.
    pub missing: Vec<Missing>,
    /// Whom the flow has identified.
    pub user: Option<User>,
}

impl Experience {
    /// Where a person stands.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn whereabouts(&self, reference: &InteractionRef) -> Result<Whereabouts, FlowError> {
        let mut reader = self.store.read().await?;
        let interaction = open(reader.as_mut(), reference, self.clock.now()).await?;
        let settings = SignInExperience::load(reader.as_mut()).await?;
        let flow = interaction.flow().map(Flow::read);
        let user = match flow.as_ref().and_then(|flow| flow.user_id.as_ref()) {
            Some(id) => reader.user(id).await?,
            None => None,
        };
        let (step, missing) = match &flow {
            Some(flow) => (
                next_step(flow, &settings, user.as_ref()),
                missing(&settings, user.as_ref(), &flow.profile),
            ),
            None => (Step::Finish, Vec::new()),
        };
        Ok(Whereabouts {
            interaction,
            settings,
            flow,
            step,
            missing,
            user,
        })
    }

    /// A person says who they are, and is going to prove it by password.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn claim(
        &self,
        reference: InteractionRef,
        identifier: Identifier,
    ) -> Result<(), FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move {
                work.ensure_mode_allows(InteractionEvent::SignIn)?;
                let method = work.settings.method(identifier.kind());
                if !method.is_some_and(|it| it.password) {
                    return Err(ErrorCode::UserSignInMethodNotEnabled.into());
                }
                work.flow.begin(InteractionEvent::SignIn);
                work.flow.claimed = Some(identifier);
                Ok(())
            })
        })
        .await
    }

    /// A person signs in by password.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn sign_in_with_password(
        &self,
        reference: InteractionRef,
        identifier: Identifier,
        password: Secret,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        let event = Some(InteractionEvent::SignIn);
        let own = browser.clone();
        let proved = self
            .prove_password(
                &reference,
                &identifier,
                &password,
                event,
                move |work, id| {
                    let browser = own.clone();
                    Box::pin(async move {
                        let record = work.verified_record(&id)?;
                        work.identify_sign_in(&record).await?;
                        work.advance(&browser).await
                    })
                },
            )
            .await;
        match proved {
            Err(FlowError::AlreadySignedIn) => {
                self.password_again(reference, identifier, password, browser)
                    .await
            }
            proved => proved,
        }
    }

    /// The second click of a double click, where the password stands alone on its page: it proves
    /// again who signed in a moment ago. Whatever else it is, the browser goes on without a cookie.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_in_again(
        &self,
        reference: InteractionRef,
        password: Secret,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        let nothing = Progress::SignedIn(SignedIn {
            session_cookie: None,
        });
        let user = {
            let mut reader = self.store.read().await?;
            let interaction = open(reader.as_mut(), &reference, self.clock.now()).await?;
            match interaction.state {
                InteractionState::Authenticated(who) => reader.user(&who.user_id).await?,
                _ => None,
            }
        };
        let Some(identifier) = user.as_ref().and_then(identifier) else {
            return Ok(nothing);
        };
        let again = self
            .password_again(reference, identifier, password, browser)
            .await;
        match again {
            Err(FlowError::Refused(_) | FlowError::Locked { .. }) => Ok(nothing),
            again => again,
        }
    }

    /// The second click of a double click.
    async fn password_again(
        &self,
        reference: InteractionRef,
        identifier: Identifier,
        password: Secret,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        let right = self.check_outside(&identifier, &password).await?;
        let proof = ProvedAgain::Password(right.user_id);
        let signed_in = self.again(reference, proof, browser).await?;
        Ok(Progress::SignedIn(signed_in))
    }

    /// A person enters the code that was asked for last.
    ///
    /// # Errors
    /// [`FlowError`]. A wrong try is counted, durably, before the error is returned.
    pub async fn enter_code(
        &self,
        reference: InteractionRef,
        typed: &str,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        let typed = six_digits(typed);
        let own = typed.clone();
        let for_work = browser.clone();
        let entered = self
            .work(reference.clone(), move |work| {
                Box::pin(async move {
                    work.enter_code(typed.as_deref()).await?;
                    work.advance(&for_work).await
                })
            })
            .await;
        match entered {
            Err(FlowError::AlreadySignedIn) => {
                let proof = ProvedAgain::Code(own);
                let signed_in = self.again(reference, proof, browser).await?;
                Ok(Progress::SignedIn(signed_in))
            }
            entered => entered,
        }
    }

    /// A person chooses a user name: for a new account, or because theirs lacks one.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn give_username(
        &self,
        reference: InteractionRef,
        name: String,
        begins: bool,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move {
                if begins {
                    work.ensure_mode_allows(InteractionEvent::Register)?;
                    if !registers(&work.settings, SignInIdentifier::Username) {
                        return Err(ErrorCode::AuthForbidden.into());
                    }
                    work.flow.begin(InteractionEvent::Register);
                }
                work.profile_is_open().await?;
                work.add_username(name).await?;
                work.advance(&browser).await
            })
        })
        .await
    }

    /// A person chooses a password: for a new account, because theirs lacks one, or in place of a
    /// forgotten one.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn give_password(
        &self,
        reference: InteractionRef,
        password: Secret,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        let event = self
            .whereabouts(&reference)
            .await?
            .flow
            .and_then(|it| it.event);
        if event == Some(InteractionEvent::ForgotPassword) {
            self.choose_new_password(reference.clone(), password)
                .await?;
        } else {
            self.add_password(reference.clone(), password).await?;
        }
        self.go_on(reference, browser).await
    }

    /// A person agrees to the terms.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn agree_to_terms(
        &self,
        reference: InteractionRef,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move {
                work.flow.agreed_to_terms = true;
                work.advance(&browser).await
            })
        })
        .await
    }

    /// Notes whether a person agreed to the terms on the first page.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn note_agreement(&self, reference: InteractionRef) -> Result<(), FlowError> {
        self.work(reference, |work| {
            Box::pin(async move {
                work.flow.agreed_to_terms = true;
                Ok(())
            })
        })
        .await
    }

    /// Goes on as far as it goes.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn go_on(
        &self,
        reference: InteractionRef,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move { work.advance(&browser).await })
        })
        .await
    }

    /// Ends the interaction, whose steps were taken one by one, if nothing is missing.
    ///
    /// # Errors
    /// [`FlowError`].
    pub async fn submit(
        &self,
        reference: InteractionRef,
        browser: Browser,
    ) -> Result<Progress, FlowError> {
        self.work(reference, move |work| {
            Box::pin(async move {
                work.event()?;
                work.submit(&browser).await
            })
        })
        .await
    }
}

/// What to ask next.
pub(crate) fn next_step(flow: &Flow, settings: &SignInExperience, user: Option<&User>) -> Step {
    if let Some(code) = flow.pending_code() {
        return Step::EnterCode(code.clone());
    }
    // An account that was deleted meanwhile is nobody's.
    let is_gone = flow.user_id.is_some() && user.is_none();
    let is_known = flow.has_identity() && !is_gone;
    let Some(event) = flow.event.filter(|_| is_known) else {
        let claimed = flow.claimed.clone();
        return claimed.map_or(Step::Begin, Step::EnterPassword);
    };
    if event == InteractionEvent::ForgotPassword {
        return match flow.profile.password_hash {
            Some(_) => Step::Finish,
            None => Step::ChooseNewPassword,
        };
    }
    if let Some(missing) = missing(settings, user, &flow.profile).first() {
        return Step::Complete(*missing);
    }
    let is_new = event == InteractionEvent::Register || flow.is_new;
    let asks = match settings.agree_to_terms_policy {
        AgreeToTermsPolicy::Automatic => false,
        AgreeToTermsPolicy::ManualRegistrationOnly => is_new,
        AgreeToTermsPolicy::Manual => true,
    };
    let has_terms = settings.terms_of_use_url.is_some() || settings.privacy_policy_url.is_some();
    if asks && has_terms && !flow.agreed_to_terms {
        return Step::AgreeToTerms;
    }
    Step::Finish
}

impl Work<'_> {
    /// Goes on as far as it goes.
    pub(crate) async fn advance(&mut self, browser: &Browser) -> Result<Progress, FlowError> {
        let user = self.user().await?;
        match next_step(&self.flow, &self.settings, user.as_ref()) {
            Step::Finish => {
                let is_register = self.flow.event == Some(InteractionEvent::Register);
                if is_register && self.flow.user_id.is_none() {
                    self.create_account().await?;
                }
                self.submit(browser).await
            }
            step => Ok(Progress::Next(step)),
        }
    }

    async fn submit(&mut self, browser: &Browser) -> Result<Progress, FlowError> {
        let user = self.user().await?;
        let user = user.ok_or(ErrorCode::SessionIdentifierNotFound)?;
        if user.is_suspended {
            return Err(ErrorCode::UserSuspended.into());
        }
        if !self.flow.is_proved(&user) {
            // Whoever took the password or the address away wants nobody in by it.
            let event = self.event()?;
            self.flow.begin(event);
            return Err(ErrorCode::SessionVerificationFailed.into());
        }
        if self.flow.event == Some(InteractionEvent::ForgotPassword) {
            return self.reset_password(user).await;
        }
        let missing = missing(&self.settings, Some(&user), &self.flow.profile);
        if !missing.is_empty() {
            return Err(FlowError::MissingProfile(missing));
        }
        self.ensure_draft_fits(&user)?;
        self.ensure_draft_is_free().await?;
        let draft = std::mem::take(&mut self.flow.profile);
        let changes = draft.has_identity() || draft.password_hash.is_some();
        let user = draft.over(user);
        let user = User {
            updated_at: if changes { self.now } else { user.updated_at },
            ..user
        };
        Ok(Progress::SignedIn(self.sign_in(user, browser).await?))
    }

    /// The new password is set. Whoever knew the old one is signed out everywhere; Logto leaves
    /// their sessions (OWASP ASVS 5, 7.4.3).
    async fn reset_password(&mut self, user: User) -> Result<Progress, FlowError> {
        let Some(hash) = self.flow.profile.password_hash.take() else {
            return Err(ErrorCode::UserNewPasswordRequired.into());
        };
        let user = User {
            password_hash: Some(hash),
            updated_at: self.now,
            ..user
        };
        self.tx.update_user(&user).await?;
        end_access(self.tx, self.entropy.as_ref(), &user.id, self.now).await?;
        self.forget_wrong_passwords(&user).await?;
        self.flow = Flow::default();
        Ok(Progress::PasswordReset)
    }

    /// The code that was asked for last; then, whose account that makes it.
    async fn enter_code(&mut self, typed: Option<&str>) -> Result<(), FlowError> {
        let event = self.event()?;
        let record = self.flow.records.last().cloned();
        let Some(record) = record.filter(|it| matches!(it.proof, Proof::Code(_))) else {
            return Err(ErrorCode::VerificationCodeNotFound.into());
        };
        let recipient = record
            .identifier()
            .recipient()
            .ok_or(ErrorCode::VerificationCodeNotFound)?;
        self.check_code(&record.id, &recipient, typed).await?;
        let record = self.verified_record(&record.id)?;
        if event == InteractionEvent::ForgotPassword {
            return self.identify_by_code(event, &record).await;
        }
        if self.flow.has_identity() {
            return self.add_verified(&record).await;
        }
        self.identify_by_code(event, &record).await
    }

    /// Signs in a known recipient and registers an unknown one, whichever of the two was asked
    /// for, where the settings allow it.
    async fn identify_by_code(
        &mut self,
        event: InteractionEvent,
        record: &VerificationRecord,
    ) -> Result<(), FlowError> {
        let identifier = record.identifier();
        let owner = identifier.owner(&mut *self.tx).await?;
        match (event, owner) {
            (InteractionEvent::ForgotPassword, _) => self.identify_recovery(record).await,
            (_, None) => {
                let mode = self.settings.sign_in_mode;
                if !mode.allows_register() || !registers(&self.settings, identifier.kind()) {
                    return Err(FlowError::UserNotExist(identifier));
                }
                self.flow.event = Some(InteractionEvent::Register);
                self.take_into_profile(record).await
            }
            (_, Some(_)) => {
                let method = self.settings.method(identifier.kind());
                let signs_in = self.settings.sign_in_mode.allows_sign_in()
                    && method.is_some_and(|it| it.verification_code);
                if event == InteractionEvent::Register && !signs_in {
                    return Err(super::identify::taken(identifier.kind()).into());
                }
                self.identify_sign_in(record).await?;
                // What was gathered for a new account is not for this one.
                self.flow.profile = ProfileDraft::default();
                self.flow.event = Some(InteractionEvent::SignIn);
                Ok(())
            }
        }
    }
}

/// Whether an account can begin with an identifier of that kind.
pub(crate) fn registers(settings: &SignInExperience, kind: SignInIdentifier) -> bool {
    let required = settings.sign_up.required();
    let has = |it| required.contains(&it);
    match kind {
        SignInIdentifier::Username => has(SignUpIdentifier::Username),
        SignInIdentifier::Email => {
            has(SignUpIdentifier::Email) || has(SignUpIdentifier::EmailOrPhone)
        }
        SignInIdentifier::Phone => {
            has(SignUpIdentifier::Phone) || has(SignUpIdentifier::EmailOrPhone)
        }
    }
}
