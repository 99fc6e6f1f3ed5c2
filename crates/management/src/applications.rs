//! Applications: made, changed, listed, removed.

use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, ConsentScopes,
    CustomClientMetadata, ErrorCode, OidcClientMetadata, Reader, Role, RoleId, RoleType, Secret,
    StoreError, Tx,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::application_secrets::{DEFAULT_SECRET, sealed};
use crate::client_metadata::{broken_rule, custom_client_metadata, oidc_client_metadata};
use crate::error::{found, found_application, refuse_if_any};
use crate::listing::is_like;
use crate::management::{TENANT, check_note, check_text};
use crate::resources::finding::Findings;
use crate::seed::MANAGEMENT_ROLE;
use crate::{Listed, Management, ManagementError, Page, Patch, Reveal};

const LONGEST_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 2048;

/// An application, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationView {
    tenant_id: &'static str,
    /// OAuth's `client_id`.
    id: String,
    name: String,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: ApplicationType,
    oidc_client_metadata: OidcClientMetadata,
    custom_client_metadata: CustomClientMetadata,
    /// Always `null`: there are no protected applications.
    #[schema(value_type = Option<Object>)]
    protected_app_metadata: Option<Value>,
    #[schema(value_type = Object)]
    custom_data: Map<String, Value>,
    is_third_party: bool,
    /// Always `false`.
    app_level_access_control_enabled: bool,
    /// Milliseconds since 1970.
    created_at: i64,
    /// Whether it holds the role that may use the Management API; in answers about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_admin: Option<bool>,
    /// The generated secret, in the answer that makes it, where secrets are shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl ApplicationView {
    pub(crate) fn new(application: Application) -> Self {
        Self {
            tenant_id: TENANT,
            id: application.id.to_string(),
            name: application.name,
            description: application.description,
            kind: application.kind,
            oidc_client_metadata: application.oidc_client_metadata,
            custom_client_metadata: application.custom_client_metadata,
            protected_app_metadata: None,
            custom_data: application.custom_data,
            is_third_party: application.is_third_party,
            app_level_access_control_enabled: false,
            created_at: application.created_at.0,
            is_admin: None,
            secret: None,
        }
    }
}

/// An application to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewApplication {
    /// The name that users see.
    pub name: String,
    /// A note for administrators.
    pub description: Option<String>,
    /// What kind it is, for good.
    #[serde(rename = "type")]
    pub kind: ApplicationType,
    /// Its addresses.
    #[schema(value_type = Option<OidcClientMetadata>)]
    pub oidc_client_metadata: Option<Value>,
    /// Its chosen behaviour.
    #[schema(value_type = Option<CustomClientMetadata>)]
    pub custom_client_metadata: Option<Value>,
    /// Whatever administrators keep about it.
    #[schema(value_type = Option<Object>)]
    pub custom_data: Option<Map<String, Value>>,
    /// Whether it is somebody else's: its users are asked for consent.
    pub is_third_party: Option<bool>,
}

/// What of an application changes. What is absent stays; objects are replaced whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationChange {
    /// The name that users see.
    pub name: Option<String>,
    /// A note for administrators.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub description: Patch<String>,
    /// Its addresses.
    #[schema(value_type = Option<OidcClientMetadata>)]
    pub oidc_client_metadata: Option<Value>,
    /// Its chosen behaviour.
    #[schema(value_type = Option<CustomClientMetadata>)]
    pub custom_client_metadata: Option<Value>,
    /// Whatever administrators keep about it.
    #[schema(value_type = Option<Object>)]
    pub custom_data: Option<Map<String, Value>>,
    /// Whether it is somebody else's.
    pub is_third_party: Option<bool>,
    /// Whether it holds the role that may use the Management API.
    pub is_admin: Option<bool>,
}

/// Which applications a list is about.
#[derive(Debug, Clone, Default)]
pub struct ApplicationFilter {
    /// Of these types; of any if there are none.
    pub types: Vec<ApplicationType>,
    /// That do not hold this role.
    pub exclude_role: Option<RoleId>,
    /// That are somebody else's, or are not.
    pub is_third_party: Option<bool>,
    /// Whose identifier, name or description is like this pattern of SQL's `LIKE`.
    pub search: Option<String>,
}

impl Management {
    /// Applications, newest first.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn applications(
        &self,
        filter: &ApplicationFilter,
        page: Option<Page>,
    ) -> Result<Listed<ApplicationView>, ManagementError> {
        let mut reader = self.store.read().await?;
        let mut applications = reader.applications().await?;
        applications.reverse();
        let excluded = match &filter.exclude_role {
            Some(role) => reader.applications_of_role(role).await?,
            None => Vec::new(),
        };
        applications.retain(|it| {
            !it.is_built_in()
                && (filter.types.is_empty() || filter.types.contains(&it.kind))
                && filter
                    .is_third_party
                    .is_none_or(|expected| expected == it.is_third_party)
                && excluded.iter().all(|excluded| excluded.id != it.id)
                && is_like(
                    filter.search.as_deref(),
                    &[
                        it.id.as_str(),
                        &it.name,
                        it.description.as_deref().unwrap_or_default(),
                    ],
                )
        });
        Ok(Listed::of(applications, page).map(ApplicationView::new))
    }

    /// One application.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn application(
        &self,
        id: &ApplicationId,
    ) -> Result<ApplicationView, ManagementError> {
        let mut reader = self.store.read().await?;
        let application = found_application(reader.application(id).await?)?;
        Ok(with_is_admin(&mut *reader, application).await?)
    }

    /// Makes an application; a confidential one gets a secret.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_application(
        &self,
        body: NewApplication,
    ) -> Result<ApplicationView, ManagementError> {
        let entropy = &*self.entropy;
        let now = self.clock.now();
        let mut findings = Findings::default();
        check_names(&mut findings, Some(&body.name), body.description.as_ref());
        let nothing = Value::Object(Map::new());
        let oidc = body.oidc_client_metadata.as_ref().unwrap_or(&nothing);
        let oidc = oidc_client_metadata("oidcClientMetadata", oidc, &mut findings);
        let custom = body.custom_client_metadata.as_ref().unwrap_or(&nothing);
        let custom = custom_client_metadata("customClientMetadata", custom, &mut findings);
        refuse_if_any(findings)?;
        let application = Application {
            id: ApplicationId::generate(entropy),
            name: body.name.trim().to_owned(),
            description: body.description,
            kind: body.kind,
            oidc_client_metadata: oidc.unwrap_or_default(),
            custom_client_metadata: custom.unwrap_or_default(),
            is_third_party: body.is_third_party.unwrap_or_default(),
            consent_scopes: ConsentScopes::default(),
            custom_data: body.custom_data.unwrap_or_default(),
            created_at: now,
        };
        obey(&application, None)?;
        let value = Secret::new(entropy.client_secret());
        let secret = (!application.kind.is_public()).then(|| ApplicationSecret {
            created_at: now,
            ..sealed(self, &application.id, DEFAULT_SECRET, &value)
        });
        let mut view = ApplicationView::new(application.clone());
        if secret.is_some() && self.reveal == Reveal::Once {
            view.secret = Some(value.expose().to_owned());
        }
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.put_application(&application).await?;
                    if let Some(secret) = &secret {
                        tx.put_application_secret(secret).await?;
                    }
                    Ok::<_, ManagementError>(())
                })
            })
            .await?;
        Ok(view)
    }

    /// Changes an application.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn update_application(
        &self,
        id: ApplicationId,
        change: ApplicationChange,
    ) -> Result<ApplicationView, ManagementError> {
        let mut findings = Findings::default();
        let description = change.description.as_set();
        check_names(&mut findings, change.name.as_ref(), description);
        let oidc = change.oidc_client_metadata.as_ref();
        let oidc =
            oidc.and_then(|it| oidc_client_metadata("oidcClientMetadata", it, &mut findings));
        let custom = change.custom_client_metadata.as_ref();
        let custom =
            custom.and_then(|it| custom_client_metadata("customClientMetadata", it, &mut findings));
        refuse_if_any(findings)?;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let before = found_application(tx.application(&id).await?)?;
                    let mut application = before.clone();
                    if let Some(name) = change.name {
                        name.trim().clone_into(&mut application.name);
                    }
                    application.description = change.description.over(application.description);
                    application.oidc_client_metadata =
                        oidc.unwrap_or(application.oidc_client_metadata);
                    application.custom_client_metadata =
                        custom.unwrap_or(application.custom_client_metadata);
                    application.custom_data = change.custom_data.unwrap_or(application.custom_data);
                    application.is_third_party =
                        change.is_third_party.unwrap_or(application.is_third_party);
                    obey(&application, Some(&before))?;
                    tx.put_application(&application).await?;
                    if let Some(is_admin) = change.is_admin {
                        set_admin(tx, &application, is_admin).await?;
                    }
                    Ok(with_is_admin(tx, application).await?)
                })
            })
            .await
    }

    /// Removes an application with all that was issued to it.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_application(&self, id: ApplicationId) -> Result<(), ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found_application(tx.application(&id).await?)?;
                    Ok(tx.delete_application(&id).await?)
                })
            })
            .await
    }

    /// Lays fields over the custom data of an application, one level deep.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn merge_application_custom_data(
        &self,
        id: ApplicationId,
        more: Map<String, Value>,
    ) -> Result<Map<String, Value>, ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut application = found_application(tx.application(&id).await?)?;
                    application.custom_data.extend(more);
                    tx.put_application(&application).await?;
                    Ok(application.custom_data)
                })
            })
            .await
    }
}

fn check_names(findings: &mut Findings, name: Option<&String>, description: Option<&String>) {
    if let Some(name) = name {
        check_text(findings, "name", name, LONGEST_NAME);
    }
    if let Some(description) = description {
        check_note(findings, "description", description, LONGEST_DESCRIPTION);
    }
}

fn obey(application: &Application, before: Option<&Application>) -> Result<(), ManagementError> {
    match broken_rule(application, before) {
        Some((_, code)) => Err(code.into()),
        None => Ok(()),
    }
}

/// Gives or takes the role that may use the Management API.
pub(crate) async fn set_admin(
    tx: &mut dyn Tx,
    application: &Application,
    is_admin: bool,
) -> Result<(), ManagementError> {
    let role = RoleId::from(MANAGEMENT_ROLE);
    if !is_admin {
        tx.remove_role_from_application(&application.id, &role)
            .await?;
        return Ok(());
    }
    let role = found(tx.role(&role).await?)?;
    may_hold(application, &role)?;
    tx.add_role_to_application(&application.id, &role.id)
        .await?;
    Ok(())
}

/// Machine-to-machine roles are for machine-to-machine applications, and the other way round.
pub(crate) fn may_hold(application: &Application, role: &Role) -> Result<(), ErrorCode> {
    let fits = application.kind == ApplicationType::MachineToMachine
        && role.kind == RoleType::MachineToMachine;
    fits.then_some(())
        .ok_or(ErrorCode::ApplicationInvalidRoleType)
}

async fn with_is_admin(
    reader: &mut dyn Reader,
    application: Application,
) -> Result<ApplicationView, StoreError> {
    let roles = reader.roles_of_application(&application.id).await?;
    let is_admin = roles.iter().any(|role| role.id.as_str() == MANAGEMENT_ROLE);
    Ok(ApplicationView {
        is_admin: Some(is_admin),
        ..ApplicationView::new(application)
    })
}
