//! API resources, their scopes, and the roles that hold them.

use async_trait::async_trait;

use crate::{ApplicationId, Resource, ResourceId, ResourceScope, ScopeId, StoreError, UserId};

/// What tokens for an API need to know.
#[async_trait]
pub trait ResourceReads {
    /// All resources, oldest first.
    async fn resources(&mut self) -> Result<Vec<Resource>, StoreError>;
    /// The resource of that identifier.
    async fn resource(&mut self, id: &ResourceId) -> Result<Option<Resource>, StoreError>;
    /// The scope of that identifier.
    async fn resource_scope(&mut self, id: &ScopeId) -> Result<Option<ResourceScope>, StoreError>;
    /// The resource of that indicator.
    async fn resource_by_indicator(
        &mut self,
        indicator: &str,
    ) -> Result<Option<Resource>, StoreError>;
    /// The resource that a request means which names none.
    async fn default_resource(&mut self) -> Result<Option<Resource>, StoreError>;
    /// The longest lifetime of access tokens of any resource, seconds.
    async fn longest_access_token_ttl(&mut self) -> Result<Option<u32>, StoreError>;
    /// The scopes that a resource defines, by name.
    async fn resource_scopes(&mut self, id: &ResourceId) -> Result<Vec<ResourceScope>, StoreError>;
    /// The names of a resource's scopes that a user's roles hold, sorted.
    async fn scopes_of_user(
        &mut self,
        user_id: &UserId,
        resource_id: &ResourceId,
    ) -> Result<Vec<String>, StoreError>;
    /// The names of a resource's scopes that an application's roles hold, sorted.
    async fn scopes_of_application(
        &mut self,
        application_id: &ApplicationId,
        resource_id: &ResourceId,
    ) -> Result<Vec<String>, StoreError>;
    /// The names of a user's roles, sorted.
    async fn role_names_of_user(&mut self, user_id: &UserId) -> Result<Vec<String>, StoreError>;
}

/// API resources and their scopes.
#[async_trait]
pub trait ResourceWrites {
    /// Adds a resource or replaces the one of the same identifier (`created_at` stays). `false`,
    /// and nothing is written, if another one has the indicator. A default one takes the place of
    /// the one before.
    async fn put_resource(&mut self, resource: &Resource) -> Result<bool, StoreError>;
    /// Removes a resource and its scopes. `false` if it was gone.
    async fn delete_resource(&mut self, id: &ResourceId) -> Result<bool, StoreError>;
    /// Adds a scope or replaces the one of the same identifier (`created_at` stays). `false`, and
    /// nothing is written, if another one of the resource has the name.
    async fn put_resource_scope(&mut self, scope: &ResourceScope) -> Result<bool, StoreError>;
    /// Removes a scope, from roles too. `false` if it was gone.
    async fn delete_resource_scope(&mut self, id: &ScopeId) -> Result<bool, StoreError>;
}
