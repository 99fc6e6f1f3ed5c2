//! What users allowed third-party applications.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, Consent, ConsentReads, ConsentWrites, Scopes, StoreError, UnixMillis, UserId,
};

use crate::conn::{Conn, from_json, to_json};

row! {
    struct ConsentRow of "consents" {
        user_id: String,
        application_id: String,
        scopes: String,
        resources: String,
        updated_at: i64,
    }
}

impl TryFrom<ConsentRow> for Consent {
    type Error = StoreError;

    fn try_from(row: ConsentRow) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: UserId::from(row.user_id),
            application_id: ApplicationId::from(row.application_id),
            scopes: Scopes::from(row.scopes),
            resources: from_json(&row.resources, "consents.resources")?,
            updated_at: UnixMillis(row.updated_at),
        })
    }
}

#[async_trait]
impl ConsentReads for Conn<'_> {
    async fn consent(
        &mut self,
        user_id: &UserId,
        application_id: &ApplicationId,
    ) -> Result<Option<Consent>, StoreError> {
        let row = fetch_locked!(
            self,
            ConsentRow,
            "SELECT user_id, application_id, scopes, resources, updated_at FROM consents \
             WHERE user_id = $1 AND application_id = $2",
            user_id.as_str(),
            application_id.as_str()
        )?;
        row.map(Consent::try_from).transpose()
    }
}

#[async_trait]
impl ConsentWrites for Conn<'_> {
    async fn put_consent(&mut self, consent: &Consent) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO consents (user_id, application_id, scopes, resources, updated_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (user_id, application_id) DO UPDATE SET scopes = excluded.scopes, \
             resources = excluded.resources, updated_at = excluded.updated_at",
            consent.user_id.as_str(),
            consent.application_id.as_str(),
            consent.scopes.to_string(),
            to_json(&consent.resources),
            consent.updated_at.0,
        )?;
        Ok(())
    }

    async fn delete_consent(
        &mut self,
        user_id: &UserId,
        application_id: &ApplicationId,
    ) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "DELETE FROM consents WHERE user_id = $1 AND application_id = $2",
            user_id.as_str(),
            application_id.as_str()
        )?;
        Ok(removed == 1)
    }
}
