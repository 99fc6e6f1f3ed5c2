//! The templates of a configuration: for which usage, and what may stand in them.

use moongate_core::{Usage, VerificationMessage};
use serde_json::Value;

use crate::ConfigIssue;
use crate::email::{application_name, escape};
use crate::fields::Fields;

/// Logto's usage types for which this version sends nothing; a template for them is kept.
const FURTHER_USAGES: [&str; 3] = ["OrganizationInvitation", "MfaVerification", "BindMfa"];

/// What stands between `{{` and `}}`.
const VARIABLES: [&str; 3] = ["code", "application.name", "locale"];

/// A template for one usage.
pub(super) struct Template {
    usage_type: String,
    is_html: bool,
    subject: String,
    content: String,
}

/// A filled template.
pub(super) enum Filled {
    Text { subject: String, text: String },
    Html { subject: String, html: String },
}

/// The field `templates`, which may be left out.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<Vec<Template>> {
    const NAME: &str = "templates";
    let items = fields.list(NAME)?;
    let issues = fields.issues();
    let before = issues.len();
    let mut templates: Vec<Template> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{NAME}[{index}]");
        if let Some(template) = read_one(&path, item, issues) {
            if templates
                .iter()
                .any(|other| other.usage_type == template.usage_type)
            {
                issues.push(ConfigIssue {
                    path: format!("{path}.usageType"),
                    message: format!(
                        "a template for {:?} stands above already",
                        template.usage_type
                    ),
                });
            }
            templates.push(template);
        }
    }
    (fields.issues().len() == before).then_some(templates)
}

fn read_one(path: &str, item: &Value, issues: &mut Vec<ConfigIssue>) -> Option<Template> {
    let known = &["usageType", "contentType", "subject", "content"];
    let mut fields = Fields::new(path, item, known, issues)?;
    let usage_type = fields.text("usageType");
    let ours = usage_type.as_deref().map(|usage| {
        let is_ours = Usage::ALL.iter().any(|known| known.as_str() == usage);
        if !is_ours && !FURTHER_USAGES.contains(&usage) {
            let ours = Usage::ALL.map(Usage::as_str).join(", ");
            let further = FURTHER_USAGES.join(", ");
            let message = format!("{usage:?} is none of {ours}, {further}");
            fields.refuse("usageType", message);
        }
        is_ours
    });
    let content_type = fields.text("contentType");
    let is_html = match content_type.as_deref() {
        Some("text/plain") => Some(false),
        Some("text/html") => Some(true),
        Some(_) => {
            fields.refuse("contentType", "expected text/plain or text/html");
            None
        }
        None => None,
    };
    let subject = fields.text("subject");
    let content = fields.lines("content");
    // What is never sent may say what it likes.
    if ours == Some(true) {
        for (name, text) in [("subject", &subject), ("content", &content)] {
            let used = text.as_deref().map(variables).unwrap_or_default();
            if let Some(unknown) = used.iter().find(|used| !VARIABLES.contains(used)) {
                let message = format!(
                    "there is no variable {{{{{unknown}}}}}; the variables are {}",
                    VARIABLES.join(", ")
                );
                fields.refuse(name, message);
            }
            if name == "content" && text.is_some() && !used.contains(&"code") {
                fields.refuse(name, "without {{code}} nobody gets the code");
            }
        }
    }
    Some(Template {
        usage_type: usage_type?,
        is_html: is_html?,
        subject: subject?,
        content: content?,
    })
}

/// The template for a usage: its own, else the generic one, else none.
pub(super) fn choose(templates: &[Template], usage: Usage) -> Option<&Template> {
    let named = |name: &str| {
        templates
            .iter()
            .find(|template| template.usage_type == name)
    };
    named(usage.as_str()).or_else(|| named(Usage::Generic.as_str()))
}

impl Template {
    /// The template with what it names filled in.
    pub(super) fn fill(&self, message: &VerificationMessage) -> Filled {
        let subject = fill(&self.subject, message, str::to_owned);
        if self.is_html {
            let html = fill(&self.content, message, escape);
            Filled::Html { subject, html }
        } else {
            let text = fill(&self.content, message, str::to_owned);
            Filled::Text { subject, text }
        }
    }
}

/// One pass, so that what is filled in is never read as a template again.
fn fill(template: &str, message: &VerificationMessage, write: impl Fn(&str) -> String) -> String {
    let value = |variable: &str| match variable {
        "code" => Some(message.code.expose().to_owned()),
        "application.name" => Some(application_name(&message.application)),
        "locale" => Some(message.language.clone()),
        _ => None,
    };
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, variable, after)) = next_variable(rest) {
        filled.push_str(before);
        // A variable that is unknown was refused, or stands in a template that is never sent.
        filled.push_str(&value(variable).as_deref().map(&write).unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn variables(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((_, variable, after)) = next_variable(rest) {
        found.push(variable);
        rest = after;
    }
    found
}

/// What stands before the first variable, its name, and what stands after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text[from..].find("{{")?;
        let inner = &text[open + 2..];
        let close = inner.find("}}")?;
        let name = inner[..close].trim();
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_'));
        if is_name {
            return Some((&text[..open], name, &inner[close + 2..]));
        }
        // Braces of another kind, such as a stylesheet's.
        from = open + 1;
    }
}

#[cfg(test)]
mod tests {
    use moongate_core::testing::phone;
    use moongate_core::{Recipient, Secret};

    use super::*;

    #[test]
    fn variables_are_filled_once_and_escaped_in_html() {
        let message = VerificationMessage {
            recipient: Recipient::Phone(phone("13800138000")),
            usage: Usage::SignIn,
            code: Secret::new("246810"),
            language: "zh-CN".into(),
            application: "<{{code}}>\r\n& co".into(),
        };
        let check = |template: &str, expected: &str| {
            assert_eq!(fill(template, &message, str::to_owned), expected);
        };
        check("{{code}}, {{ code }}!", "246810, 246810!");
        check("{{locale}} {{application.name}}", "zh-CN <{{code}}> & co");
        check("a { b } {{ }} {{{code}}} {{", "a { b } {{ }} {246810} {{");
        check("p{{color:red}} {{code", "p{{color:red}} {{code");
        assert_eq!(
            fill("<b>{{application.name}}</b>", &message, escape),
            "<b>&lt;{{code}}&gt; &amp; co</b>"
        );
    }
}
