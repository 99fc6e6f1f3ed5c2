//! A body that changes settings: each that it names is replaced as a whole.

use moongate_experience::SignInExperience;
use serde_json::{Map, Value};

use super::view::{LATER, is_default_of_later};
use crate::ManagementError;
use crate::error::refuse_if_any;
use crate::resources::fields::{join, kind};
use crate::resources::finding::Findings;
use crate::resources::sign_in_experience::{read, section_names, to_value};

/// Settings that may be no text; a form that was emptied sends an empty one.
const TEXTS: [&str; 6] = [
    "termsOfUseUrl",
    "privacyPolicyUrl",
    "customCss",
    "supportEmail",
    "supportWebsiteUrl",
    "unknownSessionRedirectUrl",
];

/// What an object has to name, since it replaces the whole: a forgotten switch would change.
const REQUIRED: [(&str, &[&str]); 4] = [
    (
        "color",
        &["primaryColor", "isDarkModeEnabled", "darkPrimaryColor"],
    ),
    ("languageInfo", &["autoDetect", "fallbackLanguage"]),
    ("signIn", &["methods"]),
    ("signUp", &["identifiers", "password", "verify"]),
];
const REQUIRED_OF_METHOD: &[&str] = &[
    "identifier",
    "password",
    "verificationCode",
    "isPasswordPrimary",
];

/// Empty texts are none. So is a switch that this version has not, where it is off.
pub(crate) fn without_empty_texts(body: &mut Map<String, Value>) {
    for name in TEXTS {
        if let Some(value) = body.get_mut(name)
            && value == ""
        {
            *value = Value::Null;
        }
    }
    if let Some(Value::Object(policy)) = body.get_mut("emailBlocklistPolicy")
        && policy.get("blockDisposableAddresses") == Some(&Value::Bool(false))
    {
        policy.remove("blockDisposableAddresses");
    }
}

/// The body without what it says in vain.
///
/// # Errors
/// [`ManagementError::Invalid`], [`ManagementError::Unsupported`].
pub(super) fn checked(mut body: Map<String, Value>) -> Result<Map<String, Value>, ManagementError> {
    body.retain(|name, value| !is_default_of_later(name, value));
    without_empty_texts(&mut body);
    if let Some(name) = body.keys().find(|name| LATER.contains(&name.as_str())) {
        return Err(ManagementError::Unsupported(name.clone()));
    }
    let names = section_names();
    let mut findings = Findings::default();
    for (name, value) in &body {
        if !names.contains(name) {
            findings.add(name, "there is no such field", "");
        }
        if name == "emailBlocklistPolicy" && value["blockDisposableAddresses"] == true {
            let field = join(name, "blockDisposableAddresses");
            return Err(ManagementError::Unsupported(field));
        }
        let required = REQUIRED.iter().find(|(section, _)| section == name);
        if let Some((_, required)) = required {
            check_required(name, value, required, &mut findings);
        }
        if name == "signIn" {
            let methods = value["methods"].as_array().into_iter().flatten();
            for (index, method) in methods.enumerate() {
                let path = format!("signIn.methods[{index}]");
                check_required(&path, method, REQUIRED_OF_METHOD, &mut findings);
            }
        }
    }
    refuse_if_any(findings)?;
    Ok(body)
}

fn check_required(path: &str, value: &Value, names: &[&str], findings: &mut Findings) {
    let Some(object) = value.as_object() else {
        let problem = format!("expected an object, found {}", kind(value));
        findings.add(path, problem, "");
        return;
    };
    for name in names {
        if !object.contains_key(*name) {
            findings.add(join(path, name), "is required", "");
        }
    }
}

/// The stored settings with what the body names in place of theirs.
///
/// # Errors
/// [`ManagementError::Invalid`].
pub(super) fn lay_over(
    stored: &SignInExperience,
    body: &Map<String, Value>,
) -> Result<SignInExperience, ManagementError> {
    let Value::Object(mut sections) = to_value(stored) else {
        unreachable!("settings are an object");
    };
    sections.extend(body.clone());
    let mut findings = Findings::default();
    let settings = read("", sections, &mut findings);
    refuse_if_any(findings)?;
    settings.ok_or_else(|| ManagementError::Invalid(Vec::new()))
}
