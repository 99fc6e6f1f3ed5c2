//! Roles, and the permissions that they hold.

use moongate_core::{
    ErrorCode, Resource, ResourceScope, Role, RoleId, RoleType, ScopeId, Tx, UserFilter,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api_resources::{ResourceView, ScopeView};
use crate::error::{found, refuse_if_any};
use crate::listing::is_like;
use crate::management::{TENANT, check_text};
use crate::resources::finding::Findings;
use crate::{Listed, Management, ManagementError, Page};

const LONGEST_NAME: usize = 128;
const LONGEST_DESCRIPTION: usize = 128;
/// How many holders a list of roles shows of each.
const FEATURED: i64 = 3;

/// A role, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    tenant_id: &'static str,
    id: String,
    name: String,
    description: String,
    #[serde(rename = "type")]
    kind: RoleType,
    is_default: bool,
}

impl RoleView {
    pub(crate) fn new(role: Role) -> Self {
        Self {
            tenant_id: TENANT,
            id: role.id.to_string(),
            name: role.name,
            description: role.description,
            kind: role.kind,
            is_default: role.is_default,
        }
    }
}

/// A role with some of those who hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleUsageView {
    #[serde(flatten)]
    role: RoleView,
    users_count: i64,
    featured_users: Vec<FeaturedUserView>,
    applications_count: usize,
    featured_applications: Vec<FeaturedApplicationView>,
}

/// A user who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeaturedUserView {
    id: String,
    avatar: Option<String>,
    name: Option<String>,
}

/// An application that holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeaturedApplicationView {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

/// A permission with the API resource that defines it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScopeWithResourceView {
    #[serde(flatten)]
    scope: ScopeView,
    resource: ResourceView,
}

/// A role to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRole {
    /// Unique.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who may hold it, for good; users if absent.
    #[serde(rename = "type")]
    pub kind: Option<RoleType>,
    /// Whether every new user gets it.
    pub is_default: Option<bool>,
    /// Identifiers of permissions that it holds from the start.
    pub scope_ids: Option<Vec<String>>,
}

/// What of a role changes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleChange {
    /// Unique.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether every new user gets it.
    pub is_default: Option<bool>,
}

/// Which roles a list is about.
#[derive(Debug, Clone, Default)]
pub struct RoleFilter {
    /// Of this type.
    pub kind: Option<RoleType>,
    /// Whose identifier, name or description is like this pattern of SQL's `LIKE`.
    pub search: Option<String>,
    /// That this user does not hold.
    pub exclude_user: Option<moongate_core::UserId>,
    /// That this application does not hold.
    pub exclude_application: Option<moongate_core::ApplicationId>,
}

impl RoleFilter {
    pub(crate) fn keeps(&self, role: &Role) -> bool {
        let texts = [role.id.as_str(), &role.name, &role.description];
        self.kind.is_none_or(|kind| kind == role.kind) && is_like(self.search.as_deref(), &texts)
    }
}

impl Management {
    /// Roles, newest first, with how many hold each.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn roles(
        &self,
        filter: &RoleFilter,
        page: Option<Page>,
    ) -> Result<Listed<RoleUsageView>, ManagementError> {
        let mut reader = self.store.read().await?;
        let mut excluded = Vec::new();
        if let Some(user) = &filter.exclude_user {
            excluded.extend(reader.roles_of_user(user).await?);
        }
        if let Some(application) = &filter.exclude_application {
            excluded.extend(reader.roles_of_application(application).await?);
        }
        let mut roles = reader.roles().await?;
        roles.reverse();
        roles.retain(|role| {
            filter.keeps(role) && excluded.iter().all(|excluded| excluded.id != role.id)
        });
        let listed = Listed::of(roles, page);
        let mut items = Vec::with_capacity(listed.items.len());
        for role in listed.items {
            let holders = UserFilter {
                with_role: Some(role.id.clone()),
                ..UserFilter::default()
            };
            let users = reader.users(&holders, 0, FEATURED).await?;
            let applications = reader.applications_of_role(&role.id).await?;
            items.push(RoleUsageView {
                users_count: reader.count_users(&holders).await?,
                featured_users: users
                    .into_iter()
                    .map(|user| FeaturedUserView {
                        id: user.id.to_string(),
                        avatar: user.avatar,
                        name: user.name,
                    })
                    .collect(),
                applications_count: applications.len(),
                featured_applications: applications
                    .into_iter()
                    .take(3)
                    .map(|application| FeaturedApplicationView {
                        id: application.id.to_string(),
                        name: application.name,
                        kind: application.kind.as_str().to_owned(),
                    })
                    .collect(),
                role: RoleView::new(role),
            });
        }
        Ok(Listed {
            items,
            total: listed.total,
        })
    }

    /// One role.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn role(&self, id: &RoleId) -> Result<RoleView, ManagementError> {
        let mut reader = self.store.read().await?;
        Ok(RoleView::new(found(reader.role(id).await?)?))
    }

    /// Makes a role.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_role(&self, body: NewRole) -> Result<RoleView, ManagementError> {
        check_role(Some(&body.name), Some(&body.description))?;
        let role = Role {
            id: RoleId::generate(&*self.entropy),
            name: body.name.trim().to_owned(),
            description: body.description.trim().to_owned(),
            kind: body.kind.unwrap_or(RoleType::User),
            is_default: body.is_default.unwrap_or_default(),
            created_at: self.clock.now(),
        };
        check_default(&role)?;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !tx.put_role(&role).await? {
                        return Err(ErrorCode::RoleNameInUse.into());
                    }
                    for scope in body.scope_ids.unwrap_or_default() {
                        let scope = scope_for(tx, &role, &ScopeId::from(scope)).await?;
                        tx.add_scope_to_role(&role.id, &scope.id).await?;
                    }
                    Ok::<_, ManagementError>(RoleView::new(role))
                })
            })
            .await
    }

    /// Changes a role.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn update_role(
        &self,
        id: RoleId,
        change: RoleChange,
    ) -> Result<RoleView, ManagementError> {
        check_role(change.name.as_ref(), change.description.as_ref())?;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut role = found(tx.role(&id).await?)?;
                    refuse_built_in(&id)?;
                    if let Some(name) = change.name {
                        name.trim().clone_into(&mut role.name);
                    }
                    if let Some(description) = change.description {
                        description.trim().clone_into(&mut role.description);
                    }
                    role.is_default = change.is_default.unwrap_or(role.is_default);
                    check_default(&role)?;
                    if !tx.put_role(&role).await? {
                        return Err(ErrorCode::RoleNameInUse.into());
                    }
                    Ok::<_, ManagementError>(RoleView::new(role))
                })
            })
            .await
    }

    /// Removes a role, from whoever holds it too.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_role(&self, id: RoleId) -> Result<(), ManagementError> {
        let removed = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    refuse_built_in(&id)?;
                    Ok::<_, ManagementError>(tx.delete_role(&id).await?)
                })
            })
            .await?;
        found(removed.then_some(()))
    }

    /// The permissions that a role holds, each with its API resource, newest first.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn role_scopes(
        &self,
        id: &RoleId,
        search: Option<&str>,
        page: Option<Page>,
    ) -> Result<Listed<ScopeWithResourceView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.role(id).await?)?;
        let mut scopes = reader.scopes_of_role(id).await?;
        scopes.reverse();
        scopes.retain(|scope| is_like(search, &[scope.id.as_str(), &scope.name]));
        let listed = Listed::of(scopes, page);
        let mut items = Vec::with_capacity(listed.items.len());
        for scope in listed.items {
            // A scope goes with its resource, so that there is one.
            if let Some(resource) = reader.resource(&scope.resource_id).await? {
                items.push(ScopeWithResourceView {
                    scope: ScopeView::new(scope),
                    resource: ResourceView::new(resource),
                });
            }
        }
        Ok(Listed {
            items,
            total: listed.total,
        })
    }

    /// Gives a role permissions; all of them or none.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn add_role_scopes(
        &self,
        id: RoleId,
        scope_ids: Vec<String>,
    ) -> Result<Vec<ScopeView>, ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let role = found(tx.role(&id).await?)?;
                    let mut added = Vec::new();
                    for scope in scope_ids {
                        let scope = scope_for(tx, &role, &ScopeId::from(scope)).await?;
                        if !tx.add_scope_to_role(&id, &scope.id).await? {
                            return Err(ErrorCode::RoleScopeExists.into());
                        }
                        added.push(ScopeView::new(scope));
                    }
                    Ok::<_, ManagementError>(added)
                })
            })
            .await
    }

    /// Takes a permission from a role.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn remove_role_scope(
        &self,
        id: RoleId,
        scope: ScopeId,
    ) -> Result<(), ManagementError> {
        let removed = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, ManagementError>(tx.remove_scope_from_role(&id, &scope).await?)
                })
            })
            .await?;
        found(removed.then_some(()))
    }
}

/// A permission that the role may hold.
pub(crate) async fn scope_for(
    tx: &mut dyn Tx,
    role: &Role,
    id: &ScopeId,
) -> Result<ResourceScope, ManagementError> {
    let scope = tx.resource_scope(id).await?;
    let scope = scope.ok_or(ErrorCode::EntityRelationForeignKeyNotFound)?;
    let is_management = scope.resource_id.as_str() == Resource::MANAGEMENT_API;
    if is_management && role.kind == RoleType::User {
        return Err(ErrorCode::RoleManagementApiScopesNotAssignable.into());
    }
    Ok(scope)
}

/// Whether a role stays as it is. Who holds it may change.
pub(crate) fn is_built_in(id: &RoleId) -> bool {
    id.as_str() == Role::ADMINISTRATOR
}

fn refuse_built_in(id: &RoleId) -> Result<(), ErrorCode> {
    if is_built_in(id) {
        Err(ErrorCode::RoleInternalRoleViolation)
    } else {
        Ok(())
    }
}

/// New users get default roles, so that only a role of users can be one.
fn check_default(role: &Role) -> Result<(), ManagementError> {
    let mut findings = Findings::default();
    if role.is_default && role.kind != RoleType::User {
        findings.add("isDefault", "only a role of type User can be a default", "");
    }
    refuse_if_any(findings)
}

fn check_role(name: Option<&String>, description: Option<&String>) -> Result<(), ManagementError> {
    let mut findings = Findings::default();
    check_role_texts(&mut findings, "", name, description);
    refuse_if_any(findings)
}

/// Notes what is wrong with name and description, whose paths begin with `path`.
pub(crate) fn check_role_texts(
    findings: &mut Findings,
    path: &str,
    name: Option<&String>,
    description: Option<&String>,
) {
    let place = |field: &str| crate::resources::fields::join(path, field);
    if let Some(name) = name {
        check_text(findings, &place("name"), name, LONGEST_NAME);
    }
    if let Some(description) = description {
        let longest = LONGEST_DESCRIPTION;
        check_text(findings, &place("description"), description, longest);
    }
}
