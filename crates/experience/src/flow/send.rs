//! A code is asked for, and goes out.

use std::sync::Arc;

use moongate_core::{
    BoxFuture, ErrorCode, Mac, Recipient, Secret, SendError, StoreError, UnixMillis, Usage,
    VerificationCode, VerificationMessage, VerificationPurpose,
};

use super::advance::registers;
use super::budget::{Budget, has_live_code};
use super::error::FlowError;
use super::work::Work;
use super::{CodeProof, Delivery, InteractionEvent, Proof, VerificationRecord};
use crate::{Experience, ForgotPasswordMethod, Identifier, InteractionRef, SendLimits};

/// A code is on its way, or seems to be.
pub struct CodeSent {
    /// The record that the code verifies.
    pub verification_id: String,
    /// Whether an earlier code of this record is void by it.
    pub replaces: bool,
    /// What is still to be done, where waiting for it would tell who has an account.
    pub background: Option<PendingSend>,
}

/// A message to be sent after the answer; run it to its end.
pub type PendingSend = BoxFuture<'static, ()>;

/// A code that is asked for.
#[derive(Debug, Clone)]
pub struct CodeRequest {
    /// Where to; the recipient of the pending code, if `None`.
    pub recipient: Option<Recipient>,
    /// What for.
    pub event: InteractionEvent,
    /// Whether that is what the person wants to do from now on, whatever they did before.
    pub begins: bool,
    /// The language of the page.
    pub language: String,
}

/// What a code proves, by what it was asked for.
pub(super) fn purpose(event: InteractionEvent) -> VerificationPurpose {
    match event {
        InteractionEvent::SignIn | InteractionEvent::Register => VerificationPurpose::SignIn,
        InteractionEvent::ForgotPassword => VerificationPurpose::ForgotPassword,
    }
}

impl Experience {
    /// Sends a code.
    ///
    /// # Errors
    /// [`FlowError`]. Nobody learns from it whether the recipient has an account, where the
    /// settings would make that a secret.
    pub async fn send_code(
        &self,
        reference: InteractionRef,
        request: CodeRequest,
    ) -> Result<CodeSent, FlowError> {
        let limits = self.limits.sends.clone();
        let language = request.language.clone();
        let decision = self
            .work(reference.clone(), move |work| {
                Box::pin(async move { work.ask_for_code(request, &limits).await })
            })
            .await?;
        let mut sent = CodeSent {
            verification_id: decision.verification_id,
            replaces: decision.replaces,
            background: None,
        };
        let Some(outgoing) = decision.outgoing else {
            return Ok(sent);
        };
        let message = VerificationMessage {
            recipient: outgoing.recipient.clone(),
            usage: outgoing.usage,
            code: outgoing.plain.clone(),
            language,
            application: outgoing.application.clone(),
        };
        if outgoing.waits {
            self.deliver(reference, outgoing, message).await?;
        } else {
            // Nothing is recorded of a failure either, which the sender has logged.
            let sender = Arc::clone(&self.sender);
            sent.background = Some(Box::pin(async move {
                let _ = sender.send(message).await;
            }));
        }
        Ok(sent)
    }

    /// Hands a message to the sender, outside any transaction, and records a failure.
    async fn deliver(
        &self,
        reference: InteractionRef,
        outgoing: Outgoing,
        message: VerificationMessage,
    ) -> Result<(), FlowError> {
        let Err(error) = self.sender.send(message).await else {
            return Ok(());
        };
        self.work(reference, move |work| {
            Box::pin(async move { work.delivery_failed(&outgoing, error).await })
        })
        .await?;
        Err(FlowError::Send(error))
    }
}

/// What the unit of work decided.
struct Decision {
    verification_id: String,
    replaces: bool,
    /// Nothing goes out by a double click, or where nobody could use the code.
    outgoing: Option<Outgoing>,
}

struct Outgoing {
    recipient: Recipient,
    usage: Usage,
    application: String,
    code: VerificationCode,
    plain: Secret,
    address: Mac,
    sent_at: UnixMillis,
    /// Whether to wait for the provider: not where it would tell who has an account.
    waits: bool,
}

impl Work<'_> {
    async fn ask_for_code(
        &mut self,
        request: CodeRequest,
        limits: &SendLimits,
    ) -> Result<Decision, FlowError> {
        let pending = self.flow.pending_code().cloned();
        let is_resend = request.recipient.is_none();
        let recipient = request
            .recipient
            .or_else(|| pending.as_ref().map(|code| code.recipient.clone()))
            .ok_or(ErrorCode::VerificationCodeNotFound)?;
        if !request.begins {
            self.event()?;
        }
        let identifier = Identifier::from(recipient.clone());
        self.ensure_is_of_use(&recipient, request.event, request.begins)?;
        let known = identifier.owner(&mut *self.tx).await?;
        let pending =
            pending.filter(|code| code.recipient == recipient && code.delivery != Delivery::Failed);
        let budget = Budget::of(&recipient, limits, self.tx, &self.keys, self.now).await?;
        if let Some(refusal) = budget.refusal() {
            let (holder, purpose) = (self.holder(), purpose(request.event));
            let is_again = !is_resend
                && self.flow.event == Some(request.event)
                && has_live_code(self.tx, &holder, purpose, &recipient, self.now).await?;
            let Some(record) = self.flow.records.last().filter(|_| {
                // A double click: the first one has sent it.
                is_again && pending.is_some()
            }) else {
                return Err(refusal);
            };
            return Ok(Decision {
                verification_id: record.id.clone(),
                replaces: false,
                outgoing: None,
            });
        }
        if request.begins {
            self.flow.begin(request.event);
        }
        let may_register = self.settings.sign_in_mode.allows_register();
        let recovers = request.event == InteractionEvent::ForgotPassword;
        let fulfils = self.flow.has_identity();
        let waits = !recovers && (may_register || fulfils);
        let is_held_back = known.is_none() && !waits;
        let (code, plain) = VerificationCode::generate(
            self.entropy.as_ref(),
            &self.keys,
            self.holder(),
            purpose(request.event),
            &recipient,
            self.settings.verification_code_policy.ttl(),
            self.now,
        );
        let (address, resend_at) = budget.spend(self.tx).await?;
        self.tx.replace_verification_code(&code).await?;
        let record = VerificationRecord::new(
            self.entropy.as_ref(),
            Proof::Code(CodeProof {
                recipient: recipient.clone(),
                event: request.event,
                fulfils,
                is_verified: false,
                verified_at: None,
                delivery: if is_held_back {
                    Delivery::HeldBack
                } else {
                    Delivery::Sent
                },
                resend_at,
            }),
        );
        let verification_id = self.flow.add(record);
        let usage = match (request.event, known.is_some()) {
            (InteractionEvent::ForgotPassword, _) => Usage::ForgotPassword,
            _ if fulfils && self.flow.user_id.is_some() => Usage::BindNewIdentifier,
            (_, true) => Usage::SignIn,
            (_, false) => Usage::Register,
        };
        // Read in either case: the time that it takes would tell who has an account.
        let application = self.application_name().await?;
        let outgoing = (!is_held_back).then_some(Outgoing {
            recipient,
            usage,
            application,
            code,
            plain,
            address,
            sent_at: self.now,
            waits,
        });
        Ok(Decision {
            verification_id,
            replaces: is_resend && pending.is_some(),
            outgoing,
        })
    }

    /// That a code for such a recipient could lead anywhere. Logto sends it whatever the settings
    /// say, and refuses it once it was entered; a message costs money and may be sent to anybody,
    /// so we differ. The settings alone decide, and nobody learns who has an account.
    fn ensure_is_of_use(
        &self,
        recipient: &Recipient,
        event: InteractionEvent,
        begins: bool,
    ) -> Result<(), FlowError> {
        let settings = &self.settings;
        let kind = Identifier::from(recipient.clone()).kind();
        if event == InteractionEvent::ForgotPassword {
            let method = ForgotPasswordMethod::by(recipient.channel());
            return if settings.recovers_by(method) {
                Ok(())
            } else {
                Err(ErrorCode::SessionNotSupportedForForgotPassword.into())
            };
        }
        let signs_in = settings.method(kind).is_some_and(|it| it.verification_code);
        let fulfils = !begins && self.flow.has_identity();
        let may_register = settings.sign_in_mode.allows_register();
        if signs_in || ((may_register || fulfils) && registers(settings, kind)) {
            Ok(())
        } else {
            Err(ErrorCode::UserSignInMethodNotEnabled.into())
        }
    }

    async fn application_name(&mut self) -> Result<String, StoreError> {
        let id = self.interaction.application_id.clone();
        let application = self.tx.application(&id).await?;
        Ok(application.map(|it| it.name).unwrap_or_default())
    }

    async fn delivery_failed(
        &mut self,
        outgoing: &Outgoing,
        error: SendError,
    ) -> Result<(), FlowError> {
        let may_try_at_once = is_refunded(error);
        if may_try_at_once {
            self.tx
                .delete_send(&outgoing.address, outgoing.sent_at)
                .await?;
        }
        let code = &outgoing.code;
        let newest = self
            .tx
            .verification_code(&code.holder, code.purpose, code.channel)
            .await?;
        if newest.is_some_and(|newest| newest.id != code.id) {
            return Ok(());
        }
        let now = self.now;
        for record in &mut self.flow.records {
            if let Proof::Code(proof) = &mut record.proof
                && proof.recipient == outgoing.recipient
                && !proof.is_verified
            {
                proof.delivery = Delivery::Failed;
                if may_try_at_once {
                    proof.resend_at = now;
                }
            }
        }
        Ok(())
    }
}

/// Whether a message that failed leaves the limit as it was. Where the provider says that it was
/// asked too often, asking again at once would only make it worse.
pub(crate) fn is_refunded(error: SendError) -> bool {
    match error {
        SendError::NoConnector | SendError::BadAddress | SendError::Failed => true,
        SendError::RateLimited => false,
    }
}

impl From<SendError> for FlowError {
    fn from(error: SendError) -> Self {
        Self::Send(error)
    }
}
