//! The sign-in experience: what is declared over what is stored, or over the default.

use moongate_core::{Reader, StoreError};
use moongate_experience::{
    AvailableConnectors, Finding, SIGN_IN_EXPERIENCE, SignInExperience, SignInMethod,
};
use serde_json::{Map, Value};

use super::apply::Draft;
use super::difference::difference;
use super::fields::{Fields, Known};
use super::finding::Findings;
use super::merge::merge;
use super::plan::ResourceKind;
use super::write::Write;

const PATH: &str = "signInExperience";

/// Logto's fields of the sign-in experience that this version has not.
const LATER: &[&str] = &[
    "color",
    "branding",
    "hideLogtoBranding",
    "customCss",
    "customContent",
    "customUiAssets",
    "agreeToTermsPolicy",
    "socialSignIn",
    "socialSignInConnectorTargets",
    "mfa",
    "adaptiveMfa",
    "passwordPolicy",
    "passwordExpiration",
    "captchaPolicy",
    "sentinelPolicy",
    "emailBlocklistPolicy",
    "forgotPasswordMethods",
    "passkeySignIn",
    "accountCenter",
    "singleSignOnEnabled",
    "supportEmail",
    "supportWebsiteUrl",
    "unknownSessionRedirectUrl",
];

/// Whether text messages can be sent once the plan is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sms {
    /// A connector is there.
    Available,
    /// None is there, and none was.
    Missing,
    /// None is there, since the plan deletes it.
    Lost,
}

/// Notes what becomes of the sign-in experience, declared or not: without a connector that it
/// needs it can't stay either.
pub(super) async fn draft(
    draft: &mut Draft<'_>,
    reader: &mut dyn Reader,
    declared: Option<&Value>,
    sms: Sms,
) -> Result<(), StoreError> {
    let document = reader.document(SIGN_IN_EXPERIENCE).await?;
    let stored = SignInExperience::load(reader).await?;
    let known_revision = document.as_ref().map_or(0, |document| document.revision);
    let Some(declared) = declared else {
        if document.is_some() && sms == Sms::Lost {
            report(draft, &stored, sms);
        }
        return Ok(());
    };

    let before = to_value(&stored);
    let mut merged = before.clone();
    merge(&mut merged, declared);
    let Some(experience) = check(&merged, &mut draft.findings) else {
        return Ok(());
    };
    report(draft, &experience, sms);

    let after = to_value(&experience);
    let is_stored = document.is_some();
    let fields = difference(if is_stored { &before } else { &Value::Null }, &after);
    if !is_stored || !fields.is_empty() {
        draft.writes.push(Write::SaveSignInExperience {
            known_revision,
            body: after.to_string(),
        });
    }
    draft.change(ResourceKind::SignInExperience, "default", is_stored, fields);
    Ok(())
}

fn report(draft: &mut Draft<'_>, experience: &SignInExperience, sms: Sms) {
    let connectors = AvailableConnectors {
        sms: sms == Sms::Available,
    };
    for finding in experience.findings(connectors) {
        let Finding { field, rule, mend } = finding;
        draft.findings.add(
            format!("{PATH}.{field}"),
            format!("breaks the rule {}", rule.as_str()),
            mend,
        );
    }
}

fn to_value(experience: &SignInExperience) -> Value {
    serde_json::to_value(experience).expect("plain structs are JSON")
}

/// The whole as settings. Each section is read by itself, so that each one's mistake is told with
/// its path.
fn check(merged: &Value, findings: &mut Findings) -> Option<SignInExperience> {
    let template = to_value(&SignInExperience::default());
    let names: Vec<&str> = template
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let known = Known {
        now: &names,
        later: LATER,
    };
    let fields = Fields::new(PATH, merged, known, findings)?;
    let mut good = Map::new();
    for name in &names {
        if let Some(value) = fields.get(name) {
            good.insert((*name).to_owned(), value.clone());
        }
    }
    // One section at a time; a list of methods one method at a time.
    let mut is_good = true;
    for (name, value) in &good {
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
                refuse(format!("{PATH}.signIn.methods[{index}]"), error);
            }
        }
        let section = Map::from_iter([(name.clone(), value.clone())]);
        let section = serde_json::from_value::<SignInExperience>(Value::Object(section));
        if let (Err(error), true) = (section, methods_are_good) {
            refuse(format!("{PATH}.{name}"), error);
        }
    }
    if !is_good {
        return None;
    }
    serde_json::from_value(Value::Object(good)).ok()
}
