//! Consent: a person allows a third-party application what it asks for, or refuses.
//!
//! The provider leads here once somebody is signed in and something was never allowed; what is
//! allowed is remembered, and the provider goes on from there.

use moongate_core::{
    Application, AskedAccess, Consent, Interaction, InteractionState, Reader, StoreError, Tx,
    UnixMillis, User, token_hash,
};
use thiserror::Error;

use crate::interactions::open;
use crate::{Experience, InteractionRef, OpenError, SignInExperience};

/// Somebody is asked to allow something.
#[derive(Debug)]
pub struct ConsentQuestion {
    /// The interaction that it belongs to.
    pub interaction: Interaction,
    /// The tenant's settings.
    pub settings: SignInExperience,
    /// Who asks.
    pub application: Application,
    /// Who is asked.
    pub user: User,
    /// For what.
    pub access: AskedAccess,
}

/// Why nobody is asked, or no answer is taken.
#[derive(Debug, Error)]
pub enum ConsentError {
    /// Unknown, expired, another browser's, or whoever signed in is signed in here no longer.
    #[error("there is no such interaction in this browser")]
    NotFound,
    /// Nothing is to be asked at this point: the provider knows how to go on.
    #[error("the interaction is at another step")]
    AnotherStep,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OpenError> for ConsentError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotFound => Self::NotFound,
            OpenError::Store(error) => Self::Store(error),
        }
    }
}

impl Experience {
    /// What the person who is signed in here is to be asked.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub async fn consent_question(
        &self,
        reference: &InteractionRef,
        session_cookie: Option<&str>,
    ) -> Result<ConsentQuestion, ConsentError> {
        let mut reader = self.store.read().await?;
        let reader = reader.as_mut();
        let asked = asked(reader, reference, session_cookie, self.clock.now()).await?;
        let (interaction, application, user) = asked;
        if !matches!(interaction.state, InteractionState::Authenticated(_)) {
            return Err(ConsentError::AnotherStep);
        }
        let request = &interaction.request;
        Ok(ConsentQuestion {
            settings: SignInExperience::load(&mut *reader).await?,
            access: AskedAccess::load(reader, &request.scopes, &request.resources).await?,
            interaction,
            application,
            user,
        })
    }

    /// The person allows it: what was asked for is remembered, and is not asked for again.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub async fn allow(
        &self,
        reference: InteractionRef,
        session_cookie: Option<&str>,
    ) -> Result<(), ConsentError> {
        let session_cookie = session_cookie.map(str::to_owned);
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move { allow(tx, &reference, session_cookie, now).await })
            })
            .await
    }

    /// The person refuses, once or, by a double click, twice: the application is to be told.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub async fn deny(
        &self,
        reference: InteractionRef,
        session_cookie: Option<&str>,
    ) -> Result<Interaction, ConsentError> {
        let session_cookie = session_cookie.map(str::to_owned);
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move { deny(tx, &reference, session_cookie, now).await })
            })
            .await
    }
}

async fn allow(
    tx: &mut dyn Tx,
    reference: &InteractionRef,
    session_cookie: Option<String>,
    now: UnixMillis,
) -> Result<(), ConsentError> {
    let asked = asked(tx, reference, session_cookie.as_deref(), now).await?;
    let (interaction, application, user) = asked;
    let consented = interaction.consented(now);
    let interaction = consented.map_err(|_| ConsentError::AnotherStep)?;
    let known = tx.consent(&user.id, &application.id).await?;
    let known = known.unwrap_or_else(|| Consent::nothing(user.id, application.id, now));
    let request = &interaction.request;
    let consent = known.with(&request.scopes, &request.resources, now);
    tx.put_consent(&consent).await?;
    tx.update_interaction(&interaction).await?;
    Ok(())
}

async fn deny(
    tx: &mut dyn Tx,
    reference: &InteractionRef,
    session_cookie: Option<String>,
    now: UnixMillis,
) -> Result<Interaction, ConsentError> {
    let interaction = open(tx, reference, now).await?;
    if interaction.state == InteractionState::Cancelled {
        return Ok(interaction);
    }
    let asked = asked(tx, reference, session_cookie.as_deref(), now).await?;
    let denied = asked.0.denied(now);
    let interaction = denied.map_err(|_| ConsentError::AnotherStep)?;
    tx.update_interaction(&interaction).await?;
    Ok(interaction)
}

/// The interaction, who asks, and who is asked: the user who signed in and still is signed in in
/// this browser. First-party applications and devices ask elsewhere or not at all.
async fn asked<R: Reader + ?Sized>(
    reader: &mut R,
    reference: &InteractionRef,
    session_cookie: Option<&str>,
    now: UnixMillis,
) -> Result<(Interaction, Application, User), ConsentError> {
    let interaction = open(reader, reference, now).await?;
    let (InteractionState::Authenticated(authentication)
    | InteractionState::Consented(authentication)) = &interaction.state
    else {
        return Err(ConsentError::AnotherStep);
    };
    if interaction.request.device_user_code.is_some() {
        return Err(ConsentError::AnotherStep);
    }
    let session = match session_cookie {
        Some(cookie) => reader.session_by_cookie(&token_hash(cookie)).await?,
        None => None,
    };
    let is_here = session.is_some_and(|session| {
        session.user_id == authentication.user_id && !session.is_expired(now)
    });
    let user = reader.user(&authentication.user_id).await?;
    let user = user.filter(|user| is_here && !user.is_suspended);
    let application = reader.application(&interaction.application_id).await?;
    let (Some(user), Some(application)) = (user, application) else {
        return Err(ConsentError::NotFound);
    };
    if !application.is_third_party {
        return Err(ConsentError::AnotherStep);
    }
    Ok((interaction, application, user))
}
