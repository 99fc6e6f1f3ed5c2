//! Applications and their secrets.

use async_trait::async_trait;
use moongate_core::{
    Application, ApplicationId, ApplicationReads, ApplicationSecret, ApplicationType,
    ApplicationWrites, StoreError, UnixMillis,
};

use crate::conn::{Conn, corrupt, from_json, millis, to_json};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, description, kind, oidc_client_metadata, custom_client_metadata, \
             is_third_party, consent_scopes, custom_data, created_at FROM applications ",
            $rest
        )
    };
}

row! {
    pub(crate) struct ApplicationRow of "applications" {
        id: String,
        name: String,
        description: Option<String>,
        kind: String,
        oidc_client_metadata: String,
        custom_client_metadata: String,
        is_third_party: bool,
        consent_scopes: String,
        custom_data: String,
        created_at: i64,
    }
}

impl TryFrom<ApplicationRow> for Application {
    type Error = StoreError;

    fn try_from(row: ApplicationRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ApplicationId::from(row.id),
            name: row.name,
            description: row.description,
            kind: ApplicationType::parse(&row.kind).ok_or_else(|| corrupt("applications.kind"))?,
            oidc_client_metadata: from_json(
                &row.oidc_client_metadata,
                "applications.oidc_client_metadata",
            )?,
            custom_client_metadata: from_json(
                &row.custom_client_metadata,
                "applications.custom_client_metadata",
            )?,
            is_third_party: row.is_third_party,
            consent_scopes: from_json(&row.consent_scopes, "applications.consent_scopes")?,
            custom_data: from_json(&row.custom_data, "applications.custom_data")?,
            created_at: UnixMillis(row.created_at),
        })
    }
}

row! {
    struct SecretRow of "application_secrets" {
        application_id: String,
        name: String,
        sealed_value: Vec<u8>,
        reference: Option<String>,
        created_at: i64,
        expires_at: Option<i64>,
    }
}

impl From<SecretRow> for ApplicationSecret {
    fn from(row: SecretRow) -> Self {
        Self {
            application_id: ApplicationId::from(row.application_id),
            name: row.name,
            sealed_value: row.sealed_value,
            reference: row.reference,
            created_at: UnixMillis(row.created_at),
            expires_at: row.expires_at.map(UnixMillis),
        }
    }
}

#[async_trait]
impl ApplicationReads for Conn<'_> {
    async fn application(&mut self, id: &ApplicationId) -> Result<Option<Application>, StoreError> {
        let row = fetch_optional!(self, ApplicationRow, select!("WHERE id = $1"), id.as_str())?;
        row.map(Application::try_from).transpose()
    }

    async fn applications(&mut self) -> Result<Vec<Application>, StoreError> {
        let rows = fetch_all!(self, ApplicationRow, select!("ORDER BY created_at, id"))?;
        rows.into_iter().map(Application::try_from).collect()
    }

    async fn application_secrets(
        &mut self,
        id: &ApplicationId,
    ) -> Result<Vec<ApplicationSecret>, StoreError> {
        let rows = fetch_all!(
            self,
            SecretRow,
            "SELECT application_id, name, sealed_value, reference, created_at, expires_at \
             FROM application_secrets WHERE application_id = $1",
            id.as_str()
        )?;
        let mut secrets: Vec<_> = rows.into_iter().map(ApplicationSecret::from).collect();
        // Sorted here, since PostgreSQL sorts text by its locale.
        secrets.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(secrets)
    }
}

#[async_trait]
impl ApplicationWrites for Conn<'_> {
    async fn put_application(&mut self, application: &Application) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO applications (id, name, description, kind, oidc_client_metadata, \
             custom_client_metadata, is_third_party, consent_scopes, custom_data, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
             description = excluded.description, kind = excluded.kind, \
             oidc_client_metadata = excluded.oidc_client_metadata, \
             custom_client_metadata = excluded.custom_client_metadata, \
             is_third_party = excluded.is_third_party, \
             consent_scopes = excluded.consent_scopes, custom_data = excluded.custom_data",
            application.id.as_str(),
            application.name.as_str(),
            application.description.as_deref(),
            application.kind.as_str(),
            to_json(&application.oidc_client_metadata),
            to_json(&application.custom_client_metadata),
            application.is_third_party,
            to_json(&application.consent_scopes),
            to_json(&application.custom_data),
            application.created_at.0,
        )?;
        Ok(())
    }

    async fn delete_application(&mut self, id: &ApplicationId) -> Result<(), StoreError> {
        execute!(self, "DELETE FROM applications WHERE id = $1", id.as_str())?;
        Ok(())
    }

    async fn put_application_secret(
        &mut self,
        secret: &ApplicationSecret,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO application_secrets (application_id, name, sealed_value, reference, \
             created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (application_id, name) DO UPDATE SET \
             sealed_value = excluded.sealed_value, reference = excluded.reference, \
             expires_at = excluded.expires_at",
            secret.application_id.as_str(),
            secret.name.as_str(),
            secret.sealed_value.as_slice(),
            secret.reference.as_deref(),
            secret.created_at.0,
            millis(secret.expires_at),
        )?;
        Ok(())
    }

    async fn delete_application_secret(
        &mut self,
        id: &ApplicationId,
        name: &str,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "DELETE FROM application_secrets WHERE application_id = $1 AND name = $2",
            id.as_str(),
            name
        )?;
        Ok(())
    }
}
