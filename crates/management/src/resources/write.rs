//! The writes that a plan stands for, done in one unit.

use moongate_connectors::{Secrets, seal_secrets};
use moongate_core::{
    Application, ApplicationId, ApplicationSecret, Connector, ConnectorId, Entropy, Secret,
    ServerKeys, Tx, UnixMillis,
};
use moongate_experience::SIGN_IN_EXPERIENCE;

use super::apply::ResourceError;

/// One write.
pub(super) enum Write {
    PutApplication(Application),
    DeleteApplication(ApplicationId),
    PutSecret(SecretWrite),
    DeleteSecret(ApplicationId, String),
    PutConnector(ConnectorWrite),
    DeleteConnector(ConnectorId),
    SaveSignInExperience { known_revision: i64, body: String },
}

/// A secret of an application before it is sealed.
pub(super) struct SecretWrite {
    pub(super) application_id: ApplicationId,
    pub(super) name: String,
    pub(super) value: SecretValue,
    pub(super) reference: Option<String>,
    pub(super) expires_at: Option<UnixMillis>,
}

/// A secret's value.
pub(super) enum SecretValue {
    Given(Secret),
    /// Made up when it is written.
    Generated,
}

/// A connector before its secrets are sealed.
pub(super) struct ConnectorWrite {
    pub(super) id: ConnectorId,
    pub(super) factory_id: &'static str,
    pub(super) config: String,
    pub(super) secrets: Secrets,
    pub(super) references: String,
}

impl Write {
    pub(super) async fn run(
        self,
        tx: &mut dyn Tx,
        keys: &ServerKeys,
        entropy: &dyn Entropy,
        now: UnixMillis,
    ) -> Result<(), ResourceError> {
        match self {
            Self::PutApplication(application) => tx.put_application(&application).await?,
            Self::DeleteApplication(id) => tx.delete_application(&id).await?,
            Self::PutSecret(secret) => {
                let secret = secret.seal(keys, entropy, now);
                tx.put_application_secret(&secret).await?;
            }
            Self::DeleteSecret(id, name) => tx.delete_application_secret(&id, &name).await?,
            Self::PutConnector(connector) => {
                let connector = connector.seal(keys, entropy, now);
                tx.put_connector(&connector).await?;
            }
            Self::DeleteConnector(id) => tx.delete_connector(&id).await?,
            Self::SaveSignInExperience {
                known_revision,
                body,
            } => {
                let is_saved = tx
                    .save_document(SIGN_IN_EXPERIENCE, known_revision, &body, now)
                    .await?;
                if !is_saved {
                    return Err(ResourceError::Conflict);
                }
            }
        }
        Ok(())
    }
}

impl SecretWrite {
    fn seal(self, keys: &ServerKeys, entropy: &dyn Entropy, now: UnixMillis) -> ApplicationSecret {
        let value = match self.value {
            SecretValue::Given(secret) => secret,
            SecretValue::Generated => Secret::new(entropy.client_secret()),
        };
        let sealed_value =
            ApplicationSecret::seal_value(keys, entropy, &self.application_id, &self.name, &value);
        ApplicationSecret {
            application_id: self.application_id,
            name: self.name,
            sealed_value,
            reference: self.reference,
            created_at: now,
            expires_at: self.expires_at,
        }
    }
}

impl ConnectorWrite {
    fn seal(self, keys: &ServerKeys, entropy: &dyn Entropy, now: UnixMillis) -> Connector {
        Connector {
            sealed_secrets: seal_secrets(keys, entropy, &self.id, &self.secrets),
            id: self.id,
            factory_id: self.factory_id.to_owned(),
            config: self.config,
            secret_references: self.references,
            created_at: now,
            updated_at: now,
        }
    }
}
