//! What resource files declare, before anybody looks at the store.

use std::collections::BTreeMap;

use moongate_core::{ApplicationId, ConnectorId, UnixMillis};
use serde_json::{Map, Value};

use super::fields::{Fields, Known, LATER, join, kind};
use super::finding::{Findings, ResourceFinding};
use super::secret_reference::{ReferredSecret, SecretResolver, looks_like_reference, refer};

/// Longest identifier of a resource, and longest name of a secret.
const LONGEST_ID: usize = 64;
const LONGEST_SECRET_NAME: usize = 256;

/// The resource files, taken apart and with their secrets at hand.
///
/// It may hold findings already; [`plan`](crate::plan) reports them together with its own.
#[derive(Debug)]
pub struct Declared {
    pub(super) applications: Vec<DeclaredApplication>,
    pub(super) connectors: Vec<DeclaredConnector>,
    pub(super) resources: Vec<Declaration>,
    pub(super) roles: Vec<Declaration>,
    pub(super) sign_in_experience: Option<Value>,
    findings: Findings,
}

/// An API resource or a role as far as files name it.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) id: String,
    /// The fields but for the identifier.
    pub(super) fields: Value,
}

/// An application as far as files name it.
#[derive(Debug)]
pub(super) struct DeclaredApplication {
    pub(super) id: ApplicationId,
    /// The fields but for identifier and secrets.
    pub(super) fields: Value,
    /// `None` if no file names secrets.
    pub(super) secrets: Option<Vec<DeclaredSecret>>,
}

/// A secret of an application.
#[derive(Debug)]
pub(super) struct DeclaredSecret {
    pub(super) name: String,
    pub(super) value: ReferredSecret,
    pub(super) expiry: Expiry,
}

/// What a file says about the end of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    /// Nothing: it stays as it is.
    Unsaid,
    /// There is none.
    Never,
    /// From then on the secret is refused.
    At(UnixMillis),
}

/// A connector as far as files name it.
#[derive(Debug)]
pub(super) struct DeclaredConnector {
    pub(super) id: ConnectorId,
    pub(super) factory_id: Option<String>,
    /// The configuration without references.
    pub(super) config: Value,
    /// The fields of the configuration that are references, by their dotted paths such as
    /// `auth.pass`; `None` where one leads nowhere, which is a finding already.
    pub(super) secrets: BTreeMap<String, Option<ReferredSecret>>,
}

impl Declared {
    /// Takes `files`, one object for all of them, apart, and resolves every reference. Nothing
    /// stops it: what is wrong is among the [`findings`](Self::findings).
    pub fn read(files: &Value, resolver: &dyn SecretResolver) -> Self {
        let mut findings = Findings::default();
        let mut declared = Self {
            applications: Vec::new(),
            connectors: Vec::new(),
            resources: Vec::new(),
            roles: Vec::new(),
            sign_in_experience: None,
            findings: Findings::default(),
        };
        let known = Known {
            now: &[
                "applications",
                "connectors",
                "resources",
                "roles",
                "signInExperience",
            ],
            later: &[],
        };
        if let Some(mut files) = Fields::new("", files, known, &mut findings) {
            for item in items(&mut files, "applications") {
                let application = DeclaredApplication::read(&item, resolver, files.findings());
                declared.applications.push(application);
            }
            for item in items(&mut files, "connectors") {
                let connector = DeclaredConnector::read(&item, resolver, files.findings());
                declared.connectors.extend(connector);
            }
            let items = |files: &mut Fields<'_>, list| {
                let items = items(files, list);
                items.iter().map(Declaration::of).collect()
            };
            declared.resources = items(&mut files, "resources");
            declared.roles = items(&mut files, "roles");
            declared.sign_in_experience = files.get("signInExperience").cloned();
        }
        declared.findings = findings;
        declared
    }

    /// What is wrong with the files whatever the store holds.
    pub fn findings(&self) -> &[ResourceFinding] {
        self.findings.as_slice()
    }
}

/// One item of a top-level list.
struct Item<'a> {
    path: String,
    id: &'a str,
    value: &'a Value,
    object: &'a Map<String, Value>,
}

/// The items of a list that have an identifier of their own.
fn items<'a>(files: &mut Fields<'a>, list: &str) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    for (index, value) in files.list(list).unwrap_or_default().iter().enumerate() {
        let findings = files.findings();
        let place = format!("{list}[{index}]");
        let Some(object) = value.as_object() else {
            findings.add(
                place,
                format!("expected an object, found {}", kind(value)),
                "",
            );
            continue;
        };
        let Some(id) = object.get("id").and_then(Value::as_str) else {
            findings.add(format!("{place}.id"), "is required and is a string", "");
            continue;
        };
        if !is_id(id) {
            findings.add(
                format!("{place}.id"),
                "is no identifier",
                "use 1 to 64 of letters, digits, '.', '_' and '-'",
            );
        } else if items.iter().any(|item| item.id == id) {
            let problem = format!("{id} stands in the list already");
            findings.add(format!("{place}.id"), problem, "");
        } else {
            let path = format!("{list}[{id}]");
            items.push(Item {
                path,
                id,
                value,
                object,
            });
        }
    }
    items
}

impl Declaration {
    fn of(item: &Item<'_>) -> Self {
        let mut fields = item.object.clone();
        fields.remove("id");
        Self {
            id: item.id.to_owned(),
            fields: Value::Object(fields),
        }
    }
}

fn is_id(id: &str) -> bool {
    let fits = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '-');
    (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(fits)
}

impl DeclaredApplication {
    fn read(item: &Item<'_>, resolver: &dyn SecretResolver, findings: &mut Findings) -> Self {
        let mut fields = item.object.clone();
        fields.remove("id");
        let secrets = match fields.remove("secrets") {
            None | Some(Value::Null) => None,
            Some(Value::Array(list)) => {
                let path = join(&item.path, "secrets");
                Some(secrets(&path, &list, resolver, findings))
            }
            Some(other) => {
                let problem = format!("expected a list, found {}", kind(&other));
                findings.add(join(&item.path, "secrets"), problem, "");
                None
            }
        };
        Self {
            id: ApplicationId::from(item.id),
            fields: Value::Object(fields),
            secrets,
        }
    }
}

fn secrets(
    path: &str,
    list: &[Value],
    resolver: &dyn SecretResolver,
    findings: &mut Findings,
) -> Vec<DeclaredSecret> {
    let mut secrets: Vec<DeclaredSecret> = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let known = Known {
            now: &["name", "value", "expiresAt"],
            later: &[],
        };
        let place = format!("{path}[{index}]");
        let Some(mut fields) = Fields::new(place, value, known, findings) else {
            continue;
        };
        let Some(name) = fields.required_text("name", LONGEST_SECRET_NAME) else {
            continue;
        };
        if secrets.iter().any(|secret| secret.name == name) {
            fields.refuse("name", format!("{name:?} stands in the list already"), "");
            continue;
        }
        let expiry = expiry(value.get("expiresAt"), &mut fields);
        let place = join(&secret_path(path, &name), "value");
        let value = fields.get("value").unwrap_or(&Value::Null);
        let value = refer(&place, value, resolver, fields.findings())
            .filter(|value| is_fit_for_a_client(&place, value, fields.findings()));
        if let (Some(expiry), Some(value)) = (expiry, value) {
            secrets.push(DeclaredSecret {
                name,
                value,
                expiry,
            });
        }
    }
    secrets
}

/// Where a secret of that name stands: `secrets["Default secret"]`.
pub(super) fn secret_path(list: &str, name: &str) -> String {
    format!("{list}[{}]", Value::from(name))
}

/// RFC 6749 appendix A.2 has visible ASCII and spaces; §10.10 wants what can't be guessed, of
/// which sixteen characters are the least.
fn is_fit_for_a_client(path: &str, value: &ReferredSecret, findings: &mut Findings) -> bool {
    let secret = value.secret.expose();
    let is_visible = secret.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let fits = is_visible && (16..=512).contains(&secret.len());
    if !fits {
        findings.add(
            path,
            format!(
                "{} does not hold 16 to 512 visible ASCII characters",
                value.reference
            ),
            "make a random one, such as `openssl rand -hex 32`",
        );
    }
    fits
}

fn expiry(value: Option<&Value>, fields: &mut Fields<'_>) -> Option<Expiry> {
    match value {
        None => Some(Expiry::Unsaid),
        Some(Value::Null) => Some(Expiry::Never),
        Some(value) => {
            let at = value.as_i64().filter(|at| *at > 0);
            if at.is_none() {
                fields.refuse("expiresAt", "must be milliseconds since 1970, in UTC", "");
            }
            at.map(|at| Expiry::At(UnixMillis(at)))
        }
    }
}

impl DeclaredConnector {
    fn read(
        item: &Item<'_>,
        resolver: &dyn SecretResolver,
        findings: &mut Findings,
    ) -> Option<Self> {
        let known = Known {
            now: &["id", "connectorId", "config"],
            later: &["metadata", "syncProfile", "enableTokenStorage"],
        };
        let mut fields = Fields::new(&item.path, item.value, known, findings)?;
        let factory_id = fields.text("connectorId", LONGEST_ID);
        let mut config = Map::new();
        let mut secrets = BTreeMap::new();
        match fields.get("config") {
            None => {}
            Some(Value::Object(declared)) => {
                let place = fields.path("config");
                config = set_apart(
                    &place,
                    "",
                    declared,
                    resolver,
                    fields.findings(),
                    &mut secrets,
                );
            }
            Some(other) => {
                fields.refuse(
                    "config",
                    format!("expected an object, found {}", kind(other)),
                    "",
                );
            }
        }
        Some(Self {
            id: ConnectorId::from(item.id),
            factory_id,
            config: Value::Object(config),
            secrets,
        })
    }
}

/// The fields of an object without those that are references, at any depth; these go to `secrets`
/// by their dotted paths. Lists are left as they are: no secret stands in one.
fn set_apart(
    place: &str,
    within: &str,
    declared: &Map<String, Value>,
    resolver: &dyn SecretResolver,
    findings: &mut Findings,
    secrets: &mut BTreeMap<String, Option<ReferredSecret>>,
) -> Map<String, Value> {
    let mut rest = Map::new();
    for (name, value) in declared {
        let path = join(within, name);
        if looks_like_reference(value) {
            let secret = refer(&join(place, &path), value, resolver, findings);
            secrets.insert(path, secret);
        } else if let Value::Object(inner) = value {
            let inner = set_apart(place, &path, inner, resolver, findings, secrets);
            rest.insert(name.clone(), Value::Object(inner));
        } else {
            rest.insert(name.clone(), value.clone());
        }
    }
    rest
}

/// Says of a kind that Logto has and this version has not.
pub(super) fn later(what: &str) -> String {
    format!("{what} {LATER}")
}

#[cfg(test)]
mod tests {
    use moongate_core::Secret;
    use serde_json::json;

    use super::*;
    use crate::{SecretReference, SecretUnavailable};

    fn resolve(reference: &SecretReference) -> Result<Secret, SecretUnavailable> {
        match reference {
            SecretReference::Env(name) if name == "LONG" => Ok(Secret::new("0123456789abcdef")),
            SecretReference::Env(name) if name == "SHORT" => Ok(Secret::new("0123456789")),
            _ => Err(SecretUnavailable::NotSet),
        }
    }

    #[track_caller]
    fn check(files: &Value, expected: &[(&str, &str)]) -> Declared {
        let declared = Declared::read(files, &resolve);
        let found = declared.findings();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (finding, (path, says)) in found.iter().zip(expected) {
            assert_eq!(finding.path, *path);
            assert!(finding.to_string().contains(says), "{finding}");
        }
        declared
    }

    #[test]
    fn top_level_keys_are_known() {
        check(
            &json!({ "aplications": [], "resources": [], "roles": [{ "id": "x" }] }),
            &[("aplications", "no such field; the fields are applications")],
        );
        check(&json!([]), &[("", "expected an object")]);
        check(
            &json!({ "applications": {} }),
            &[("applications", "expected a list")],
        );
        check(&json!({}), &[]);
    }

    #[test]
    fn an_item_has_an_identifier_of_its_own() {
        check(
            &json!({ "applications": [
                "x", { "name": "a" }, { "id": 5 }, { "id": "a b" }, { "id": "" },
                { "id": "a".repeat(65) }, { "id": "ok.A_1-2" }, { "id": "ok.A_1-2" },
            ] }),
            &[
                ("applications[0]", "expected an object"),
                ("applications[1].id", "required"),
                ("applications[2].id", "required"),
                ("applications[3].id", "no identifier"),
                ("applications[4].id", "no identifier"),
                ("applications[5].id", "no identifier"),
                ("applications[7].id", "already"),
            ],
        );
    }

    #[test]
    fn secrets_are_references_with_a_name_of_their_own() {
        let declared = check(
            &json!({ "applications": [{ "id": "a", "secrets": [
                { "name": "one", "value": { "env": "LONG" }, "expiresAt": 1_800_000_000_000_i64 },
                { "name": "one", "value": { "env": "LONG" } },
                { "name": "two", "value": { "env": "SHORT" } },
                { "name": "three", "value": "hunter2hunter2hunter2" },
                { "name": "four" },
                { "name": "five", "value": { "env": "LONG" }, "expiresAt": "tomorrow" },
                { "name": "six", "value": { "env": "LONG" }, "secret": 1 },
            ] }] }),
            &[
                ("applications[a].secrets[1].name", "already"),
                (
                    "applications[a].secrets[\"two\"].value",
                    "variable SHORT does not hold 16",
                ),
                ("applications[a].secrets[\"three\"].value", "as it is"),
                (
                    "applications[a].secrets[\"four\"].value",
                    "expected a reference",
                ),
                ("applications[a].secrets[5].expiresAt", "milliseconds"),
                ("applications[a].secrets[6].secret", "no such field"),
            ],
        );
        let secrets = declared.applications[0].secrets.as_ref().unwrap();
        assert_eq!(secrets[0].expiry, Expiry::At(UnixMillis(1_800_000_000_000)));
        let text = format!("{declared:?}");
        assert!(
            !text.contains("hunter2") && !text.contains("0123456789"),
            "{text}"
        );
    }

    #[test]
    fn references_in_a_configuration_are_set_apart() {
        let declared = check(
            &json!({ "connectors": [{ "id": "c", "connectorId": "x", "config": {
                "a": "plain", "b": { "env": "LONG" }, "c": { "env": "UNSET" },
                "d": { "user": "x", "pass": { "env": "LONG" } }, "e": [{ "env": "LONG" }],
            }, "metadata": {} }] }),
            &[
                ("connectors[c].metadata", "later version"),
                ("connectors[c].config.c", "variable UNSET is not set"),
            ],
        );
        let connector = &declared.connectors[0];
        assert_eq!(
            connector.config,
            json!({ "a": "plain", "d": { "user": "x" }, "e": [{ "env": "LONG" }] })
        );
        assert!(connector.secrets["b"].is_some() && connector.secrets["c"].is_none());
        assert!(connector.secrets["d.pass"].is_some());
    }
}
