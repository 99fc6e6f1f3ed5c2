//! The writes that a plan stands for, done in one unit.

use moongate_connectors::{Secrets, seal_secrets};
use moongate_core::{
    Application, ApplicationId, ApplicationSecret, Connector, ConnectorId, ConsentScopes, Document,
    Entropy, Resource, ResourceId, ResourceScope, Role, RoleId, ScopeId, Secret, ServerKeys, Tx,
    UnixMillis,
};
use moongate_experience::SIGN_IN_EXPERIENCE;

use super::application_rights::Rights;
use super::apply::ResourceError;
use super::catalog::ScopeName;
use crate::RevisionNote;
use crate::seed::{MANAGEMENT_ROLE, seed_unit};

/// One write.
pub(super) enum Write {
    PutApplication(Box<ApplicationWrite>),
    DeleteApplication(ApplicationId),
    PutResource(Resource),
    DeleteResource(ResourceId),
    PutScope(ScopeWrite),
    DeleteScope(ScopeId),
    PutRole(Role, Vec<ScopeName>),
    DeleteRole(RoleId),
    PutSecret(SecretWrite),
    DeleteSecret(ApplicationId, String),
    PutConnector(ConnectorWrite),
    DeleteConnector(ConnectorId),
    SaveSignInExperience { known_revision: i64, body: String },
}

/// An application with what it may do and ask for, by name.
pub(super) struct ApplicationWrite {
    pub(super) application: Application,
    pub(super) rights: Rights,
}

/// A scope, of which a new one gets its identifier when it is written.
pub(super) struct ScopeWrite {
    pub(super) id: Option<ScopeId>,
    pub(super) resource_id: ResourceId,
    pub(super) name: String,
    pub(super) description: Option<String>,
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
        note: &RevisionNote,
    ) -> Result<(), ResourceError> {
        match self {
            Self::PutApplication(write) => write.run(tx, now).await?,
            Self::PutResource(resource) => unless_taken(tx.put_resource(&resource).await?)?,
            Self::DeleteResource(id) => {
                tx.delete_resource(&id).await?;
            }
            Self::PutScope(scope) => {
                let scope = ResourceScope {
                    id: scope.id.unwrap_or_else(|| ScopeId::generate(entropy)),
                    resource_id: scope.resource_id,
                    name: scope.name,
                    description: scope.description,
                    created_at: now,
                };
                unless_taken(tx.put_resource_scope(&scope).await?)?;
            }
            Self::DeleteScope(id) => {
                tx.delete_resource_scope(&id).await?;
            }
            Self::PutRole(role, scopes) => {
                unless_taken(tx.put_role(&role).await?)?;
                let wanted = scope_ids(tx, &scopes).await?;
                for held in tx.scopes_of_role(&role.id).await? {
                    if !wanted.contains(&held.id) {
                        tx.remove_scope_from_role(&role.id, &held.id).await?;
                    }
                }
                for scope in wanted {
                    tx.add_scope_to_role(&role.id, &scope).await?;
                }
            }
            Self::DeleteRole(id) => {
                tx.delete_role(&id).await?;
            }
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
                let document = Document {
                    key: SIGN_IN_EXPERIENCE.into(),
                    revision: known_revision + 1,
                    body,
                    author: note.author.clone(),
                    comment: note.comment.clone(),
                    updated_at: now,
                };
                let is_saved = tx.save_document(&document).await?;
                if !is_saved {
                    return Err(ResourceError::Conflict);
                }
            }
        }
        Ok(())
    }
}

impl ApplicationWrite {
    async fn run(self, tx: &mut dyn Tx, now: UnixMillis) -> Result<(), ResourceError> {
        let Self {
            mut application,
            rights,
        } = self;
        application.consent_scopes = ConsentScopes {
            user_scopes: rights.user_scopes,
            resource_scopes: scope_ids(tx, &rights.resource_scopes).await?,
        };
        tx.put_application(&application).await?;
        let mut wanted = Vec::new();
        for name in &rights.roles {
            let role = tx.role_by_name(name).await?;
            wanted.push(role.ok_or(ResourceError::Conflict)?.id);
        }
        if rights.is_admin {
            // The store may be older than the first start of the server.
            seed_unit(tx, None, now).await?;
            wanted.push(RoleId::from(MANAGEMENT_ROLE));
        }
        let id = &application.id;
        for held in tx.roles_of_application(id).await? {
            if !wanted.contains(&held.id) {
                tx.remove_role_from_application(id, &held.id).await?;
            }
        }
        for role in wanted {
            tx.add_role_to_application(id, &role).await?;
        }
        Ok(())
    }
}

/// Scopes by name, as the unit sees them now.
async fn scope_ids(tx: &mut dyn Tx, names: &[ScopeName]) -> Result<Vec<ScopeId>, ResourceError> {
    let mut ids = Vec::new();
    for name in names {
        let resource = tx.resource_by_indicator(&name.resource).await?;
        let resource = resource.ok_or(ResourceError::Conflict)?;
        let scopes = tx.resource_scopes(&resource.id).await?;
        let scope = scopes.into_iter().find(|it| it.name == name.scope);
        ids.push(scope.ok_or(ResourceError::Conflict)?.id);
    }
    Ok(ids)
}

/// The plan saw the name free.
fn unless_taken(is_written: bool) -> Result<(), ResourceError> {
    is_written.then_some(()).ok_or(ResourceError::Conflict)
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
