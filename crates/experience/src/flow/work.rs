//! One unit of work on one interaction: opened for the browser that began it, and saved whatever
//! comes of the step, since a refusal may have counted something.
//!
//! Rows are locked in one order, here and on account pages, so that no two units wait for each
//! other: the interaction, the user, the session, and then what is counted (a sentinel or an
//! address). So the owner of an identifier is looked up before anything is counted for it. A unit
//! that asks whether somebody else has an identifier may lock two users in any order; the database
//! ends the rare pair that cross.

use std::sync::Arc;

use moongate_core::{
    BoxFuture, CodeHolder, Entropy, ErrorCode, Interaction, InteractionState, ServerKeys, Tx,
    UnixMillis,
};

use super::{Flow, InteractionEvent};
use crate::flow::error::FlowError;
use crate::interactions::open;
use crate::{Experience, InteractionRef, LockOuts, SignInExperience};

/// What a step sees and changes.
pub(crate) struct Work<'t> {
    pub(crate) tx: &'t mut dyn Tx,
    pub(crate) keys: Arc<ServerKeys>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) lock_outs: LockOuts,
    pub(crate) settings: SignInExperience,
    pub(crate) interaction: Interaction,
    pub(crate) flow: Flow,
    pub(crate) now: UnixMillis,
}

impl Work<'_> {
    /// What codes of this interaction belong to.
    pub(crate) fn holder(&self) -> CodeHolder {
        CodeHolder::Interaction(self.interaction.id.clone())
    }

    /// What the person wants to do.
    pub(crate) fn event(&self) -> Result<InteractionEvent, FlowError> {
        self.flow
            .event
            .ok_or(FlowError::Refused(ErrorCode::SessionInteractionNotFound))
    }
}

impl Experience {
    /// Takes one step of an interaction that nobody signed in through yet. A refusal commits what
    /// the step has changed until then; only a failure of the store undoes it.
    pub(crate) async fn work<T, F>(
        &self,
        reference: InteractionRef,
        step: F,
    ) -> Result<T, FlowError>
    where
        T: Send + 'static,
        F: for<'w, 't> FnOnce(&'w mut Work<'t>) -> BoxFuture<'w, Result<T, FlowError>>
            + Send
            + 'static,
    {
        let now = self.clock.now();
        let keys = Arc::clone(&self.keys);
        let entropy = Arc::clone(&self.entropy);
        let lock_outs = self.limits.lock_outs;
        let outcome: Result<Result<T, FlowError>, FlowError> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let interaction = open(tx, &reference, now).await?;
                    if interaction.state == InteractionState::Cancelled {
                        return Err(FlowError::InteractionNotFound);
                    }
                    let document = interaction.flow().ok_or(FlowError::AlreadySignedIn)?;
                    let flow = Flow::read(document);
                    let settings = SignInExperience::load(&mut *tx).await?;
                    let mut work = Work {
                        tx,
                        keys,
                        entropy,
                        lock_outs,
                        settings,
                        interaction: interaction.clone(),
                        flow: flow.clone(),
                        now,
                    };
                    let outcome = step(&mut work).await;
                    if let Err(FlowError::Store(error)) = outcome {
                        return Err(FlowError::Store(error));
                    }
                    let changed = if work.interaction.state != interaction.state {
                        Some(work.interaction)
                    } else if work.flow == flow {
                        None
                    } else {
                        Some(interaction.progressed(work.flow.to_value(), now)?)
                    };
                    if let Some(changed) = changed {
                        work.tx.update_interaction(&changed).await?;
                    }
                    Ok(outcome)
                })
            })
            .await;
        outcome
            .and_then(|outcome| outcome)
            .map_err(FlowError::foreseen)
    }
}
