//! What every tenant begins with: the Management API as an API resource, its one scope, and the
//! role that holds it; the role of administrators; the application that the account page is.

use moongate_core::{
    Application, ApplicationId, ApplicationType, ConsentScopes, CustomClientMetadata,
    OidcClientMetadata, Resource, ResourceId, ResourceScope, Role, RoleId, RoleType, ScopeId,
    Store, StoreError, Tx, UnixMillis,
};

use crate::authorization::ALL;

/// The indicator of the Management API where the settings name no other (Logto's).
pub const DEFAULT_MANAGEMENT_RESOURCE: &str = "https://default.logto.app/api";
/// The identifier of the role that may use the Management API.
pub(crate) const MANAGEMENT_ROLE: &str = "management-api-access";
/// The identifier of the scope that the role holds.
pub(crate) const MANAGEMENT_SCOPE: &str = "management-api-all";

/// Makes what is missing, and gives the Management API the indicator of the settings. A second
/// time changes nothing.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Duplicate`] if another API resource has the indicator.
pub async fn seed(
    store: &dyn Store,
    management_resource: &str,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let indicator = management_resource.to_owned();
    store
        .write(move |tx| Box::pin(async move { seed_unit(tx, Some(&indicator), now).await }))
        .await
}

/// Makes what is missing, in a unit of somebody's. Without an indicator, that of the settings'
/// default is taken for a new resource, and a known one keeps its own.
pub(crate) async fn seed_unit(
    tx: &mut dyn Tx,
    indicator: Option<&str>,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let id = ResourceId::from(Resource::MANAGEMENT_API);
    let stored = tx.resource(&id).await?;
    let mut resource = stored.clone().unwrap_or_else(|| Resource {
        id: id.clone(),
        name: "Logto Management API".to_owned(),
        indicator: DEFAULT_MANAGEMENT_RESOURCE.to_owned(),
        access_token_ttl: Resource::DEFAULT_ACCESS_TOKEN_TTL,
        is_default: false,
        created_at: now,
    });
    if let Some(indicator) = indicator {
        indicator.clone_into(&mut resource.indicator);
    }
    if stored.as_ref() != Some(&resource) && !tx.put_resource(&resource).await? {
        let what = "resources.indicator: another API resource has that of management_resource";
        return Err(StoreError::Duplicate(what.to_owned()));
    }
    let scope = ScopeId::from(MANAGEMENT_SCOPE);
    if tx.resource_scope(&scope).await?.is_none() {
        tx.put_resource_scope(&ResourceScope {
            id: scope.clone(),
            resource_id: id,
            name: ALL.to_owned(),
            description: Some("Everything that the Management API does".to_owned()),
            created_at: now,
        })
        .await?;
    }
    let role = RoleId::from(MANAGEMENT_ROLE);
    if tx.role(&role).await?.is_none() {
        seed_role(
            tx,
            Role {
                id: role.clone(),
                name: "Logto Management API access".to_owned(),
                description: "May use the Management API".to_owned(),
                kind: RoleType::MachineToMachine,
                is_default: false,
                created_at: now,
            },
        )
        .await?;
        tx.add_scope_to_role(&role, &scope).await?;
    }
    let role = RoleId::from(Role::ADMINISTRATOR);
    if tx.role(&role).await?.is_none() {
        seed_role(
            tx,
            Role {
                id: role,
                name: "Moongate administrator".to_owned(),
                description: "Administers Moongate".to_owned(),
                kind: RoleType::User,
                is_default: false,
                created_at: now,
            },
        )
        .await?;
    }
    let account_center = ApplicationId::from(Application::ACCOUNT_CENTER);
    if tx.application(&account_center).await?.is_none() {
        tx.put_application(&Application {
            id: account_center,
            name: "Moongate".to_owned(),
            description: None,
            kind: ApplicationType::Traditional,
            oidc_client_metadata: OidcClientMetadata::default(),
            custom_client_metadata: CustomClientMetadata::default(),
            is_third_party: false,
            consent_scopes: ConsentScopes::default(),
            custom_data: serde_json::Map::new(),
            created_at: now,
        })
        .await?;
    }
    Ok(())
}

/// Adds a role. Where somebody gave one of their own the name, theirs keeps it.
async fn seed_role(tx: &mut dyn Tx, mut role: Role) -> Result<(), StoreError> {
    if !tx.put_role(&role).await? {
        role.name = format!("{} ({})", role.name, role.id);
        tx.put_role(&role).await?;
    }
    Ok(())
}
