//! What an application may do and ask for: its roles, and what a third-party application may ask
//! its users for. Files name roles and scopes by name; the store keeps identifiers.

use moongate_core::{Application, ApplicationType};
use serde_json::{Map, Value, json};

use super::catalog::{Catalog, ScopeName, scope_names};
use super::fields::{Fields, Known};
use super::finding::Findings;
use crate::consent_scopes::check_user_scope;

const CONSENT_FIELDS: Known<'static> = Known {
    now: &["userScopes", "resourceScopes"],
    later: &["organizationScopes", "organizationResourceScopes"],
};

/// Roles and consent scopes, by name and sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rights {
    pub(super) is_admin: bool,
    pub(super) roles: Vec<String>,
    pub(super) user_scopes: Vec<String>,
    pub(super) resource_scopes: Vec<ScopeName>,
}

impl Rights {
    /// Those of a stored application that holds `roles`.
    pub(super) fn stored(
        application: &Application,
        roles: Vec<String>,
        is_admin: bool,
        catalog: &Catalog,
    ) -> Self {
        let allowed = &application.consent_scopes;
        Self {
            is_admin,
            roles,
            user_scopes: allowed.user_scopes.clone(),
            resource_scopes: catalog.names_of(&allowed.resource_scopes),
        }
    }

    /// Reads them from the fields of an application.
    pub(super) fn read(fields: &mut Fields<'_>, catalog: &Catalog) -> Self {
        let is_admin = fields.bool("isAdmin").unwrap_or_default();
        let mut roles = texts(fields, "roles");
        for (index, role) in roles.iter().enumerate() {
            if !catalog.machine_roles.contains(role) {
                let problem = format!("there is no role {role:?} of type MachineToMachine");
                let mend = "declare it among the roles";
                fields.refuse(&format!("roles[{index}]"), problem, mend);
            }
        }
        roles.sort();
        roles.dedup();
        let mut rights = Self {
            is_admin,
            roles,
            ..Self::default()
        };
        let path = fields.path("userConsentScopes");
        if let Some(consent) = fields.get("userConsentScopes") {
            rights.read_consent(&path, consent, fields.findings(), catalog);
        }
        rights
    }

    fn read_consent(
        &mut self,
        path: &str,
        consent: &Value,
        findings: &mut Findings,
        catalog: &Catalog,
    ) {
        let Some(mut fields) = Fields::new(path, consent, CONSENT_FIELDS, findings) else {
            return;
        };
        self.user_scopes = texts(&mut fields, "userScopes");
        for (index, scope) in self.user_scopes.iter().enumerate() {
            let place = fields.path(&format!("userScopes[{index}]"));
            check_user_scope(fields.findings(), &place, scope);
        }
        let names = &catalog.scope_names;
        self.resource_scopes = scope_names(&mut fields, "resourceScopes", names);
        let is_management = |scope: &ScopeName| {
            let mut resources = catalog.resources.iter();
            resources.any(|it| {
                it.indicator == scope.resource
                    && it.id.as_str() == moongate_core::Resource::MANAGEMENT_API
            })
        };
        if self.resource_scopes.iter().any(is_management) {
            let problem = "users can't be asked for permissions of the Management API";
            fields.refuse("resourceScopes", problem, "");
        }
    }

    /// Notes what an application of that kind can't have.
    pub(super) fn check(&self, application: &Application, path: &str, findings: &mut Findings) {
        let holds_roles = self.is_admin || !self.roles.is_empty();
        if holds_roles && application.kind != ApplicationType::MachineToMachine {
            let field = if self.is_admin { "isAdmin" } else { "roles" };
            let problem = "only a MachineToMachine application can hold roles";
            findings.add(format!("{path}.{field}"), problem, "");
        }
        let asks = !self.user_scopes.is_empty() || !self.resource_scopes.is_empty();
        if asks && !application.is_third_party {
            let problem = "users of our own applications are not asked for consent";
            let mend = "leave it out, or set isThirdParty";
            findings.add(format!("{path}.userConsentScopes"), problem, mend);
        }
    }

    /// As a file would write them.
    pub(super) fn write(&self, document: &mut Map<String, Value>) {
        if self.is_admin {
            document.insert("isAdmin".into(), true.into());
        }
        document.insert("roles".into(), json!(self.roles));
        let resource_scopes: Vec<_> = self
            .resource_scopes
            .iter()
            .map(ScopeName::to_json)
            .collect();
        let mut consent = Map::new();
        if !self.user_scopes.is_empty() {
            consent.insert("userScopes".into(), json!(self.user_scopes));
        }
        if !resource_scopes.is_empty() {
            consent.insert("resourceScopes".into(), json!(resource_scopes));
        }
        document.insert("userConsentScopes".into(), Value::Object(consent));
    }
}

fn texts(fields: &mut Fields<'_>, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (index, value) in fields.list(name).unwrap_or_default().iter().enumerate() {
        match value.as_str() {
            Some(text) => texts.push(text.to_owned()),
            None => fields.refuse(&format!("{name}[{index}]"), "expected a string", ""),
        }
    }
    texts
}
