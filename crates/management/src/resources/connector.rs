//! Connectors: what is declared over what is stored, checked by their factory.

use moongate_connectors::{
    ConnectorType, Factory, ParsedConfig, Secrets, factories, factory, open_secrets,
};
use moongate_core::{Connector, StoreError};
use moongate_experience::AvailableConnectors;
use serde_json::{Map, Value};

use super::apply::{Draft, Undeclared};
use super::declared::DeclaredConnector;
use super::difference::difference;
use super::export::of_connector;
use super::fields::join;
use super::merge::merge;
use super::plan::{FieldChange, FieldValue, ResourceKind};
use super::write::{ConnectorWrite, Write};

/// What a connector of that factory is for; `None` if this version has not that factory.
fn kind_of(factory_id: &str) -> Option<ConnectorType> {
    factory(factory_id).map(|factory| factory.kind)
}

/// What connectors of these factories can send.
pub(crate) fn available<'a>(factories: impl IntoIterator<Item = &'a str>) -> AvailableConnectors {
    let mut available = AvailableConnectors::default();
    for factory_id in factories {
        match kind_of(factory_id) {
            Some(ConnectorType::Sms) => available.sms = true,
            Some(ConnectorType::Email) => available.email = true,
            None => {}
        }
    }
    available
}

/// Notes what becomes of the declared connectors, and says what can be sent then.
pub(super) fn draft(
    draft: &mut Draft<'_>,
    stored: &[Connector],
    declared: &[DeclaredConnector],
) -> Result<AvailableConnectors, StoreError> {
    let is_kept = |connector: &&Connector| {
        draft.undeclared == Undeclared::Keep
            || declared.iter().any(|declared| declared.id == connector.id)
    };
    let mut there: Vec<(&str, &str)> = stored
        .iter()
        .filter(is_kept)
        .map(|connector| (connector.factory_id.as_str(), connector.id.as_str()))
        .collect();
    for declared in declared {
        let stored = stored.iter().find(|stored| stored.id == declared.id);
        let Some(factory) = kind(draft, stored, declared) else {
            continue;
        };
        if stored.is_none() {
            let mut others = there.iter();
            let other = others.find(|(other, _)| kind_of(other) == Some(factory.kind));
            if let Some((_, other)) = other {
                let what = match factory.kind {
                    ConnectorType::Sms => "text messages",
                    ConnectorType::Email => "e-mail",
                };
                draft.findings.add(
                    format!("connectors[{}]", declared.id),
                    format!("{other} sends {what} already, and one connector does"),
                    "leave one out; --prune deletes what no file names",
                );
            }
            there.push((factory.id, declared.id.as_str()));
        }
        draft_one(draft, factory, stored, declared)?;
    }
    Ok(available(there.into_iter().map(|(factory, _)| factory)))
}

/// Notes that connectors which no file names go.
pub(super) fn delete_undeclared(
    draft: &mut Draft<'_>,
    stored: &[Connector],
    declared: &[DeclaredConnector],
) {
    for connector in stored {
        if !declared.iter().any(|declared| declared.id == connector.id) {
            let id = &connector.id;
            let write = Write::DeleteConnector(id.clone());
            draft.delete(ResourceKind::Connector, id.as_str(), write);
        }
    }
}

fn kind(
    draft: &mut Draft<'_>,
    stored: Option<&Connector>,
    declared: &DeclaredConnector,
) -> Option<&'static Factory> {
    let path = format!("connectors[{}].connectorId", declared.id);
    let known: Vec<_> = factories().iter().map(|factory| factory.id).collect();
    let known = format!("the kinds are {}", known.join(", "));
    let stored_id = stored.map(|stored| stored.factory_id.as_str());
    let Some(id) = declared.factory_id.as_deref().or(stored_id) else {
        draft.findings.add(path, "is required", known);
        return None;
    };
    if stored_id.is_some_and(|stored| stored != id) {
        draft.findings.add(
            path,
            "a connector keeps its kind",
            "declare another connector under an identifier of its own",
        );
        return None;
    }
    let factory = factory(id);
    if factory.is_none() {
        draft
            .findings
            .add(path, format!("there is no connector {id:?}"), known);
    }
    factory
}

fn draft_one(
    draft: &mut Draft<'_>,
    factory: &'static Factory,
    stored: Option<&Connector>,
    declared: &DeclaredConnector,
) -> Result<(), StoreError> {
    let path = format!("connectors[{}].config", declared.id);
    let before = before(draft, factory, stored, declared, &path)?;
    let mut public = before.public.clone();
    let mut secrets = before.secrets.clone();
    let mut references = before.references.clone();

    // Fields that have a finding of their own, which the factory need not repeat.
    let mut told: Vec<&str> = Vec::new();
    let mut plain = declared.config.clone();
    for field in factory.secret_fields {
        match take(&mut plain, field) {
            None => {}
            Some(Value::Null) => {
                secrets.remove(*field);
                references.remove(*field);
            }
            Some(_) => {
                told.push(field);
                draft.findings.add(
                    join(&path, field),
                    "a secret does not stand in a file as it is",
                    "write { env = \"NAME\" } or { file = \"path\" }",
                );
            }
        }
    }
    merge(&mut public, &plain);
    for (name, referred) in &declared.secrets {
        if !factory.secret_fields.contains(&name.as_str()) {
            told.push(name);
            draft.findings.add(
                join(&path, name),
                "is no secret",
                "write the value itself; references are for secrets",
            );
        } else if let Some(referred) = referred {
            secrets.insert(name.clone(), referred.secret.clone());
            references.insert(name.clone(), referred.reference.to_json());
        } else {
            told.push(name);
        }
    }
    if before.is_sealed_off {
        told.extend(factory.secret_fields);
    }

    match factory.parse(&ParsedConfig::document(&public, &secrets)) {
        Err(issues) => {
            for issue in issues {
                if !told.contains(&issue.path.as_str()) {
                    draft
                        .findings
                        .add(join(&path, &issue.path), issue.message, "");
                }
            }
        }
        Ok(parsed) => {
            let fields = changes(&before, &parsed, &references, declared.id.as_str());
            if stored.is_none() || !fields.is_empty() {
                draft.writes.push(Write::PutConnector(ConnectorWrite {
                    id: declared.id.clone(),
                    factory_id: factory.id,
                    config: parsed.public.to_string(),
                    secrets: parsed.secrets,
                    references: Value::Object(references).to_string(),
                }));
            }
            let mut all = Vec::new();
            if stored.is_none() {
                all.push(FieldChange {
                    path: "connectorId".into(),
                    before: None,
                    after: Some(FieldValue::Plain(factory.id.into())),
                });
            }
            all.extend(fields);
            let id = declared.id.as_str();
            draft.change(ResourceKind::Connector, id, stored.is_some(), all);
        }
    }
    Ok(())
}

/// Takes out what stands at a dotted path: `null` if an object on the way is taken away, and
/// nothing if the path leads nowhere.
fn take(config: &mut Value, path: &str) -> Option<Value> {
    let fields = config.as_object_mut()?;
    match path.split_once('.') {
        None => fields.remove(path),
        Some((name, rest)) => match fields.get_mut(name)? {
            Value::Null => Some(Value::Null),
            inner => take(inner, rest),
        },
    }
}

/// A stored connector in its parts; all empty if there is none.
struct Before {
    public: Value,
    secrets: Secrets,
    references: Map<String, Value>,
    /// Its secrets can't be opened and no file gives them anew: a finding says so.
    is_sealed_off: bool,
}

fn before(
    draft: &mut Draft<'_>,
    factory: &Factory,
    stored: Option<&Connector>,
    declared: &DeclaredConnector,
    path: &str,
) -> Result<Before, StoreError> {
    let Some(stored) = stored else {
        return Ok(Before {
            public: Value::Null,
            secrets: Secrets::new(),
            references: Map::new(),
            is_sealed_off: false,
        });
    };
    let json = |column: &str, text: &str| {
        serde_json::from_str::<Map<String, Value>>(text)
            .map_err(|error| StoreError::Corrupt(format!("connectors.{column}: {error}")))
    };
    let opened = open_secrets(draft.keys, stored);
    let is_given_anew = |field: &&str| declared.secrets.contains_key(*field);
    let is_sealed_off = opened.is_err() && !factory.secret_fields.iter().all(is_given_anew);
    if let (Err(error), true) = (&opened, is_sealed_off) {
        draft.findings.add(
            path,
            format!("its stored secrets can't be opened: {error}"),
            "declare every secret field, or give the server the key they were sealed under",
        );
    }
    Ok(Before {
        public: Value::Object(json("config", &stored.config)?),
        secrets: opened.unwrap_or_default(),
        references: json("secret_references", &stored.secret_references)?,
        is_sealed_off,
    })
}

fn changes(
    before: &Before,
    after: &ParsedConfig,
    references: &Map<String, Value>,
    id: &str,
) -> Vec<FieldChange> {
    let mut changes = difference(&before.public, &after.public);
    for change in &mut changes {
        change.path = join("config", &change.path);
    }
    let is_new = before.public.is_null();
    let names = before.secrets.keys().chain(after.secrets.keys());
    for name in names.collect::<std::collections::BTreeSet<_>>() {
        let (old, new) = (before.secrets.get(name), after.secrets.get(name));
        if old != new {
            // A stored secret that did not open is a secret all the same.
            let was_there = old.is_some() || (!is_new && new.is_some());
            changes.push(FieldChange {
                path: join("config", name),
                before: was_there.then_some(FieldValue::Secret),
                after: new.map(|_| FieldValue::Secret),
            });
        }
        let (old, new) = (before.references.get(name), references.get(name));
        // One that nobody gave is the one that `export` writes.
        let unsaid = of_connector(id, name).to_json();
        if !is_new && old.unwrap_or(&unsaid) != new.unwrap_or(&unsaid) {
            let shown = |value: Option<&Value>| value.cloned().map(FieldValue::Plain);
            changes.push(FieldChange {
                path: format!("config.{name}.reference"),
                before: shown(old),
                after: shown(new),
            });
        }
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}
