//! The whole tenant as resource files declare it: applying what is exported changes nothing.
//!
//! No secret is written, only where it is read from: the reference that a file gave, else a
//! variable with a name of the contract's.

use moongate_connectors::{factory, open_secrets};
use moongate_core::{ApplicationSecret, Connector, Reader, Resource, ServerKeys, StoreError};
use moongate_experience::SignInExperience;
use serde_json::{Map, Value, json};

use super::api_resource;
use super::application;
use super::application_rights::Rights;
use super::catalog::{Catalog, roles_of_application, scopes_of_role};
use super::role;
use super::secret_reference::SecretReference;
use super::sign_in_experience::to_value;
use crate::roles::is_built_in;
use crate::seed::MANAGEMENT_ROLE;

/// The tenant as one resource file. Fields that are not set are left out, but for those of the
/// sign-in experience, where `null` may be what was chosen.
///
/// # Errors
/// [`StoreError`].
pub async fn export(reader: &mut dyn Reader, keys: &ServerKeys) -> Result<Value, StoreError> {
    let catalog = Catalog::load(reader).await?;
    let mut resources = Vec::new();
    for resource in &catalog.resources {
        if resource.id.as_str() != Resource::MANAGEMENT_API {
            let of_it = catalog.scopes.iter();
            let of_it = of_it.filter(|it| it.resource_id == resource.id);
            let scopes: Vec<_> = of_it
                .map(|it| json!({ "name": it.name, "description": it.description }))
                .collect();
            let mut document = with_id(resource.id.as_str(), api_resource::document(resource));
            document["scopes"] = Value::Array(scopes);
            resources.push(document);
        }
    }
    let mut roles = Vec::new();
    for role in &catalog.roles {
        if role.id.as_str() != MANAGEMENT_ROLE && !is_built_in(&role.id) {
            let held = scopes_of_role(reader, &role.id).await?;
            let document = role::document(role, &catalog.names_of(&held));
            roles.push(with_id(role.id.as_str(), document));
        }
    }
    let mut applications = Vec::new();
    for stored in reader.applications().await? {
        if stored.is_built_in() {
            continue;
        }
        let (held, is_admin) = roles_of_application(reader, &stored.id).await?;
        let rights = Rights::stored(&stored, held, is_admin, &catalog);
        let document = application::document(&stored, &rights);
        let mut document = with_id(stored.id.as_str(), document);
        if !stored.kind.is_public() {
            let secrets = reader.application_secrets(&stored.id).await?;
            document["secrets"] = secrets.iter().map(secret).collect();
        }
        applications.push(document);
    }
    let connectors = reader.connectors().await?;
    let connectors = connectors.iter().map(|it| connector(it, keys));
    let connectors = connectors.collect::<Result<Vec<_>, _>>()?;
    let mut whole = json!({
        "applications": applications,
        "connectors": connectors,
        "resources": resources,
        "roles": roles,
    });
    drop_nulls(&mut whole);
    let settings = SignInExperience::load(reader).await?;
    whole["signInExperience"] = to_value(&settings);
    Ok(whole)
}

fn with_id(id: &str, mut document: Value) -> Value {
    document["id"] = id.into();
    document
}

fn secret(secret: &ApplicationSecret) -> Value {
    let reference = secret.reference.as_deref();
    let reference = reference.and_then(|text| serde_json::from_str(text).ok());
    let reference = reference
        .unwrap_or_else(|| of_application(secret.application_id.as_str(), &secret.name).to_json());
    json!({
        "name": secret.name,
        "value": reference,
        "expiresAt": secret.expires_at.map(|at| at.0),
    })
}

fn connector(connector: &Connector, keys: &ServerKeys) -> Result<Value, StoreError> {
    let json = |column: &str, text: &str| {
        serde_json::from_str::<Map<String, Value>>(text)
            .map_err(|error| StoreError::Corrupt(format!("connectors.{column}: {error}")))
    };
    let mut config = json("config", &connector.config)?;
    let references = json("secret_references", &connector.secret_references)?;
    let names = match open_secrets(keys, connector) {
        Ok(secrets) => secrets.into_keys().collect(),
        // Under another key: whatever the kind may have has to be given anew.
        Err(_) => factory(&connector.factory_id).map_or_else(Vec::new, |factory| {
            factory
                .secret_fields
                .iter()
                .map(|it| (*it).to_owned())
                .collect()
        }),
    };
    for name in names {
        let reference = references.get(&name).cloned();
        let reference =
            reference.unwrap_or_else(|| of_connector(connector.id.as_str(), &name).to_json());
        put(&mut config, &name, reference);
    }
    Ok(json!({
        "id": connector.id.as_str(),
        "connectorId": connector.factory_id,
        "config": config,
    }))
}

/// Sets a value at a dotted path.
fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((name, rest)) => {
            let inner = object.entry(name).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Where the secret of an application is read from, if nobody said.
pub(super) fn of_application(id: &str, name: &str) -> SecretReference {
    // The one that each application begins with needs no name.
    let field = match name {
        super::application_secrets::GENERATED_NAME => "SECRET",
        name => name,
    };
    variable("APPLICATION", id, field)
}

/// Where a secret field of a connector is read from, if nobody said.
pub(super) fn of_connector(id: &str, field: &str) -> SecretReference {
    variable("CONNECTOR", id, field)
}

/// `MOONGATE_SECRET_<KIND>_<ID>_<FIELD>`, in capitals, digits and underscores.
fn variable(kind: &str, id: &str, field: &str) -> SecretReference {
    let name: String = format!("MOONGATE_SECRET_{kind}_{id}_{field}")
        .chars()
        .map(|char| match char.to_ascii_uppercase() {
            upper @ ('A'..='Z' | '0'..='9') => upper,
            _ => '_',
        })
        .collect();
    SecretReference::Env(name)
}

/// In a file, what is not named is not set; `null` in a list is data and stays.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_after_what_it_is_for() {
        for (reference, expected) in [
            (
                of_application("bookstore", "Default secret"),
                "MOONGATE_SECRET_APPLICATION_BOOKSTORE_SECRET",
            ),
            (
                of_application("my.shop-2", "Zweites Geheimnis ä"),
                "MOONGATE_SECRET_APPLICATION_MY_SHOP_2_ZWEITES_GEHEIMNIS__",
            ),
            (
                of_connector("aliyun-sms", "accessKeySecret"),
                "MOONGATE_SECRET_CONNECTOR_ALIYUN_SMS_ACCESSKEYSECRET",
            ),
            (
                of_connector("mail", "auth.pass"),
                "MOONGATE_SECRET_CONNECTOR_MAIL_AUTH_PASS",
            ),
        ] {
            assert_eq!(reference, SecretReference::Env(expected.into()));
        }
    }
}
