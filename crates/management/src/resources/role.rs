//! Roles: what is declared over what is stored, each with its scopes by name.

use moongate_core::{Reader, Resource, Role, RoleId, RoleType, StoreError};
use serde_json::{Map, Value};

use super::apply::{Draft, Undeclared};
use super::catalog::{Catalog, ScopeName, scope_names, scopes_of_role};
use super::declared::Declaration;
use super::difference::difference;
use super::fields::{Fields, Known};
use super::merge::merge;
use super::plan::ResourceKind;
use super::write::Write;
use crate::roles::{check_role_texts, is_built_in};
use crate::seed::MANAGEMENT_ROLE;

const LONGEST: usize = 128;

const FIELDS: Known<'static> = Known {
    now: &["name", "description", "type", "isDefault", "scopes"],
    later: &[],
};

/// Notes what becomes of roles, and which there will be.
pub(super) async fn draft(
    draft: &mut Draft<'_>,
    reader: &mut dyn Reader,
    catalog: &mut Catalog,
    declared: &[Declaration],
) -> Result<(), StoreError> {
    for declaration in declared {
        let id = RoleId::from(declaration.id.as_str());
        if is_built_in(&id) {
            let place = format!("roles[{id}]");
            let mend = "declare a role under an identifier of its own";
            draft
                .findings
                .add(place, "this role is built in and stays as it is", mend);
            continue;
        }
        let stored = catalog.roles.iter().find(|it| it.id == id).cloned();
        let held = match &stored {
            Some(role) => scopes_of_role(reader, &role.id).await?,
            None => Vec::new(),
        };
        let held = catalog.names_of(&held);
        draft_one(draft, catalog, stored.as_ref(), &held, declaration);
    }
    for role in catalog.roles.clone() {
        if declared.iter().any(|it| it.id == role.id.as_str()) {
            continue;
        }
        let is_ours = role.id.as_str() == MANAGEMENT_ROLE || is_built_in(&role.id);
        if draft.undeclared == Undeclared::Delete && !is_ours {
            let write = Write::DeleteRole(role.id.clone());
            let id = role.id.to_string();
            draft.deleted.push((ResourceKind::Role, id, write));
        } else if role.kind == RoleType::MachineToMachine {
            catalog.machine_roles.insert(role.name);
        }
    }
    Ok(())
}

fn draft_one(
    draft: &mut Draft<'_>,
    catalog: &mut Catalog,
    stored: Option<&Role>,
    held: &[ScopeName],
    declaration: &Declaration,
) {
    let path = format!("roles[{}]", declaration.id);
    let before = stored.map_or(Value::Null, |role| document(role, held));
    let mut merged = before.clone();
    merge(&mut merged, &declaration.fields);
    let Some(mut fields) = Fields::new(&path, &merged, FIELDS, &mut draft.findings) else {
        return;
    };
    let name = fields.required_text("name", LONGEST);
    let description = fields.required_text("description", LONGEST);
    let kind = kind(&mut fields);
    let is_default = fields.bool("isDefault").unwrap_or_default();
    let scopes = scope_names(&mut fields, "scopes", &catalog.scope_names);
    let (Some(name), Some(description), Some(kind)) = (name, description, kind) else {
        return;
    };
    check_role_texts(fields.findings(), &path, Some(&name), Some(&description));
    if stored.is_some_and(|stored| stored.kind != kind) {
        let mend = "declare another role under an identifier of its own";
        fields.refuse("type", "a role stays for whom it is", mend);
    }
    if is_default && kind != RoleType::User {
        fields.refuse("isDefault", "only a role of type User can be a default", "");
    }
    let management = catalog.resources.iter();
    let management = management
        .filter(|it| it.id.as_str() == Resource::MANAGEMENT_API)
        .any(|it| scopes.iter().any(|scope| scope.resource == it.indicator));
    if management && kind == RoleType::User {
        let problem = "users can't hold permissions of the Management API";
        fields.refuse("scopes", problem, "");
    }
    let role = Role {
        id: RoleId::from(declaration.id.as_str()),
        name,
        description,
        kind,
        is_default,
        created_at: stored.map_or(draft.now, |it| it.created_at),
    };
    let is_taken = |it: &Role| it.name == role.name && it.id != role.id;
    if catalog.roles.iter().any(is_taken) {
        let place = format!("{path}.name");
        draft.findings.add(place, "another role has this name", "");
        return;
    }
    let changes = difference(&before, &document(&role, &scopes));
    if stored.is_none() || !changes.is_empty() {
        draft.writes.push(Write::PutRole(role.clone(), scopes));
    }
    let id = role.id.as_str();
    draft.change(ResourceKind::Role, id, stored.is_some(), changes);
    if kind == RoleType::MachineToMachine {
        catalog.machine_roles.insert(role.name.clone());
    }
    catalog.roles.retain(|it| it.id != role.id);
    catalog.roles.push(role);
}

fn kind(fields: &mut Fields<'_>) -> Option<RoleType> {
    let Some(name) = fields.text("type", 64) else {
        return Some(RoleType::User);
    };
    let kind = RoleType::parse(&name);
    if kind.is_none() {
        let problem = format!("there is no type {name:?}");
        fields.refuse("type", problem, "use User or MachineToMachine");
    }
    kind
}

/// A role as a file would write it, but for the identifier.
pub(super) fn document(role: &Role, scopes: &[ScopeName]) -> Value {
    let mut document = Map::new();
    document.insert("name".into(), role.name.as_str().into());
    document.insert("description".into(), role.description.as_str().into());
    document.insert("type".into(), role.kind.as_str().into());
    document.insert("isDefault".into(), role.is_default.into());
    let scopes = scopes.iter().map(ScopeName::to_json).collect();
    document.insert("scopes".into(), Value::Array(scopes));
    Value::Object(document)
}
