//! The secrets of an application: several at once, each with a name and perhaps an end.

use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ErrorCode, Secret, UnixMillis, UnsealError,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{found, found_application, refuse_if_any};
use crate::management::{TENANT, check_text};
use crate::resources::finding::Findings;
use crate::{Management, ManagementError, Patch, Reveal};

/// What Logto calls the secret that it makes with a confidential application.
pub(crate) const DEFAULT_SECRET: &str = "Default secret";
const LONGEST_NAME: usize = 256;

/// A secret, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationSecretView {
    tenant_id: &'static str,
    application_id: String,
    /// Unique within the application.
    name: String,
    /// The secret; absent where secrets are shown once, and after the server's key was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Milliseconds since 1970.
    created_at: i64,
    /// Milliseconds since 1970; never if `null`.
    expires_at: Option<i64>,
}

/// A secret to be made; its value is generated.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewApplicationSecret {
    /// Unique within the application.
    pub name: String,
    /// Milliseconds since 1970, in the future; never if absent.
    pub expires_at: Option<i64>,
}

/// What of a secret changes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationSecretChange {
    /// Its new name.
    pub name: Option<String>,
    /// Its new end, in the future; `null` for none.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub expires_at: Patch<i64>,
}

impl Management {
    /// The secrets of an application by name, expired ones included.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn application_secrets(
        &self,
        id: &ApplicationId,
    ) -> Result<Vec<ApplicationSecretView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found_application(reader.application(id).await?)?;
        let secrets = reader.application_secrets(id).await?;
        Ok(secrets.iter().map(|it| self.shown(it)).collect())
    }

    /// Makes a secret.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_application_secret(
        &self,
        id: ApplicationId,
        body: NewApplicationSecret,
    ) -> Result<ApplicationSecretView, ManagementError> {
        check_name(&body.name)?;
        let now = self.clock.now();
        let expires_at = body.expires_at.map(UnixMillis);
        check_expiry(expires_at, now)?;
        let value = Secret::new(self.entropy.client_secret());
        let secret = ApplicationSecret {
            created_at: now,
            expires_at,
            ..sealed(self, &id, body.name.trim(), &value)
        };
        let view = ApplicationSecretView {
            value: Some(value.expose().to_owned()),
            ..view(&secret)
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    may_have_secrets(&found_application(tx.application(&id).await?)?)?;
                    let others = tx.application_secrets(&id).await?;
                    if others.iter().any(|other| other.name == secret.name) {
                        return Err(ErrorCode::ApplicationSecretNameExists.into());
                    }
                    tx.put_application_secret(&secret).await?;
                    Ok::<_, ManagementError>(())
                })
            })
            .await?;
        Ok(view)
    }

    /// Renames a secret, or moves its end.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn update_application_secret(
        &self,
        id: ApplicationId,
        name: String,
        change: ApplicationSecretChange,
    ) -> Result<ApplicationSecretView, ManagementError> {
        if let Some(name) = &change.name {
            check_name(name)?;
        }
        let new_end = change.expires_at.as_set().copied().map(UnixMillis);
        check_expiry(new_end, self.clock.now())?;
        let management = self.clone();
        let secret = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let mut secrets = tx.application_secrets(&id).await?;
                    let place = secrets.iter().position(|it| it.name == name);
                    let mut secret = secrets.remove(found(place)?);
                    let end = secret.expires_at.map(|at| at.0);
                    secret.expires_at = change.expires_at.over(end).map(UnixMillis);
                    let new_name = change.name.map(|it| it.trim().to_owned());
                    if let Some(new_name) = new_name.filter(|it| *it != secret.name) {
                        if secrets.iter().any(|other| other.name == new_name) {
                            return Err(ErrorCode::ApplicationSecretNameExists.into());
                        }
                        secret = management.renamed(secret, &new_name)?;
                        tx.delete_application_secret(&id, &name).await?;
                    }
                    tx.put_application_secret(&secret).await?;
                    Ok::<_, ManagementError>(secret)
                })
            })
            .await?;
        Ok(self.shown(&secret))
    }

    /// Removes a secret.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_application_secret(
        &self,
        id: ApplicationId,
        name: String,
    ) -> Result<(), ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let secrets = tx.application_secrets(&id).await?;
                    found(secrets.iter().find(|it| it.name == name))?;
                    Ok(tx.delete_application_secret(&id, &name).await?)
                })
            })
            .await
    }

    /// Removes a secret of Logto's older kind, which no application here has.
    ///
    /// # Errors
    /// [`ManagementError`], always.
    pub async fn delete_legacy_secret(&self, id: &ApplicationId) -> Result<(), ManagementError> {
        let mut reader = self.store.read().await?;
        found_application(reader.application(id).await?)?;
        Err(ErrorCode::ApplicationNoLegacySecretFound.into())
    }

    /// The name is sealed with the value, so that it is sealed anew.
    fn renamed(
        &self,
        secret: ApplicationSecret,
        name: &str,
    ) -> Result<ApplicationSecret, ManagementError> {
        let value = secret.open_value(&self.keys).map_err(|error| {
            let place = format!("application_secrets.sealed_value: {error}");
            ManagementError::Store(moongate_core::StoreError::Corrupt(place))
        })?;
        Ok(ApplicationSecret {
            reference: secret.reference,
            created_at: secret.created_at,
            expires_at: secret.expires_at,
            ..sealed(self, &secret.application_id, name, &value)
        })
    }

    fn shown(&self, secret: &ApplicationSecret) -> ApplicationSecretView {
        let view = view(secret);
        if self.reveal == Reveal::Once {
            return view;
        }
        let value: Result<Secret, UnsealError> = secret.open_value(&self.keys);
        ApplicationSecretView {
            value: value.ok().map(|value| value.expose().to_owned()),
            ..view
        }
    }
}

/// A secret as the store keeps it, without an end and made at no time yet.
pub(crate) fn sealed(
    management: &Management,
    application_id: &ApplicationId,
    name: &str,
    value: &Secret,
) -> ApplicationSecret {
    let (keys, entropy) = (&management.keys, &*management.entropy);
    ApplicationSecret {
        application_id: application_id.clone(),
        name: name.to_owned(),
        sealed_value: ApplicationSecret::seal_value(keys, entropy, application_id, name, value),
        reference: None,
        created_at: UnixMillis(0),
        expires_at: None,
    }
}

fn view(secret: &ApplicationSecret) -> ApplicationSecretView {
    ApplicationSecretView {
        tenant_id: TENANT,
        application_id: secret.application_id.to_string(),
        name: secret.name.clone(),
        value: None,
        created_at: secret.created_at.0,
        expires_at: secret.expires_at.map(|at| at.0),
    }
}

fn check_name(name: &str) -> Result<(), ManagementError> {
    let mut findings = Findings::default();
    check_text(&mut findings, "name", name, LONGEST_NAME);
    refuse_if_any(findings)
}

/// An end in the past is a slip.
pub(crate) fn check_expiry(
    expires_at: Option<UnixMillis>,
    now: UnixMillis,
) -> Result<(), ManagementError> {
    if expires_at.is_some_and(|at| at <= now) {
        return Err(ErrorCode::RequestInvalidInput.into());
    }
    Ok(())
}

fn may_have_secrets(application: &Application) -> Result<(), ManagementError> {
    if application.kind.is_public() {
        return Err(ErrorCode::ApplicationInvalidType.into());
    }
    Ok(())
}
