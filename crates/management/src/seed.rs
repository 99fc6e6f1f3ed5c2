//! What every tenant begins with: the Management API as an API resource, its one scope, and the
//! role that holds it.

use moongate_core::{
    Resource, ResourceId, ResourceScope, Role, RoleId, RoleType, ScopeId, Store, StoreError, Tx,
    UnixMillis,
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
        let mut new = Role {
            id: role.clone(),
            name: "Logto Management API access".to_owned(),
            description: "May use the Management API".to_owned(),
            kind: RoleType::MachineToMachine,
            is_default: false,
            created_at: now,
        };
        if !tx.put_role(&new).await? {
            // Somebody gave a role of their own the name; theirs keeps it.
            new.name = format!("{} ({MANAGEMENT_ROLE})", new.name);
            tx.put_role(&new).await?;
        }
        tx.add_scope_to_role(&role, &scope).await?;
    }
    Ok(())
}
