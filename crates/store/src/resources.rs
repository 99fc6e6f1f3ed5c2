//! API resources, their scopes, and the roles that hold them.

use async_trait::async_trait;
use moongate_core::{
    ApplicationId, Resource, ResourceId, ResourceReads, ResourceScope, ResourceWrites, ScopeId,
    StoreError, UnixMillis, UserId,
};

use crate::conn::{Conn, corrupt};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, indicator, access_token_ttl, is_default, created_at \
             FROM resources ",
            $rest
        )
    };
}

row! {
    struct ResourceRow of "resources" {
        id: String,
        name: String,
        indicator: String,
        access_token_ttl: i64,
        is_default: bool,
        created_at: i64,
    }
}

impl TryFrom<ResourceRow> for Resource {
    type Error = StoreError;

    fn try_from(row: ResourceRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ResourceId::from(row.id),
            name: row.name,
            indicator: row.indicator,
            access_token_ttl: u32::try_from(row.access_token_ttl)
                .map_err(|_| corrupt("resources.access_token_ttl"))?,
            is_default: row.is_default,
            created_at: UnixMillis(row.created_at),
        })
    }
}

row! {
    pub(crate) struct ScopeRow of "resource_scopes" {
        id: String,
        resource_id: String,
        name: String,
        description: Option<String>,
        created_at: i64,
    }
}

impl From<ScopeRow> for ResourceScope {
    fn from(row: ScopeRow) -> Self {
        Self {
            id: ScopeId::from(row.id),
            resource_id: ResourceId::from(row.resource_id),
            name: row.name,
            description: row.description,
            created_at: UnixMillis(row.created_at),
        }
    }
}

row! {
    struct NameRow of "names" {
        name: String,
    }
}

/// Sorted here, since PostgreSQL sorts text by its locale.
fn sorted(rows: Vec<NameRow>) -> Vec<String> {
    let mut names: Vec<_> = rows.into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

#[async_trait]
impl ResourceReads for Conn<'_> {
    async fn resources(&mut self) -> Result<Vec<Resource>, StoreError> {
        let rows = fetch_all!(self, ResourceRow, select!("ORDER BY created_at, id"))?;
        rows.into_iter().map(Resource::try_from).collect()
    }

    async fn resource(&mut self, id: &ResourceId) -> Result<Option<Resource>, StoreError> {
        let row = fetch_optional!(self, ResourceRow, select!("WHERE id = $1"), id.as_str())?;
        row.map(Resource::try_from).transpose()
    }

    async fn resource_scope(&mut self, id: &ScopeId) -> Result<Option<ResourceScope>, StoreError> {
        let row = fetch_optional!(
            self,
            ScopeRow,
            "SELECT id, resource_id, name, description, created_at FROM resource_scopes \
             WHERE id = $1",
            id.as_str()
        )?;
        Ok(row.map(ResourceScope::from))
    }

    async fn resource_by_indicator(
        &mut self,
        indicator: &str,
    ) -> Result<Option<Resource>, StoreError> {
        let row = fetch_optional!(
            self,
            ResourceRow,
            select!("WHERE indicator = $1"),
            indicator
        )?;
        row.map(Resource::try_from).transpose()
    }

    async fn default_resource(&mut self) -> Result<Option<Resource>, StoreError> {
        let row = fetch_optional!(self, ResourceRow, select!("WHERE is_default"))?;
        row.map(Resource::try_from).transpose()
    }

    async fn longest_access_token_ttl(&mut self) -> Result<Option<u32>, StoreError> {
        let row = fetch_optional!(
            self,
            ResourceRow,
            select!("ORDER BY access_token_ttl DESC LIMIT 1")
        )?;
        let longest = row.map(Resource::try_from).transpose()?;
        Ok(longest.map(|resource| resource.access_token_ttl))
    }

    async fn resource_scopes(&mut self, id: &ResourceId) -> Result<Vec<ResourceScope>, StoreError> {
        let rows = fetch_all!(
            self,
            ScopeRow,
            "SELECT id, resource_id, name, description, created_at FROM resource_scopes \
             WHERE resource_id = $1",
            id.as_str()
        )?;
        let mut scopes: Vec<_> = rows.into_iter().map(ResourceScope::from).collect();
        scopes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(scopes)
    }

    async fn scopes_of_user(
        &mut self,
        user_id: &UserId,
        resource_id: &ResourceId,
    ) -> Result<Vec<String>, StoreError> {
        let rows = fetch_all!(
            self,
            NameRow,
            "SELECT DISTINCT resource_scopes.name AS name FROM user_roles \
             JOIN role_scopes ON role_scopes.role_id = user_roles.role_id \
             JOIN resource_scopes ON resource_scopes.id = role_scopes.scope_id \
             WHERE user_roles.user_id = $1 AND resource_scopes.resource_id = $2",
            user_id.as_str(),
            resource_id.as_str()
        )?;
        Ok(sorted(rows))
    }

    async fn scopes_of_application(
        &mut self,
        application_id: &ApplicationId,
        resource_id: &ResourceId,
    ) -> Result<Vec<String>, StoreError> {
        let rows = fetch_all!(
            self,
            NameRow,
            "SELECT DISTINCT resource_scopes.name AS name FROM application_roles \
             JOIN role_scopes ON role_scopes.role_id = application_roles.role_id \
             JOIN resource_scopes ON resource_scopes.id = role_scopes.scope_id \
             WHERE application_roles.application_id = $1 AND resource_scopes.resource_id = $2",
            application_id.as_str(),
            resource_id.as_str()
        )?;
        Ok(sorted(rows))
    }

    async fn role_names_of_user(&mut self, user_id: &UserId) -> Result<Vec<String>, StoreError> {
        let rows = fetch_all!(
            self,
            NameRow,
            "SELECT roles.name AS name FROM user_roles \
             JOIN roles ON roles.id = user_roles.role_id WHERE user_roles.user_id = $1",
            user_id.as_str()
        )?;
        Ok(sorted(rows))
    }
}

#[async_trait]
impl ResourceWrites for Conn<'_> {
    async fn put_resource(&mut self, resource: &Resource) -> Result<bool, StoreError> {
        // Asked beforehand, since a duplicate that the database finds ends the unit.
        let same = self.resource_by_indicator(&resource.indicator).await?;
        if same.is_some_and(|same| same.id != resource.id) {
            return Ok(false);
        }
        if resource.is_default {
            execute!(
                self,
                "UPDATE resources SET is_default = FALSE WHERE is_default AND id <> $1",
                resource.id.as_str()
            )?;
        }
        execute!(
            self,
            "INSERT INTO resources (id, name, indicator, access_token_ttl, is_default, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
             indicator = excluded.indicator, access_token_ttl = excluded.access_token_ttl, \
             is_default = excluded.is_default",
            resource.id.as_str(),
            resource.name.as_str(),
            resource.indicator.as_str(),
            i64::from(resource.access_token_ttl),
            resource.is_default,
            resource.created_at.0,
        )?;
        Ok(true)
    }

    async fn delete_resource(&mut self, id: &ResourceId) -> Result<bool, StoreError> {
        let removed = execute!(self, "DELETE FROM resources WHERE id = $1", id.as_str())?;
        Ok(removed == 1)
    }

    async fn put_resource_scope(&mut self, scope: &ResourceScope) -> Result<bool, StoreError> {
        let same = fetch_optional!(
            self,
            NameRow,
            "SELECT name FROM resource_scopes \
             WHERE resource_id = $1 AND name = $2 AND id <> $3",
            scope.resource_id.as_str(),
            scope.name.as_str(),
            scope.id.as_str()
        )?;
        if same.is_some() {
            return Ok(false);
        }
        execute!(
            self,
            "INSERT INTO resource_scopes (id, resource_id, name, description, created_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
             description = excluded.description",
            scope.id.as_str(),
            scope.resource_id.as_str(),
            scope.name.as_str(),
            scope.description.as_deref(),
            scope.created_at.0,
        )?;
        Ok(true)
    }

    async fn delete_resource_scope(&mut self, id: &ScopeId) -> Result<bool, StoreError> {
        let removed = execute!(
            self,
            "DELETE FROM resource_scopes WHERE id = $1",
            id.as_str()
        )?;
        Ok(removed == 1)
    }
}
