//! The sign-in experience: what is declared over what is stored, or over what a fresh tenant has.

use std::collections::BTreeMap;

use moongate_core::{Reader, StoreError};
use moongate_experience::{
    AvailableConnectors, SIGN_IN_EXPERIENCE, Severity, SignInExperience, SignInMethod,
};
use serde_json::{Map, Value};

use super::apply::Draft;
use super::declared::Declared;
use super::difference::difference;
use super::fields::{Fields, Known, join};
use super::finding::Findings;
use super::merge::merge;
use super::plan::{FieldChange, FieldValue, ResourceKind};
use super::write::Write;
use crate::sign_in_experience::{LATER, is_default_of_later, without_empty_texts};

const PATH: &str = "signInExperience";

/// What can be sent before the plan is done, and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Connected {
    pub(super) before: AvailableConnectors,
    pub(super) after: AvailableConnectors,
}

/// Notes what becomes of the sign-in experience, declared or not: without a connector that it
/// needs it can't stay either.
pub(super) async fn draft(
    draft: &mut Draft<'_>,
    reader: &mut dyn Reader,
    declared: Option<&Value>,
    connected: Connected,
) -> Result<(), StoreError> {
    let document = reader.document(SIGN_IN_EXPERIENCE).await?;
    let stored = SignInExperience::load(reader).await?;
    let known_revision = document.as_ref().map_or(0, |document| document.revision);
    let Some(declared) = declared else {
        // What was wrong before is not this plan's fault.
        let before = stored.findings(connected.before);
        let mut lost = stored.findings(connected.after);
        lost.retain(|finding| finding.severity > Severity::Advice && !before.contains(finding));
        for finding in &lost {
            let path = join(PATH, &finding.field);
            draft.findings.add(path, finding.message(), "");
        }
        return Ok(());
    };

    let Some(experience) = merged(&stored, declared, &mut draft.findings) else {
        return Ok(());
    };
    for finding in experience.findings(connected.after) {
        if finding.severity == Severity::Advice {
            draft.plan.advice.push(finding);
        } else {
            let path = join(PATH, &finding.field);
            draft.findings.add(path, finding.message(), "");
        }
    }

    let is_stored = document.is_some();
    let after = to_value(&experience);
    let fields = if is_stored {
        changes(&stored, &experience)
    } else {
        difference(&Value::Null, &after)
    };
    if !is_stored || !fields.is_empty() {
        draft.writes.push(Write::SaveSignInExperience {
            known_revision,
            body: after.to_string(),
        });
    }
    draft.change(ResourceKind::SignInExperience, "default", is_stored, fields);
    Ok(())
}

/// The stored settings with what files declare over them; as they are where files say nothing.
pub(crate) fn laid_over(
    stored: &SignInExperience,
    declared: &Declared,
    findings: &mut Findings,
) -> Option<SignInExperience> {
    match &declared.sign_in_experience {
        Some(own) => merged(stored, own, findings),
        None => Some(stored.clone()),
    }
}

fn merged(
    stored: &SignInExperience,
    declared: &Value,
    findings: &mut Findings,
) -> Option<SignInExperience> {
    let mut merged = to_value(stored);
    merge(&mut merged, declared);
    check(&merged, findings)
}

/// The settings as files and the store write them.
pub(crate) fn to_value(experience: &SignInExperience) -> Value {
    serde_json::to_value(experience).expect("plain structs are JSON")
}

/// Every setting that differs.
pub(crate) fn changes(before: &SignInExperience, after: &SignInExperience) -> Vec<FieldChange> {
    let mut changes = difference(&to_value(before), &to_value(after));
    // The one field where nothing and an empty list are two things.
    let field = "forgotPasswordMethods";
    let [old, new] = [before, after].map(|it| it.forgot_password_methods.clone());
    if old != new && !changes.iter().any(|change| change.path == field) {
        let shown = |settings: &SignInExperience| {
            let value = to_value(settings)[field].take();
            (!value.is_null()).then_some(FieldValue::Plain(value))
        };
        changes.push(FieldChange {
            path: field.into(),
            before: shown(before),
            after: shown(after),
        });
    }
    changes
}

/// The whole as settings.
fn check(merged: &Value, findings: &mut Findings) -> Option<SignInExperience> {
    let names = section_names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let known = Known {
        now: &names,
        later: LATER,
    };
    let mut merged = merged.clone();
    if let Some(fields) = merged.as_object_mut() {
        // As an API's answer has them: they say nothing.
        fields.retain(|name, value| !is_default_of_later(name, value));
        without_empty_texts(fields);
    }
    let fields = Fields::new(PATH, &merged, known, findings)?;
    let sections = names.iter().filter_map(|name| {
        let value = fields.get(name)?;
        Some(((*name).to_owned(), value.clone()))
    });
    read(PATH, sections.collect(), findings)
}

/// The names of the settings.
pub(crate) fn section_names() -> Vec<String> {
    let mut template = SignInExperience::default();
    // Not written where it is empty, and a setting all the same.
    let phrases = &mut template.custom_phrases;
    phrases.insert("en".to_owned(), BTreeMap::new());
    let template = to_value(&template);
    let names = template.as_object().into_iter().flatten();
    names.map(|(name, _)| name.clone()).collect()
}

/// Settings from their sections. Each is read by itself, and a list of methods one method at a
/// time, so that each one's mistake is told with its path.
pub(crate) fn read(
    path: &str,
    sections: Map<String, Value>,
    findings: &mut Findings,
) -> Option<SignInExperience> {
    let mut is_good = true;
    for (name, value) in &sections {
        let methods = (name == "signIn")
            .then(|| value.get("methods")?.as_array())
            .flatten();
        let mut refuse = |path: String, error: serde_json::Error| {
            is_good = false;
            findings.add(path, error.to_string(), "");
        };
        let mut methods_are_good = true;
        for (index, method) in methods.into_iter().flatten().enumerate() {
            if let Err(error) = serde_json::from_value::<SignInMethod>(method.clone()) {
                methods_are_good = false;
                refuse(join(path, &format!("signIn.methods[{index}]")), error);
            }
        }
        let section = Map::from_iter([(name.clone(), value.clone())]);
        let section = serde_json::from_value::<SignInExperience>(Value::Object(section));
        if let (Err(error), true) = (section, methods_are_good) {
            refuse(join(path, name), error);
        }
    }
    if !is_good {
        return None;
    }
    serde_json::from_value(Value::Object(sections)).ok()
}
