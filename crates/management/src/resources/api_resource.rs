//! API resources: what is declared over what is stored, each with its scopes.

use moongate_core::{Resource, ResourceId, ResourceScope};
use serde_json::{Map, Value, json};

use super::apply::{Draft, Undeclared};
use super::catalog::{Catalog, ScopeName};
use super::declared::Declaration;
use super::difference::difference;
use super::fields::{Fields, Known, join};
use super::merge::merge;
use super::plan::{FieldChange, FieldValue, ResourceKind};
use super::write::{ScopeWrite, Write};
use crate::api_resources::{check_indicator, check_scope_name};

const LONGEST_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 2048;
const DAY: u32 = 86_400;

const FIELDS: Known<'static> = Known {
    now: &["name", "indicator", "accessTokenTtl", "isDefault", "scopes"],
    later: &[],
};

const SCOPE_FIELDS: Known<'static> = Known {
    now: &["name", "description"],
    later: &[],
};

/// A scope as a file names it.
struct DeclaredScope {
    name: String,
    description: Option<String>,
}

/// Notes what becomes of API resources, and which scopes there will be.
pub(super) fn draft(draft: &mut Draft<'_>, catalog: &mut Catalog, declared: &[Declaration]) {
    let stored = catalog.resources.clone();
    for declaration in declared {
        let before = stored.iter().find(|it| it.id.as_str() == declaration.id);
        draft_one(draft, catalog, before, declaration);
    }
    for resource in &stored {
        // Whatever a file says of ours is refused, and it stays.
        let is_ours = resource.id.as_str() == Resource::MANAGEMENT_API;
        if !is_ours && declared.iter().any(|it| it.id == resource.id.as_str()) {
            continue;
        }
        if draft.undeclared == Undeclared::Delete && !is_ours {
            let id = resource.id.as_str();
            let write = Write::DeleteResource(resource.id.clone());
            draft
                .deleted
                .push((ResourceKind::Resource, id.to_owned(), write));
        } else {
            let of_it = catalog
                .scopes
                .iter()
                .filter(|it| it.resource_id == resource.id);
            let names: Vec<_> = of_it.filter_map(|it| catalog.name_of(it)).collect();
            catalog.scope_names.extend(names);
        }
    }
}

fn draft_one(
    draft: &mut Draft<'_>,
    catalog: &mut Catalog,
    stored: Option<&Resource>,
    declaration: &Declaration,
) {
    let path = format!("resources[{}]", declaration.id);
    if declaration.id == Resource::MANAGEMENT_API {
        let mend = "leave it out, and set management_resource in the settings";
        draft
            .findings
            .add(path, "this one comes with the server", mend);
        return;
    }
    let before = stored.map_or(Value::Null, document);
    let mut merged = before.clone();
    merge(&mut merged, &declaration.fields);
    let id = ResourceId::from(declaration.id.as_str());
    let created_at = stored.map_or(draft.now, |it| it.created_at);
    let Some(mut fields) = Fields::new(&path, &merged, FIELDS, &mut draft.findings) else {
        return;
    };
    let name = fields.required_text("name", LONGEST_NAME);
    let indicator = fields.required_text("indicator", 2048);
    let ttl = fields.number("accessTokenTtl", 60..=30 * DAY, "seconds");
    let is_default = fields.bool("isDefault");
    let scopes = declared_scopes(&mut fields);
    let place = fields.path("indicator");
    let (Some(name), Some(indicator)) = (name, indicator) else {
        return;
    };
    check_indicator(fields.findings(), &place, &indicator);
    let is_taken = |it: &Resource| it.indicator == indicator && it.id != id;
    if catalog.resources.iter().any(is_taken) {
        let problem = "another API resource has this indicator";
        draft.findings.add(place, problem, "");
        return;
    }
    let resource = Resource {
        id: id.clone(),
        name,
        indicator,
        access_token_ttl: ttl.unwrap_or(Resource::DEFAULT_ACCESS_TOKEN_TTL),
        is_default: is_default.unwrap_or_default(),
        created_at,
    };
    let mut changes = difference(&before, &document(&resource));
    if stored.is_none() || !changes.is_empty() {
        draft.writes.push(Write::PutResource(resource.clone()));
    }
    draft_scopes(draft, catalog, &resource, scopes.as_deref(), &mut changes);
    draft.change(
        ResourceKind::Resource,
        id.as_str(),
        stored.is_some(),
        changes,
    );
    // From here on its indicator is taken.
    catalog.resources.retain(|it| it.id != id);
    catalog.resources.push(resource);
}

/// Scopes go by name. Those that no file names stay, unless undeclared things go.
fn draft_scopes(
    draft: &mut Draft<'_>,
    catalog: &mut Catalog,
    resource: &Resource,
    declared: Option<&[DeclaredScope]>,
    changes: &mut Vec<FieldChange>,
) {
    let own = |it: &&ResourceScope| it.resource_id == resource.id;
    let stored: Vec<_> = catalog.scopes.iter().filter(own).cloned().collect();
    let full_name = |scope: &str| ScopeName {
        resource: resource.indicator.clone(),
        scope: scope.to_owned(),
    };
    let plain = |text: &Option<String>| text.clone().map(|it| FieldValue::Plain(it.into()));
    for scope in declared.unwrap_or_default() {
        catalog.scope_names.insert(full_name(&scope.name));
        let before = stored.iter().find(|it| it.name == scope.name);
        if before.is_some_and(|it| it.description == scope.description) {
            continue;
        }
        changes.push(match before {
            Some(before) => FieldChange {
                path: format!("{}.description", field_path(&scope.name)),
                before: plain(&before.description),
                after: plain(&scope.description),
            },
            None => FieldChange {
                path: field_path(&scope.name),
                before: None,
                after: Some(FieldValue::Plain(
                    json!({ "description": scope.description }),
                )),
            },
        });
        draft.writes.push(Write::PutScope(ScopeWrite {
            id: before.map(|it| it.id.clone()),
            resource_id: resource.id.clone(),
            name: scope.name.clone(),
            description: scope.description.clone(),
        }));
    }
    for scope in stored {
        let names: Option<Vec<_>> = declared.map(|it| it.iter().map(|it| &it.name).collect());
        let goes = names.is_some_and(|names| !names.contains(&&scope.name));
        if goes && draft.undeclared == Undeclared::Delete {
            changes.push(FieldChange {
                path: field_path(&scope.name),
                before: Some(FieldValue::Plain(
                    json!({ "description": scope.description }),
                )),
                after: None,
            });
            draft.writes.push(Write::DeleteScope(scope.id.clone()));
        } else {
            catalog.scope_names.insert(full_name(&scope.name));
        }
    }
}

fn declared_scopes(fields: &mut Fields<'_>) -> Option<Vec<DeclaredScope>> {
    let list = fields.list("scopes")?;
    let place = fields.path("scopes");
    let mut scopes: Vec<DeclaredScope> = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let findings = fields.findings();
        let Some(mut item) = Fields::new(&place, value, SCOPE_FIELDS, findings) else {
            continue;
        };
        let name = item.required_text("name", LONGEST_NAME);
        let description = item.text("description", LONGEST_DESCRIPTION);
        let Some(name) = name else { continue };
        check_scope_name(findings, &join(&place, "name"), &name);
        if scopes.iter().any(|it| it.name == name) {
            let problem = format!("{name:?} stands in the list already");
            findings.add(join(&place, "name"), problem, "");
        } else {
            scopes.push(DeclaredScope { name, description });
        }
    }
    Some(scopes)
}

/// An API resource as a file would write it, but for identifier and scopes.
pub(super) fn document(resource: &Resource) -> Value {
    let mut document = Map::new();
    document.insert("name".into(), resource.name.as_str().into());
    document.insert("indicator".into(), resource.indicator.as_str().into());
    document.insert("accessTokenTtl".into(), resource.access_token_ttl.into());
    document.insert("isDefault".into(), resource.is_default.into());
    Value::Object(document)
}

/// A scope's place in a plan: `scopes."read:orders"`.
fn field_path(name: &str) -> String {
    format!("scopes.{}", Value::from(name))
}
