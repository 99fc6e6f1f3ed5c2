//! Beginning an interaction: what the pages need to know of a request.

use moongate_core::{
    ApplicationId, Authentication, AuthorizationRequest, Interaction, InteractionId, Session,
    StoreError,
};

use crate::{Browser, Provider};

/// An interaction that has begun, and how its browser proves that it is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The interaction that the pages carry.
    pub interaction: InteractionId,
    /// The value of the interactions cookie to set: the one that the browser has, or a new one.
    pub interactions_cookie: String,
}

impl Provider {
    /// Begins an interaction; with a session, somebody has signed in already.
    pub(crate) async fn begin(
        &self,
        application_id: ApplicationId,
        request: AuthorizationRequest,
        browser: &Browser,
        session: Option<&Session>,
    ) -> Result<Begun, StoreError> {
        let now = self.clock.now();
        let entropy = self.entropy.as_ref();
        // Whatever can't be one of ours is replaced.
        let known = browser
            .interactions
            .clone()
            .filter(|cookie| cookie.len() == 43);
        let interactions_cookie = known.unwrap_or_else(|| entropy.token());
        let mut interaction =
            Interaction::start(entropy, &interactions_cookie, application_id, request, now);
        let id = interaction.id.clone();
        if let Some(session) = session {
            let authentication = Authentication {
                session_id: session.id.clone(),
                user_id: session.user_id.clone(),
            };
            interaction = interaction
                .authenticated(authentication, now)
                .expect("an interaction that starts now is neither over nor past this step");
        }
        self.store
            .write(move |tx| Box::pin(async move { tx.insert_interaction(&interaction).await }))
            .await?;
        Ok(Begun {
            interaction: id,
            interactions_cookie,
        })
    }
}
