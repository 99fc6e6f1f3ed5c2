//! Interactions.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, Interaction, InteractionId, InteractionReads, InteractionWrites, StoreError,
    UnixMillis,
};

use crate::conn::{Conn, from_json, hash, to_json};

row! {
    struct InteractionRow of "interactions" {
        id: String,
        browser_hash: Vec<u8>,
        application_id: String,
        request: String,
        state: String,
        created_at: i64,
        expires_at: i64,
    }
}

impl TryFrom<InteractionRow> for Interaction {
    type Error = StoreError;

    fn try_from(row: InteractionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: InteractionId::from(row.id),
            browser_hash: hash(row.browser_hash, "interactions.browser_hash")?,
            application_id: ApplicationId::from(row.application_id),
            request: from_json(&row.request, "interactions.request")?,
            state: from_json(&row.state, "interactions.state")?,
            created_at: UnixMillis(row.created_at),
            expires_at: UnixMillis(row.expires_at),
        })
    }
}

#[async_trait]
impl InteractionReads for Conn<'_> {
    async fn interaction(&mut self, id: &InteractionId) -> Result<Option<Interaction>, StoreError> {
        let row = fetch_locked!(
            self,
            InteractionRow,
            "SELECT id, browser_hash, application_id, request, state, created_at, expires_at \
             FROM interactions WHERE id = $1",
            id.as_str()
        )?;
        row.map(Interaction::try_from).transpose()
    }

    async fn latest_interaction(
        &mut self,
        browser_hash: &[u8; 32],
        application_id: Option<&ApplicationId>,
        now: UnixMillis,
    ) -> Result<Option<Interaction>, StoreError> {
        // A state's text begins with its stage. Two that began in the same millisecond are in no
        // order; by identifier the answer is at least always the same.
        let row = fetch_optional!(
            self,
            InteractionRow,
            "SELECT id, browser_hash, application_id, request, state, created_at, expires_at \
             FROM interactions WHERE browser_hash = $1 AND expires_at > $2 \
             AND ($3 = '' OR application_id = $3) \
             AND state NOT LIKE '{\"stage\":\"finished\"%' \
             AND state NOT LIKE '{\"stage\":\"cancelled\"%' \
             ORDER BY created_at DESC, id DESC LIMIT 1",
            &browser_hash[..],
            now.0,
            application_id.map_or("", ApplicationId::as_str)
        )?;
        row.map(Interaction::try_from).transpose()
    }
}

#[async_trait]
impl InteractionWrites for Conn<'_> {
    async fn insert_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO interactions (id, browser_hash, application_id, request, state, \
             created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            interaction.id.as_str(),
            &interaction.browser_hash[..],
            interaction.application_id.as_str(),
            to_json(&interaction.request),
            to_json(&interaction.state),
            interaction.created_at.0,
            interaction.expires_at.0,
        )?;
        Ok(())
    }

    async fn update_interaction(&mut self, interaction: &Interaction) -> Result<(), StoreError> {
        execute!(
            self,
            "UPDATE interactions SET state = $2 WHERE id = $1",
            interaction.id.as_str(),
            to_json(&interaction.state),
        )?;
        Ok(())
    }
}
