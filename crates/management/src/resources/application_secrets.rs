//! The secrets of an application: by name, compared without being shown.

use moongate_core::{Application, ApplicationSecret, UnixMillis};
use serde_json::Value;

use super::apply::{Draft, Undeclared};
use super::declared::{DeclaredApplication, DeclaredSecret, Expiry, secret_path};
use super::export::of_application;
use super::plan::{FieldChange, FieldValue};
use super::write::{SecretValue, SecretWrite, Write};

/// What Logto calls the secret that it makes with a confidential application.
pub(super) const GENERATED_NAME: &str = "Default secret";

/// Notes what becomes of the secrets of a declared application.
pub(super) fn draft(
    draft: &mut Draft<'_>,
    application: &Application,
    stored: &[ApplicationSecret],
    declared: &DeclaredApplication,
    fields: &mut Vec<FieldChange>,
) {
    let list = format!("applications[{}].secrets", application.id);
    // An empty list names no secret, as no list does.
    let declared = declared.secrets.as_deref().unwrap_or_default();
    if application.kind.is_public() {
        if !declared.is_empty() {
            draft.findings.add(
                list,
                format!(
                    "a {} application can't keep a secret",
                    application.kind.as_str()
                ),
                "leave the secrets out, or declare a Traditional application",
            );
        }
        return;
    }
    for secret in declared {
        let stored = stored.iter().find(|stored| stored.name == secret.name);
        draft_secret(draft, application, stored, secret, fields);
    }
    if draft.undeclared == Undeclared::Delete && !declared.is_empty() {
        for secret in stored {
            if !declared.iter().any(|declared| declared.name == secret.name) {
                fields.push(FieldChange {
                    path: field_path(&secret.name),
                    before: Some(FieldValue::Secret),
                    after: None,
                });
                let id = application.id.clone();
                draft
                    .writes
                    .push(Write::DeleteSecret(id, secret.name.clone()));
            }
        }
    }
    // Without any, the application could not sign anybody in.
    if stored.is_empty() && declared.is_empty() {
        fields.push(FieldChange {
            path: field_path(GENERATED_NAME),
            before: None,
            after: Some(FieldValue::GeneratedSecret),
        });
        draft.writes.push(Write::PutSecret(SecretWrite {
            application_id: application.id.clone(),
            name: GENERATED_NAME.to_owned(),
            value: SecretValue::Generated,
            reference: None,
            expires_at: None,
        }));
    }
}

fn draft_secret(
    draft: &mut Draft<'_>,
    application: &Application,
    stored: Option<&ApplicationSecret>,
    declared: &DeclaredSecret,
    fields: &mut Vec<FieldChange>,
) {
    let stored_expiry = stored.and_then(|stored| stored.expires_at);
    let expires_at = match declared.expiry {
        Expiry::Unsaid => stored_expiry,
        Expiry::Never => None,
        Expiry::At(at) => Some(at),
    };
    let reference = declared.value.reference.to_json();
    let stored_reference = stored.and_then(|stored| stored.reference.as_deref());
    let stored_reference = stored_reference.and_then(|text| serde_json::from_str(text).ok());
    // One that nobody gave is the one that `export` writes.
    let unsaid = of_application(application.id.as_str(), &declared.name).to_json();
    let is_same_reference = stored_reference.as_ref().unwrap_or(&unsaid) == &reference;

    let path = field_path(&declared.name);
    let before = fields.len();
    // What was sealed under a key that is gone is replaced by what the file refers to.
    let value = stored.and_then(|stored| stored.open_value(draft.keys).ok());
    if value.as_ref() != Some(&declared.value.secret) {
        fields.push(FieldChange {
            path: path.clone(),
            before: stored.map(|_| FieldValue::Secret),
            after: Some(FieldValue::Secret),
        });
    }
    if stored.is_some() && !is_same_reference {
        fields.push(FieldChange {
            path: format!("{path}.reference"),
            before: stored_reference.map(FieldValue::Plain),
            after: Some(FieldValue::Plain(reference.clone())),
        });
    }
    if stored_expiry != expires_at {
        let shown = |at: Option<UnixMillis>| at.map(|at| FieldValue::Plain(at.0.into()));
        fields.push(FieldChange {
            path: format!("{path}.expiresAt"),
            before: shown(stored_expiry),
            after: shown(expires_at),
        });
    }
    if fields.len() == before {
        return;
    }
    if expires_at.is_some_and(|at| at <= draft.now) {
        let list = format!("applications[{}].secrets", application.id);
        draft.findings.add(
            format!("{}.expiresAt", secret_path(&list, &declared.name)),
            "lies in the past",
            "name a later time, or leave it out",
        );
    }
    draft.writes.push(Write::PutSecret(SecretWrite {
        application_id: application.id.clone(),
        name: declared.name.clone(),
        value: SecretValue::Given(declared.value.secret.clone()),
        reference: Some(reference.to_string()),
        expires_at,
    }));
}

/// A secret's place in a plan: `secrets."Default secret"`.
fn field_path(name: &str) -> String {
    format!("secrets.{}", Value::from(name))
}
