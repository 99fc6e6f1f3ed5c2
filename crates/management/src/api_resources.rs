//! API resources and their scopes.

use moongate_core::{ErrorCode, Resource, ResourceId, ResourceScope, ScopeId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{found, refuse_if_any};
use crate::listing::is_like;
use crate::management::{TENANT, check_note, check_text};
use crate::resources::finding::Findings;
use crate::{Listed, Management, ManagementError, Page, Patch};

const LONGEST_NAME: usize = 256;
const LONGEST_INDICATOR: usize = 2048;
const LONGEST_DESCRIPTION: usize = 2048;
/// 30 days, in seconds.
const LONGEST_TTL: u32 = 30 * 86_400;

/// An API resource, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceView {
    tenant_id: &'static str,
    id: String,
    name: String,
    /// What `resource` names and `aud` says.
    indicator: String,
    is_default: bool,
    /// Seconds.
    access_token_ttl: u32,
    /// Its permissions, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<ScopeView>>,
}

impl ResourceView {
    pub(crate) fn new(resource: Resource) -> Self {
        Self {
            tenant_id: TENANT,
            id: resource.id.to_string(),
            name: resource.name,
            indicator: resource.indicator,
            is_default: resource.is_default,
            access_token_ttl: resource.access_token_ttl,
            scopes: None,
        }
    }
}

/// A permission, as the API tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScopeView {
    tenant_id: &'static str,
    id: String,
    resource_id: String,
    /// The scope as requests and tokens name it.
    name: String,
    description: Option<String>,
    /// Milliseconds since 1970.
    created_at: i64,
}

impl ScopeView {
    pub(crate) fn new(scope: ResourceScope) -> Self {
        Self {
            tenant_id: TENANT,
            id: scope.id.to_string(),
            resource_id: scope.resource_id.to_string(),
            name: scope.name,
            description: scope.description,
            created_at: scope.created_at.0,
        }
    }
}

/// An API resource to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewResource {
    /// The name that administrators see.
    pub name: String,
    /// What `resource` names and `aud` says, for good.
    pub indicator: String,
    /// Lifetime of access tokens for it, seconds; 3600 if absent.
    pub access_token_ttl: Option<u32>,
    /// Whether a request that names no resource means this one.
    pub is_default: Option<bool>,
}

/// What of an API resource changes; the indicator can't.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceChange {
    /// The name that administrators see.
    pub name: Option<String>,
    /// Lifetime of access tokens for it, seconds.
    pub access_token_ttl: Option<u32>,
}

/// A permission to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScope {
    /// Unique within the API resource, without spaces.
    pub name: String,
    /// What it allows, in words.
    pub description: Option<String>,
}

/// What of a permission changes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeChange {
    /// Unique within the API resource, without spaces.
    pub name: Option<String>,
    /// What it allows, in words.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub description: Patch<String>,
}

impl Management {
    /// API resources, newest first.
    ///
    /// # Errors
    /// [`ManagementError::Store`].
    pub async fn resources(
        &self,
        with_scopes: bool,
        page: Option<Page>,
    ) -> Result<Listed<ResourceView>, ManagementError> {
        let mut reader = self.store.read().await?;
        let mut resources = reader.resources().await?;
        resources.reverse();
        let mut listed = Listed::of(resources, page).map(ResourceView::new);
        if with_scopes {
            for view in &mut listed.items {
                let id = ResourceId::from(view.id.as_str());
                let scopes = reader.resource_scopes(&id).await?;
                view.scopes = Some(scopes.into_iter().map(ScopeView::new).collect());
            }
        }
        Ok(listed)
    }

    /// One API resource.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn resource(&self, id: &ResourceId) -> Result<ResourceView, ManagementError> {
        let mut reader = self.store.read().await?;
        Ok(ResourceView::new(found(reader.resource(id).await?)?))
    }

    /// Makes an API resource.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_resource(
        &self,
        body: NewResource,
    ) -> Result<ResourceView, ManagementError> {
        let mut findings = Findings::default();
        check_text(&mut findings, "name", &body.name, LONGEST_NAME);
        check_indicator(&mut findings, "indicator", &body.indicator);
        check_ttl(&mut findings, body.access_token_ttl);
        refuse_if_any(findings)?;
        let resource = Resource {
            id: ResourceId::generate(&*self.entropy),
            name: body.name.trim().to_owned(),
            indicator: body.indicator,
            access_token_ttl: body
                .access_token_ttl
                .unwrap_or(Resource::DEFAULT_ACCESS_TOKEN_TTL),
            is_default: body.is_default.unwrap_or_default(),
            created_at: self.clock.now(),
        };
        let view = ResourceView {
            scopes: Some(Vec::new()),
            ..ResourceView::new(resource.clone())
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !tx.put_resource(&resource).await? {
                        return Err(ErrorCode::ResourceIdentifierInUse.into());
                    }
                    Ok::<_, ManagementError>(())
                })
            })
            .await?;
        Ok(view)
    }

    /// Changes an API resource.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn update_resource(
        &self,
        id: ResourceId,
        change: ResourceChange,
    ) -> Result<ResourceView, ManagementError> {
        let mut findings = Findings::default();
        if let Some(name) = &change.name {
            check_text(&mut findings, "name", name, LONGEST_NAME);
        }
        check_ttl(&mut findings, change.access_token_ttl);
        refuse_if_any(findings)?;
        self.change_resource(id, move |resource| {
            if let Some(name) = change.name {
                name.trim().clone_into(&mut resource.name);
            }
            resource.access_token_ttl =
                change.access_token_ttl.unwrap_or(resource.access_token_ttl);
        })
        .await
    }

    /// Makes an API resource the one that a request means which names none, or no longer.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn set_default_resource(
        &self,
        id: ResourceId,
        is_default: bool,
    ) -> Result<ResourceView, ManagementError> {
        self.change_resource(id, move |resource| resource.is_default = is_default)
            .await
    }

    async fn change_resource(
        &self,
        id: ResourceId,
        change: impl FnOnce(&mut Resource) + Send + 'static,
    ) -> Result<ResourceView, ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    may_change(&id, ErrorCode::ResourceCannotModifyManagementApi)?;
                    let mut resource = found(tx.resource(&id).await?)?;
                    change(&mut resource);
                    tx.put_resource(&resource).await?;
                    Ok(ResourceView::new(resource))
                })
            })
            .await
    }

    /// Removes an API resource with its permissions.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_resource(&self, id: ResourceId) -> Result<(), ManagementError> {
        may_change(&id, ErrorCode::ResourceCannotDeleteManagementApi)?;
        let removed = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, ManagementError>(tx.delete_resource(&id).await?) })
            })
            .await?;
        found(removed.then_some(()))
    }

    /// The permissions that an API resource defines, by name.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn scopes(
        &self,
        id: &ResourceId,
        search: Option<&str>,
        page: Option<Page>,
    ) -> Result<Listed<ScopeView>, ManagementError> {
        let mut reader = self.store.read().await?;
        found(reader.resource(id).await?)?;
        let mut scopes = reader.resource_scopes(id).await?;
        scopes.retain(|scope| {
            let description = scope.description.as_deref().unwrap_or_default();
            is_like(search, &[scope.id.as_str(), &scope.name, description])
        });
        Ok(Listed::of(scopes, page).map(ScopeView::new))
    }

    /// Makes a permission.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn create_scope(
        &self,
        id: ResourceId,
        body: NewScope,
    ) -> Result<ScopeView, ManagementError> {
        check_scope(Some(&body.name), body.description.as_ref())?;
        let scope = ResourceScope {
            id: ScopeId::generate(&*self.entropy),
            resource_id: id,
            name: body.name,
            description: body.description,
            created_at: self.clock.now(),
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let id = &scope.resource_id;
                    may_change(id, ErrorCode::ResourceCannotModifyManagementApi)?;
                    found(tx.resource(id).await?)?;
                    if !tx.put_resource_scope(&scope).await? {
                        return Err(ErrorCode::ScopeNameExists.into());
                    }
                    Ok::<_, ManagementError>(ScopeView::new(scope))
                })
            })
            .await
    }

    /// Changes a permission.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn update_scope(
        &self,
        id: ResourceId,
        scope_id: ScopeId,
        change: ScopeChange,
    ) -> Result<ScopeView, ManagementError> {
        check_scope(change.name.as_ref(), change.description.as_set())?;
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    may_change(&id, ErrorCode::ResourceCannotModifyManagementApi)?;
                    let scope = tx.resource_scope(&scope_id).await?;
                    let mut scope = found(scope.filter(|scope| scope.resource_id == id))?;
                    scope.name = change.name.unwrap_or(scope.name);
                    scope.description = change.description.over(scope.description);
                    if !tx.put_resource_scope(&scope).await? {
                        return Err(ErrorCode::ScopeNameExists.into());
                    }
                    Ok::<_, ManagementError>(ScopeView::new(scope))
                })
            })
            .await
    }

    /// Removes a permission, from roles too.
    ///
    /// # Errors
    /// [`ManagementError`].
    pub async fn delete_scope(
        &self,
        id: ResourceId,
        scope_id: ScopeId,
    ) -> Result<(), ManagementError> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    may_change(&id, ErrorCode::ResourceCannotModifyManagementApi)?;
                    let scope = tx.resource_scope(&scope_id).await?;
                    found(scope.filter(|scope| scope.resource_id == id))?;
                    tx.delete_resource_scope(&scope_id).await?;
                    Ok::<_, ManagementError>(())
                })
            })
            .await
    }
}

/// Notes an indicator that can't be one: any text without spaces, as Logto has it, since RFC 8707
/// §2 asks for a URI and deployed APIs have names.
pub(crate) fn check_indicator(findings: &mut Findings, path: &str, indicator: &str) {
    check_text(findings, path, indicator, LONGEST_INDICATOR);
    if indicator.chars().any(char::is_whitespace) {
        findings.add(path, "must not have spaces", "");
    } else if indicator.contains('#') {
        findings.add(path, "must not have a fragment (#)", "");
    }
}

fn check_ttl(findings: &mut Findings, ttl: Option<u32>) {
    if ttl.is_some_and(|ttl| !(60..=LONGEST_TTL).contains(&ttl)) {
        let problem = format!("must be 60 to {LONGEST_TTL} seconds");
        findings.add("accessTokenTtl", problem, "");
    }
}

fn check_scope(name: Option<&String>, description: Option<&String>) -> Result<(), ManagementError> {
    let mut findings = Findings::default();
    if let Some(name) = name {
        if name.chars().any(char::is_whitespace) {
            return Err(ErrorCode::ScopeNameWithSpace.into());
        }
        check_scope_name(&mut findings, "name", name);
    }
    if let Some(description) = description {
        check_note(
            &mut findings,
            "description",
            description,
            LONGEST_DESCRIPTION,
        );
    }
    refuse_if_any(findings)
}

/// Notes a name that requests can't carry (RFC 6749 §3.3).
pub(crate) fn check_scope_name(findings: &mut Findings, path: &str, name: &str) {
    check_text(findings, path, name, LONGEST_NAME);
    let fits = |char: char| char.is_ascii_graphic() && char != '"' && char != '\\';
    if !name.chars().all(fits) {
        let problem = "must be visible ASCII without spaces, quotes and backslashes";
        findings.add(path, problem, "");
    }
}

fn may_change(id: &ResourceId, code: ErrorCode) -> Result<(), ErrorCode> {
    if id.as_str() == Resource::MANAGEMENT_API {
        return Err(code);
    }
    Ok(())
}
