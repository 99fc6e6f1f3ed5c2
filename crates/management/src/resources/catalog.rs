//! API resources, scopes and roles as they are stored, and as the plan will leave them: what
//! declarations refer to by name.

use std::collections::BTreeSet;

use moongate_core::{
    ApplicationId, Reader, Resource, ResourceScope, Role, RoleId, ScopeId, StoreError,
};
use serde_json::{Value, json};

use super::fields::{Fields, Known};
use super::finding::Findings;
use crate::seed::MANAGEMENT_ROLE;

/// A scope as files name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ScopeName {
    /// The API resource's indicator.
    pub(super) resource: String,
    /// The scope's name.
    pub(super) scope: String,
}

impl ScopeName {
    pub(super) fn to_json(&self) -> Value {
        json!({ "resource": self.resource, "scope": self.scope })
    }
}

/// What is stored, and which names will be there once the plan is done.
pub(super) struct Catalog {
    pub(super) resources: Vec<Resource>,
    pub(super) scopes: Vec<ResourceScope>,
    pub(super) roles: Vec<Role>,
    /// Scopes that will be there.
    pub(super) scope_names: BTreeSet<ScopeName>,
    /// Machine-to-machine roles that will be there, by name, for applications to hold.
    pub(super) machine_roles: BTreeSet<String>,
}

impl Catalog {
    pub(super) async fn load(reader: &mut dyn Reader) -> Result<Self, StoreError> {
        let resources = reader.resources().await?;
        let mut scopes = Vec::new();
        for resource in &resources {
            scopes.extend(reader.resource_scopes(&resource.id).await?);
        }
        Ok(Self {
            resources,
            scopes,
            roles: reader.roles().await?,
            scope_names: BTreeSet::new(),
            machine_roles: BTreeSet::new(),
        })
    }

    /// The names of stored scopes, sorted.
    pub(super) fn names_of(&self, ids: &[ScopeId]) -> Vec<ScopeName> {
        let mut names: Vec<_> = self
            .scopes
            .iter()
            .filter(|scope| ids.contains(&scope.id))
            .filter_map(|scope| self.name_of(scope))
            .collect();
        names.sort();
        names
    }

    /// The name of a stored scope.
    pub(super) fn name_of(&self, scope: &ResourceScope) -> Option<ScopeName> {
        let resource = self.resources.iter().find(|it| it.id == scope.resource_id);
        resource.map(|resource| ScopeName {
            resource: resource.indicator.clone(),
            scope: scope.name.clone(),
        })
    }
}

/// The scopes that a role holds.
pub(super) async fn scopes_of_role(
    reader: &mut dyn Reader,
    role: &RoleId,
) -> Result<Vec<ScopeId>, StoreError> {
    let scopes = reader.scopes_of_role(role).await?;
    Ok(scopes.into_iter().map(|scope| scope.id).collect())
}

/// The roles that an application holds, by name and sorted, and whether the one that may use the
/// Management API is among them.
pub(super) async fn roles_of_application(
    reader: &mut dyn Reader,
    application: &ApplicationId,
) -> Result<(Vec<String>, bool), StoreError> {
    let mut roles = reader.roles_of_application(application).await?;
    let before = roles.len();
    roles.retain(|role| role.id.as_str() != MANAGEMENT_ROLE);
    let is_admin = roles.len() < before;
    let mut names: Vec<_> = roles.into_iter().map(|role| role.name).collect();
    names.sort();
    Ok((names, is_admin))
}

/// Reads a list of scopes by name, each once and sorted; a finding for each that is not there.
pub(super) fn scope_names(
    fields: &mut Fields<'_>,
    name: &str,
    known: &BTreeSet<ScopeName>,
) -> Vec<ScopeName> {
    const FIELDS: Known<'static> = Known {
        now: &["resource", "scope"],
        later: &[],
    };
    let mut names = BTreeSet::new();
    let place = fields.path(name);
    for (index, value) in fields.list(name).unwrap_or_default().iter().enumerate() {
        let place = format!("{place}[{index}]");
        let findings: &mut Findings = fields.findings();
        let Some(mut item) = Fields::new(&place, value, FIELDS, findings) else {
            continue;
        };
        let resource = item.required_text("resource", 2048);
        let scope = item.required_text("scope", 256);
        let (Some(resource), Some(scope)) = (resource, scope) else {
            continue;
        };
        let name = ScopeName { resource, scope };
        if known.contains(&name) {
            names.insert(name);
        } else {
            let problem = format!("{} has no scope {}", name.resource, name.scope);
            findings.add(
                place,
                problem,
                "declare it among the scopes of the resource",
            );
        }
    }
    names.into_iter().collect()
}
