//! Roles: which scopes they hold, and who holds them.

use async_trait::async_trait;
use moongate_core::{
    Application, ApplicationId, ResourceScope, Role, RoleId, RoleReads, RoleType, RoleWrites,
    ScopeId, StoreError, UnixMillis, UserId,
};

use crate::applications::ApplicationRow;
use crate::conn::{Conn, corrupt};
use crate::resources::ScopeRow;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT roles.id, roles.name, roles.description, roles.kind, roles.is_default, \
             roles.created_at FROM roles ",
            $rest
        )
    };
}

row! {
    struct RoleRow of "roles" {
        id: String,
        name: String,
        description: String,
        kind: String,
        is_default: bool,
        created_at: i64,
    }
}

impl TryFrom<RoleRow> for Role {
    type Error = StoreError;

    fn try_from(row: RoleRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: RoleId::from(row.id),
            name: row.name,
            description: row.description,
            kind: RoleType::parse(&row.kind).ok_or_else(|| corrupt("roles.kind"))?,
            is_default: row.is_default,
            created_at: UnixMillis(row.created_at),
        })
    }
}

fn roles(rows: Vec<RoleRow>) -> Result<Vec<Role>, StoreError> {
    rows.into_iter().map(Role::try_from).collect()
}

#[async_trait]
impl RoleReads for Conn<'_> {
    async fn roles(&mut self) -> Result<Vec<Role>, StoreError> {
        roles(fetch_all!(
            self,
            RoleRow,
            select!("ORDER BY roles.created_at, roles.id")
        )?)
    }

    async fn role(&mut self, id: &RoleId) -> Result<Option<Role>, StoreError> {
        let row = fetch_optional!(self, RoleRow, select!("WHERE roles.id = $1"), id.as_str())?;
        row.map(Role::try_from).transpose()
    }

    async fn role_by_name(&mut self, name: &str) -> Result<Option<Role>, StoreError> {
        let row = fetch_optional!(self, RoleRow, select!("WHERE roles.name = $1"), name)?;
        row.map(Role::try_from).transpose()
    }

    async fn scopes_of_role(&mut self, id: &RoleId) -> Result<Vec<ResourceScope>, StoreError> {
        let rows = fetch_all!(
            self,
            ScopeRow,
            "SELECT resource_scopes.id, resource_scopes.resource_id, resource_scopes.name, \
             resource_scopes.description, resource_scopes.created_at FROM resource_scopes \
             JOIN role_scopes ON role_scopes.scope_id = resource_scopes.id \
             WHERE role_scopes.role_id = $1 \
             ORDER BY resource_scopes.created_at, resource_scopes.id",
            id.as_str()
        )?;
        Ok(rows.into_iter().map(ResourceScope::from).collect())
    }

    async fn roles_of_user(&mut self, id: &UserId) -> Result<Vec<Role>, StoreError> {
        roles(fetch_all!(
            self,
            RoleRow,
            select!(
                "JOIN user_roles ON user_roles.role_id = roles.id WHERE user_roles.user_id = $1 \
                 ORDER BY roles.created_at, roles.id"
            ),
            id.as_str()
        )?)
    }

    async fn roles_of_application(&mut self, id: &ApplicationId) -> Result<Vec<Role>, StoreError> {
        roles(fetch_all!(
            self,
            RoleRow,
            select!(
                "JOIN application_roles ON application_roles.role_id = roles.id \
                 WHERE application_roles.application_id = $1 \
                 ORDER BY roles.created_at, roles.id"
            ),
            id.as_str()
        )?)
    }

    async fn applications_of_role(&mut self, id: &RoleId) -> Result<Vec<Application>, StoreError> {
        let rows = fetch_all!(
            self,
            ApplicationRow,
            "SELECT id, name, description, kind, oidc_client_metadata, custom_client_metadata, \
             is_third_party, consent_scopes, custom_data, created_at FROM applications \
             WHERE id IN (SELECT application_id FROM application_roles WHERE role_id = $1) \
             ORDER BY created_at, id",
            id.as_str()
        )?;
        rows.into_iter().map(Application::try_from).collect()
    }
}

#[async_trait]
impl RoleWrites for Conn<'_> {
    async fn put_role(&mut self, role: &Role) -> Result<bool, StoreError> {
        // Asked beforehand, since a duplicate that the database finds ends the unit.
        let same = self.role_by_name(&role.name).await?;
        if same.is_some_and(|same| same.id != role.id) {
            return Ok(false);
        }
        execute!(
            self,
            "INSERT INTO roles (id, name, description, kind, is_default, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
             description = excluded.description, kind = excluded.kind, \
             is_default = excluded.is_default",
            role.id.as_str(),
            role.name.as_str(),
            role.description.as_str(),
            role.kind.as_str(),
            role.is_default,
            role.created_at.0,
        )?;
        Ok(true)
    }

    async fn delete_role(&mut self, id: &RoleId) -> Result<bool, StoreError> {
        let removed = execute!(self, "DELETE FROM roles WHERE id = $1", id.as_str())?;
        Ok(removed == 1)
    }

    async fn add_scope_to_role(
        &mut self,
        id: &RoleId,
        scope: &ScopeId,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO role_scopes (role_id, scope_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            id.as_str(),
            scope.as_str()
        )?;
        Ok(added == 1)
    }

    async fn remove_scope_from_role(
        &mut self,
        id: &RoleId,
        scope: &ScopeId,
    ) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "DELETE FROM role_scopes WHERE role_id = $1 AND scope_id = $2",
            id.as_str(),
            scope.as_str()
        )?;
        Ok(removed == 1)
    }

    async fn add_role_to_user(&mut self, user: &UserId, id: &RoleId) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO user_roles (user_id, role_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            user.as_str(),
            id.as_str()
        )?;
        Ok(added == 1)
    }

    async fn add_default_roles_to_user(&mut self, user: &UserId) -> Result<(), StoreError> {
        execute!(
            self,
            "INSERT INTO user_roles (user_id, role_id) \
             SELECT $1, id FROM roles WHERE is_default AND kind = $2 ON CONFLICT DO NOTHING",
            user.as_str(),
            RoleType::User.as_str()
        )?;
        Ok(())
    }

    async fn remove_role_from_user(
        &mut self,
        user: &UserId,
        id: &RoleId,
    ) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "DELETE FROM user_roles WHERE user_id = $1 AND role_id = $2",
            user.as_str(),
            id.as_str()
        )?;
        Ok(removed == 1)
    }

    async fn add_role_to_application(
        &mut self,
        application: &ApplicationId,
        id: &RoleId,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            "INSERT INTO application_roles (application_id, role_id) VALUES ($1, $2) \
             ON CONFLICT DO NOTHING",
            application.as_str(),
            id.as_str()
        )?;
        Ok(added == 1)
    }

    async fn remove_role_from_application(
        &mut self,
        application: &ApplicationId,
        id: &RoleId,
    ) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "DELETE FROM application_roles WHERE application_id = $1 AND role_id = $2",
            application.as_str(),
            id.as_str()
        )?;
        Ok(removed == 1)
    }
}
