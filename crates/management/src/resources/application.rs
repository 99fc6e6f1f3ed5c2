//! Applications: what is declared over what is stored, and the rules of the whole.

use moongate_core::{
    Application, ApplicationId, ApplicationSecret, ApplicationType, ConsentScopes,
    CustomClientMetadata, OidcClientMetadata, SigningAlgorithm, UnixMillis,
};
use serde_json::{Map, Value};

use super::application_secrets;
use super::apply::Draft;
use super::declared::{DeclaredApplication, later};
use super::difference::difference;
use super::fields::{Fields, Known};
use super::finding::Findings;
use super::merge::merge;
use super::plan::ResourceKind;
use super::redirect_uri;
use super::write::Write;

const LONGEST_NAME: usize = 256;
const LONGEST_DESCRIPTION: usize = 2048;

const FIELDS: Known<'static> = Known {
    now: &[
        "name",
        "description",
        "type",
        "oidcClientMetadata",
        "customClientMetadata",
        "secrets",
    ],
    later: &[
        "customData",
        "isThirdParty",
        "protectedAppMetadata",
        "appLevelAccessControlEnabled",
    ],
};

const OIDC_FIELDS: Known<'static> = Known {
    now: &["redirectUris", "postLogoutRedirectUris"],
    later: &[
        "backchannelLogoutUri",
        "backchannelLogoutSessionRequired",
        "logoUri",
    ],
};

const CUSTOM_FIELDS: Known<'static> = Known {
    now: &[
        "idTokenTtl",
        "refreshTokenTtlInDays",
        "alwaysIssueRefreshToken",
        "rotateRefreshToken",
        "requirePkce",
        "idTokenSignedResponseAlg",
    ],
    later: &[
        "corsAllowedOrigins",
        "refreshTokenTtl",
        "allowTokenExchange",
        "isDeviceFlow",
        "maxAllowedGrants",
    ],
};

/// The kinds of application that Logto has and this version has not.
const LATER_TYPES: [&str; 3] = ["MachineToMachine", "Protected", "SAML"];

/// Notes what becomes of one declared application.
pub(super) fn draft(
    draft: &mut Draft<'_>,
    stored: Option<&Application>,
    secrets: &[ApplicationSecret],
    declared: &DeclaredApplication,
) {
    let before = stored.map_or(Value::Null, document);
    let mut merged = before.clone();
    merge(&mut merged, &declared.fields);

    let path = format!("applications[{}]", declared.id);
    let created_at = stored.map_or(draft.now, |stored| stored.created_at);
    let id = &declared.id;
    let Some(application) = check(&path, id, created_at, &merged, &mut draft.findings) else {
        return;
    };
    if let Some(stored) = stored
        && stored.kind != application.kind
    {
        draft.findings.add(
            format!("{path}.type"),
            format!(
                "an application stays what it is, and this is {}",
                stored.kind.as_str()
            ),
            "declare another application under an identifier of its own",
        );
        return;
    }

    let mut fields = difference(&before, &document(&application));
    if stored.is_none() || !fields.is_empty() {
        draft
            .writes
            .push(Write::PutApplication(application.clone()));
    }
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
fn document(application: &Application) -> Value {
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
    Value::Object(document)
}

/// The whole as an application; a finding for each thing that is wrong.
fn check(
    path: &str,
    id: &ApplicationId,
    created_at: UnixMillis,
    merged: &Value,
    findings: &mut Findings,
) -> Option<Application> {
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

    Some(Application {
        id: id.clone(),
        name: name?,
        description,
        kind: kind?,
        oidc_client_metadata: oidc_client_metadata?,
        custom_client_metadata: custom_client_metadata?,
        is_third_party: false,
        consent_scopes: ConsentScopes::default(),
        custom_data: Map::new(),
        created_at,
    })
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
        fields.refuse("type", problem, "use Traditional, SPA or Native");
    }
    kind
}

fn oidc_client_metadata(
    path: &str,
    value: &Value,
    findings: &mut Findings,
) -> Option<OidcClientMetadata> {
    let mut fields = Fields::new(path, value, OIDC_FIELDS, findings)?;
    Some(OidcClientMetadata {
        redirect_uris: addresses(&mut fields, "redirectUris"),
        post_logout_redirect_uris: addresses(&mut fields, "postLogoutRedirectUris"),
        ..OidcClientMetadata::default()
    })
}

fn addresses(fields: &mut Fields<'_>, name: &str) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for (index, value) in fields.list(name).unwrap_or_default().iter().enumerate() {
        let place = format!("{name}[{index}]");
        let Some(address) = value.as_str() else {
            fields.refuse(&place, "expected a string", "");
            continue;
        };
        if let Err(problem) = redirect_uri::check(address) {
            fields.refuse(&place, problem, "");
        } else if addresses.iter().any(|known| known == address) {
            fields.refuse(&place, "stands in the list already", "");
        } else {
            addresses.push(address.to_owned());
        }
    }
    addresses
}

fn custom_client_metadata(
    path: &str,
    value: &Value,
    findings: &mut Findings,
) -> Option<CustomClientMetadata> {
    const DAY: u32 = 86_400;
    let mut fields = Fields::new(path, value, CUSTOM_FIELDS, findings)?;
    let algorithm = fields.text("idTokenSignedResponseAlg", 16);
    let id_token_signed_response_alg = algorithm.and_then(|name| {
        let algorithm = SigningAlgorithm::parse(&name);
        if algorithm.is_none() {
            fields.refuse(
                "idTokenSignedResponseAlg",
                format!("there is no algorithm {name:?}"),
                "use ES384 or RS256",
            );
        }
        algorithm
    });
    Some(CustomClientMetadata {
        id_token_ttl: fields.number("idTokenTtl", 60..=30 * DAY, "seconds"),
        refresh_token_ttl_in_days: fields.number("refreshTokenTtlInDays", 1..=180, "days"),
        always_issue_refresh_token: fields.bool("alwaysIssueRefreshToken"),
        rotate_refresh_token: fields.bool("rotateRefreshToken"),
        require_pkce: fields.bool("requirePkce"),
        id_token_signed_response_alg,
        ..CustomClientMetadata::default()
    })
}
