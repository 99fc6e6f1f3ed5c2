//! Applications: what is declared over what is stored, and the rules of the whole.

use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, ConsentScopes, UnixMillis,
};
use serde_json::{Map, Value};

use super::application_rights::Rights;
use super::application_secrets;
use super::apply::Draft;
use super::catalog::Catalog;
use super::declared::{DeclaredApplication, later};
use super::difference::difference;
use super::fields::{Fields, Known};
use super::finding::Findings;
use super::merge::merge;
use super::plan::ResourceKind;
use super::write::{ApplicationWrite, Write};
use crate::client_metadata::{broken_rule, custom_client_metadata, oidc_client_metadata};

const LONGEST_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 2048;

const FIELDS: Known<'static> = Known {
    now: &[
        "name",
        "description",
        "type",
        "oidcClientMetadata",
        "customClientMetadata",
        "isThirdParty",
        "customData",
        "isAdmin",
        "roles",
        "userConsentScopes",
        "secrets",
    ],
    later: &["protectedAppMetadata", "appLevelAccessControlEnabled"],
};

/// The kinds of application that Logto has and this version has not.
const LATER_TYPES: [&str; 2] = ["Protected", "SAML"];

/// A stored application with all that files say of one.
pub(super) struct Stored<'a> {
    pub(super) application: &'a Application,
    pub(super) secrets: Vec<ApplicationSecret>,
    pub(super) rights: Rights,
}

/// Notes what becomes of one declared application.
pub(super) fn draft(
    draft: &mut Draft<'_>,
    catalog: &Catalog,
    stored: Option<&Stored<'_>>,
    declared: &DeclaredApplication,
) {
    if declared.id.as_str() == Application::ACCOUNT_CENTER {
        let mend = "declare the application under another identifier";
        let place = format!("applications[{}]", declared.id);
        draft
            .findings
            .add(place, "this application is built in", mend);
        return;
    }
    let before = stored.map_or(Value::Null, |it| document(it.application, &it.rights));
    let mut merged = before.clone();
    merge(&mut merged, &declared.fields);

    let path = format!("applications[{}]", declared.id);
    let id = &declared.id;
    let known = stored.map(|it| it.application);
    let checked = check(
        &path,
        id,
        known.map_or(draft.now, |it| it.created_at),
        &merged,
        catalog,
        &mut draft.findings,
    );
    let Some((application, rights)) = checked else {
        return;
    };
    if let Some(known) = known
        && known.kind != application.kind
    {
        draft.findings.add(
            format!("{path}.type"),
            format!(
                "an application stays what it is, and this is {}",
                known.kind.as_str()
            ),
            "declare another application under an identifier of its own",
        );
        return;
    }
    rights.check(&application, &path, &mut draft.findings);
    if let Some((field, rule)) = broken_rule(&application, known) {
        draft.findings.add(
            format!("{path}.{field}"),
            format!("breaks the rule {}", rule.as_str()),
            "",
        );
    }
    let mut fields = difference(&before, &document(&application, &rights));
    if stored.is_none() || !fields.is_empty() {
        let write = ApplicationWrite {
            application: application.clone(),
            rights,
        };
        draft.writes.push(Write::PutApplication(Box::new(write)));
    }
    let secrets = stored.map_or(&[][..], |it| &it.secrets);
    application_secrets::draft(draft, &application, secrets, declared, &mut fields);
    draft.change(
        ResourceKind::Application,
        id.as_str(),
        stored.is_some(),
        fields,
    );
}

/// Notes that applications which no file names go.
pub(super) fn delete_undeclared(
    draft: &mut Draft<'_>,
    stored: &[Application],
    declared: &[DeclaredApplication],
) {
    for application in stored {
        if !declared
            .iter()
            .any(|declared| declared.id == application.id)
        {
            let id = &application.id;
            let write = Write::DeleteApplication(id.clone());
            draft.delete(ResourceKind::Application, id.as_str(), write);
        }
    }
}

/// An application as a file would write it, but for identifier and secrets.
pub(super) fn document(application: &Application, rights: &Rights) -> Value {
    let json = |value: serde_json::Result<Value>| value.expect("plain structs are JSON");
    let mut document = Map::new();
    document.insert("name".into(), application.name.as_str().into());
    if let Some(description) = &application.description {
        document.insert("description".into(), description.as_str().into());
    }
    document.insert("type".into(), application.kind.as_str().into());
    document.insert(
        "oidcClientMetadata".into(),
        json(serde_json::to_value(&application.oidc_client_metadata)),
    );
    document.insert(
        "customClientMetadata".into(),
        json(serde_json::to_value(&application.custom_client_metadata)),
    );
    if application.is_third_party {
        document.insert("isThirdParty".into(), true.into());
    }
    if !application.custom_data.is_empty() {
        let custom_data = Value::Object(application.custom_data.clone());
        document.insert("customData".into(), custom_data);
    }
    rights.write(&mut document);
    Value::Object(document)
}

/// The whole as an application; a finding for each thing that is wrong.
fn check(
    path: &str,
    id: &ApplicationId,
    created_at: UnixMillis,
    merged: &Value,
    catalog: &Catalog,
    findings: &mut Findings,
) -> Option<(Application, Rights)> {
    let mut fields = Fields::new(path, merged, FIELDS, findings)?;
    let name = fields.required_text("name", LONGEST_NAME);
    let description = fields.text("description", LONGEST_DESCRIPTION);
    let kind = kind(&mut fields);
    let nothing = Value::Object(Map::new());

    let oidc = fields.get("oidcClientMetadata").unwrap_or(&nothing);
    let oidc_path = fields.path("oidcClientMetadata");
    let oidc_client_metadata = oidc_client_metadata(&oidc_path, oidc, fields.findings());

    let custom = fields.get("customClientMetadata").unwrap_or(&nothing);
    let custom_path = fields.path("customClientMetadata");
    let custom_client_metadata = custom_client_metadata(&custom_path, custom, fields.findings());

    let is_third_party = fields.bool("isThirdParty");
    let custom_data = fields.object("customData");

    let rights = Rights::read(&mut fields, catalog);
    let application = Application {
        id: id.clone(),
        name: name?,
        description,
        kind: kind?,
        oidc_client_metadata: oidc_client_metadata?,
        custom_client_metadata: custom_client_metadata?,
        is_third_party: is_third_party.unwrap_or_default(),
        // By name in `rights`; by identifier once it is written.
        consent_scopes: ConsentScopes::default(),
        custom_data: custom_data.cloned().unwrap_or_default(),
        created_at,
    };
    Some((application, rights))
}

fn kind(fields: &mut Fields<'_>) -> Option<ApplicationType> {
    let name = fields.required_text("type", 64)?;
    let kind = ApplicationType::parse(&name);
    if kind.is_none() {
        let problem = if LATER_TYPES.contains(&name.as_str()) {
            later(&name)
        } else {
            format!("there is no type {name:?}")
        };
        fields.refuse(
            "type",
            problem,
            "use Traditional, SPA, Native or MachineToMachine",
        );
    }
    kind
}
