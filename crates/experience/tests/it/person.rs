//! A person who walks the pages: gives what is asked for, as long as something is asked for.

use std::sync::atomic::{AtomicU32, Ordering};

use moongate_core::{ErrorCode, Recipient, Secret};
use moongate_experience::{
    Browser, Delivery, FlowError, InteractionEvent, InteractionRef, Missing, Progress, SignedIn,
    Step,
};

use crate::ground::{Ground, OTHER_PASSWORD, PASSWORD, to_email, to_phone};

/// What somebody has to give.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) phone: Recipient,
    pub(crate) email: Recipient,
}

/// How a walk ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    SignedIn(SignedIn),
    Reset,
    Refused(ErrorCode),
    Beginning,
}

impl Person {
    /// Somebody whom nobody has seen before.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            name: format!("person_{number}"),
            phone: to_phone(&format!("137{number:08}")),
            email: to_email(&format!("person{number}@mail.example")),
        }
    }

    /// Goes on from what a first step led to.
    pub(crate) async fn walk(
        &self,
        ground: &Ground,
        reference: &InteractionRef,
        first: Result<Progress, FlowError>,
    ) -> End {
        let mut progress = first;
        // Nothing is asked for twice: five things, two codes, the terms, a new password.
        for _ in 0..12 {
            let step = match progress {
                Err(error) => return End::Refused(error.code()),
                Ok(Progress::SignedIn(signed_in)) => return End::SignedIn(signed_in),
                Ok(Progress::PasswordReset) => return End::Reset,
                Ok(Progress::Next(Step::Begin)) => return End::Beginning,
                Ok(Progress::Next(step)) => step,
            };
            progress = self.take(ground, reference, step).await;
        }
        panic!("stuck: {progress:?}");
    }

    /// Does what one step asks for.
    pub(crate) async fn take(
        &self,
        ground: &Ground,
        reference: &InteractionRef,
        step: Step,
    ) -> Result<Progress, FlowError> {
        let experience = &ground.experience;
        let (own, browser) = (reference.clone(), Browser::default());
        match step {
            Step::Begin => Ok(Progress::Next(Step::Begin)),
            Step::EnterPassword(identifier) => {
                let password = Secret::new(PASSWORD);
                experience
                    .sign_in_with_password(own, identifier, password, browser)
                    .await
            }
            Step::EnterCode(code) => {
                let sent = ground.sender.last_code_to(&code.recipient);
                let sent = sent.filter(|_| code.delivery != Delivery::HeldBack);
                let typed = sent.unwrap_or_else(|| "000000".into());
                experience.enter_code(own, &typed, browser).await
            }
            Step::Complete(Missing::Username) => {
                let name = self.name.clone();
                experience.give_username(own, name, false, browser).await
            }
            Step::Complete(Missing::Password) => {
                let password = Secret::new(PASSWORD);
                experience.give_password(own, password, browser).await
            }
            Step::Complete(Missing::Phone) => self.ask(ground, own, self.phone.clone()).await,
            Step::Complete(Missing::Email | Missing::EmailOrPhone) => {
                self.ask(ground, own, self.email.clone()).await
            }
            Step::AgreeToTerms => experience.agree_to_terms(own, browser).await,
            Step::ChooseNewPassword => {
                let password = Secret::new(OTHER_PASSWORD);
                experience.give_password(own, password, browser).await
            }
            Step::Finish => experience.go_on(own, browser).await,
        }
    }

    async fn ask(
        &self,
        ground: &Ground,
        reference: InteractionRef,
        recipient: Recipient,
    ) -> Result<Progress, FlowError> {
        let event = ground.flow(&reference).await.event;
        let event = event.unwrap_or(InteractionEvent::SignIn);
        ground.ask(&reference, recipient, event, false).await?;
        let found = ground.experience.whereabouts(&reference).await?;
        Ok(Progress::Next(found.step))
    }
}

/// Every refusal that a person may meet on pages.
pub(crate) const REFUSALS: &[ErrorCode] = &[
    ErrorCode::AuthForbidden,
    ErrorCode::SessionInvalidCredentials,
    ErrorCode::SessionNotSupportedForForgotPassword,
    ErrorCode::UserEmailAlreadyInUse,
    ErrorCode::UserNotExist,
    ErrorCode::UserPhoneAlreadyInUse,
    ErrorCode::UserSignInMethodNotEnabled,
    ErrorCode::UserUsernameAlreadyInUse,
    ErrorCode::VerificationCodeMismatch,
];
