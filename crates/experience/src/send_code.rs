//! A number is given, or another code asked for: a code goes out.

use std::sync::Arc;
use std::time::Duration;

use moongate_core::{
    BoxFuture, Interaction, InteractionError, InteractionState, Mac, MacPurpose, Phone, PhoneError,
    Region, SendError, StoreError, Tx, UnixMillis, Usage, VerificationCode, VerificationMessage,
    VerificationPurpose, VerificationTarget,
};
use thiserror::Error;

use crate::interactions::open;
use crate::{Experience, InteractionRef, OpenError, SendLimits, SignInExperience};

const PURPOSE: VerificationPurpose = VerificationPurpose::SignIn;

/// A code is on its way.
pub struct CodeSent {
    /// Whether an earlier code of this sign-in is void by it.
    pub replaces: bool,
    /// What is still to be done, where waiting for it would tell whether the number is known.
    pub background: Option<PendingSend>,
}

/// A message to be sent after the answer; run it to its end.
pub type PendingSend = BoxFuture<'static, ()>;

/// Why no code went out.
#[derive(Debug, Error)]
pub enum SendCodeError {
    /// Unknown, expired, or another browser's.
    #[error("there is no such interaction in this browser")]
    InteractionNotFound,
    /// Somebody signed in already: go on to the application.
    #[error("somebody signed in already")]
    AlreadySignedIn,
    /// No number has been given yet.
    #[error("no number has been given")]
    NoNumber,
    /// The text is no number that a code can be sent to.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The settings do not allow phone and code.
    #[error("phone and verification code are switched off")]
    MethodOff,
    /// Too many messages to this number.
    #[error("too many messages to this number")]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The provider did not take the message. The number is kept; trying again is allowed at once.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OpenError> for SendCodeError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound => Self::InteractionNotFound,
            OpenError::Store(error) => Self::Store(error),
        }
    }
}

impl From<InteractionError> for SendCodeError {
    fn from(error: InteractionError) -> Self {
        match error {
            InteractionError::Expired => Self::InteractionNotFound,
            InteractionError::PastThisStep => Self::AlreadySignedIn,
        }
    }
}

/// What the unit of work decided.
struct Decision {
    next: Next,
    /// Whether an earlier code is void by it.
    replaces: bool,
}

enum Next {
    /// A live code went to this number a moment ago, by a double click; or nobody has the number
    /// and registering is off, which must look the same.
    Nothing,
    /// Send this.
    Send {
        usage: Usage,
        code: VerificationCode,
        /// Whether to wait for the provider: not where it would tell who has an account.
        waits: bool,
    },
}

impl Experience {
    /// Sends a code to the number that a person wrote, read as one of `region` if it has no
    /// country code.
    ///
    /// # Errors
    /// [`SendCodeError`].
    pub async fn send_code(
        &self,
        reference: InteractionRef,
        number: &str,
        region: Region,
    ) -> Result<CodeSent, SendCodeError> {
        let phone = Phone::parse(number, region)?;
        self.send(reference, Some(phone)).await
    }

    /// Sends another code to the same number; the earlier one is void.
    ///
    /// # Errors
    /// [`SendCodeError`].
    pub async fn resend_code(&self, reference: InteractionRef) -> Result<CodeSent, SendCodeError> {
        self.send(reference, None).await
    }

    async fn send(
        &self,
        reference: InteractionRef,
        given: Option<Phone>,
    ) -> Result<CodeSent, SendCodeError> {
        let now = self.clock.now();
        let phone = match given.clone() {
            Some(phone) => phone,
            None => self.number_of(&reference).await?,
        };
        let (code, plain) = VerificationCode::generate(
            self.entropy.as_ref(),
            &self.keys,
            reference.id.clone(),
            PURPOSE,
            &phone,
            now,
        );
        let address = self.keys.mac(MacPurpose::Address, &[phone.digits()]);
        let unit = Sending {
            reference: reference.clone(),
            phone: phone.clone(),
            is_resend: given.is_none(),
            code,
            address,
            limits: self.limits.clone(),
            now,
        };
        let decision = self
            .store
            .write(move |tx| Box::pin(unit.decide(tx)))
            .await?;
        let mut sent = CodeSent {
            replaces: decision.replaces,
            background: None,
        };
        let Next::Send { usage, code, waits } = decision.next else {
            return Ok(sent);
        };
        let message = VerificationMessage {
            phone,
            usage,
            code: plain,
        };
        if waits {
            let delivery = Delivery {
                experience: self.clone(),
                reference,
                code,
                address,
                sent_at: now,
            };
            delivery.send(message).await?;
        } else {
            // Nothing is recorded of a failure either, which the sender has logged.
            let sender = Arc::clone(&self.sender);
            sent.background = Some(Box::pin(async move {
                let _ = sender.send(message).await;
            }));
        }
        Ok(sent)
    }

    async fn number_of(&self, reference: &InteractionRef) -> Result<Phone, SendCodeError> {
        let mut reader = self.store.read().await?;
        let interaction = open(reader.as_mut(), reference, self.clock.now()).await?;
        match (interaction.target(), &interaction.state) {
            (Some(target), _) => Ok(target.phone.clone()),
            (None, InteractionState::Started { .. }) => Err(SendCodeError::NoNumber),
            (None, _) => Err(SendCodeError::AlreadySignedIn),
        }
    }
}

/// The unit of work that decides whether a message goes out, and records that it does.
struct Sending {
    reference: InteractionRef,
    phone: Phone,
    is_resend: bool,
    code: VerificationCode,
    address: Mac,
    limits: SendLimits,
    now: UnixMillis,
}

impl Sending {
    async fn decide(self, tx: &mut dyn Tx) -> Result<Decision, SendCodeError> {
        let now = self.now;
        let interaction = open(tx, &self.reference, now).await?;
        let settings = SignInExperience::load(&mut *tx).await?;
        if !settings.allows_phone_code() {
            return Err(SendCodeError::MethodOff);
        }
        tx.lock_address(&self.address).await?;
        let horizon = now.minus(self.limits.horizon());
        let sends = tx.sends_since(&self.address, horizon).await?;
        if let Some(until) = self.limits.blocked_until(&sends, now) {
            if !self.is_resend && self.has_live_code(tx, &interaction).await? {
                return Ok(Decision {
                    next: Next::Nothing,
                    replaces: false,
                });
            }
            // Whoever signed in already is sent on rather than told to wait.
            interaction.verifying(None, now)?;
            return Err(SendCodeError::RateLimited {
                retry_after: until.since(now),
            });
        }
        let sent_before = interaction
            .target()
            .is_some_and(|target| !target.send_failed);
        let replaces = self.is_resend && sent_before;
        let known = tx.user_by_phone(&self.phone).await?.is_some();
        let mut sends_with_this = sends;
        sends_with_this.insert(0, now);
        let target = VerificationTarget {
            phone: self.phone,
            send_failed: false,
            resend_at: self
                .limits
                .blocked_until(&sends_with_this, now)
                .unwrap_or(now),
        };
        let interaction = interaction.verifying(Some(target), now)?;
        tx.insert_send(&self.address, now).await?;
        tx.replace_verification_code(&self.code).await?;
        tx.update_interaction(&interaction).await?;
        let waits = settings.sign_in_mode.allows_register();
        let code = self.code;
        let send = |usage| Next::Send { usage, code, waits };
        let next = match (known, waits) {
            (true, _) => send(Usage::SignIn),
            (false, true) => send(Usage::Register),
            (false, false) => Next::Nothing,
        };
        Ok(Decision { next, replaces })
    }

    /// Whether this very interaction has sent a code to this number that still works.
    async fn has_live_code(
        &self,
        tx: &mut dyn Tx,
        interaction: &Interaction,
    ) -> Result<bool, StoreError> {
        let same_number = interaction
            .target()
            .is_some_and(|target| target.phone == self.phone && !target.send_failed);
        if !same_number {
            return Ok(false);
        }
        let code = tx.verification_code(&interaction.id, PURPOSE).await?;
        Ok(code.is_some_and(|code| code.consumed_at.is_none() && !code.is_expired(self.now)))
    }
}

/// Hands a message to the sender, outside any transaction, and records a failure.
struct Delivery {
    experience: Experience,
    reference: InteractionRef,
    code: VerificationCode,
    address: Mac,
    sent_at: UnixMillis,
}

impl Delivery {
    async fn send(self, message: VerificationMessage) -> Result<(), SendCodeError> {
        let phone = message.phone.clone();
        let Err(error) = self.experience.sender.send(message).await else {
            return Ok(());
        };
        let now = self.experience.clock.now();
        self.experience
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.delete_send(&self.address, self.sent_at).await?;
                    let interaction = open(tx, &self.reference, now).await?;
                    let newest = tx.verification_code(&interaction.id, PURPOSE).await?;
                    if newest.is_some_and(|newest| newest.id != self.code.id) {
                        return Ok(());
                    }
                    let target = Some(VerificationTarget {
                        phone,
                        send_failed: true,
                        resend_at: now,
                    });
                    tx.update_interaction(&interaction.verifying(target, now)?)
                        .await?;
                    Ok::<_, SendCodeError>(())
                })
            })
            .await?;
        Err(SendCodeError::Send(error))
    }
}
