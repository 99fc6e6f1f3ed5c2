//! Roles: which scopes they hold, and who holds them.

use async_trait::async_trait;

use crate::{Application, ApplicationId, ResourceScope, Role, RoleId, ScopeId, StoreError, UserId};

/// Roles. The users who hold one are listed by [`UserReads::users`](super::UserReads::users).
#[async_trait]
pub trait RoleReads {
    /// All roles, oldest first.
    async fn roles(&mut self) -> Result<Vec<Role>, StoreError>;
    /// The role of that identifier.
    async fn role(&mut self, id: &RoleId) -> Result<Option<Role>, StoreError>;
    /// The role of that name.
    async fn role_by_name(&mut self, name: &str) -> Result<Option<Role>, StoreError>;
    /// The scopes that a role holds, oldest first.
    async fn scopes_of_role(&mut self, id: &RoleId) -> Result<Vec<ResourceScope>, StoreError>;
    /// The roles that a user holds, oldest first.
    async fn roles_of_user(&mut self, id: &UserId) -> Result<Vec<Role>, StoreError>;
    /// The roles that an application holds, oldest first.
    async fn roles_of_application(&mut self, id: &ApplicationId) -> Result<Vec<Role>, StoreError>;
    /// The applications that hold a role, oldest first.
    async fn applications_of_role(&mut self, id: &RoleId) -> Result<Vec<Application>, StoreError>;
}

/// Roles. What gives or takes answers `false` where there was nothing to give or take.
#[async_trait]
pub trait RoleWrites {
    /// Adds a role or replaces the one of the same identifier (`created_at` stays). `false`, and
    /// nothing is written, if another one has the name.
    async fn put_role(&mut self, role: &Role) -> Result<bool, StoreError>;
    /// Removes a role, from whoever holds it too.
    async fn delete_role(&mut self, id: &RoleId) -> Result<bool, StoreError>;
    /// Gives a role a scope.
    async fn add_scope_to_role(&mut self, id: &RoleId, scope: &ScopeId)
    -> Result<bool, StoreError>;
    /// Takes a scope from a role.
    async fn remove_scope_from_role(
        &mut self,
        id: &RoleId,
        scope: &ScopeId,
    ) -> Result<bool, StoreError>;
    /// Gives a user a role.
    async fn add_role_to_user(&mut self, user: &UserId, id: &RoleId) -> Result<bool, StoreError>;
    /// Gives a new user the roles that every new user gets.
    async fn add_default_roles_to_user(&mut self, user: &UserId) -> Result<(), StoreError>;
    /// Takes a role from a user.
    async fn remove_role_from_user(
        &mut self,
        user: &UserId,
        id: &RoleId,
    ) -> Result<bool, StoreError>;
    /// Gives an application a role.
    async fn add_role_to_application(
        &mut self,
        application: &ApplicationId,
        id: &RoleId,
    ) -> Result<bool, StoreError>;
    /// Takes a role from an application.
    async fn remove_role_from_application(
        &mut self,
        application: &ApplicationId,
        id: &RoleId,
    ) -> Result<bool, StoreError>;
}
