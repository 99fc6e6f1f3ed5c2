//! What would change, for people to read before it does.

use std::fmt;

use moongate_experience::Finding;
use serde_json::Value;

use super::edits::{write_list, write_text};

/// A text over this is shown line by line.
const LONG_TEXT: usize = 120;

/// Everything that would change; empty if the store is as the files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The changes: what is declared in the order of the files, then what is deleted.
    pub changes: Vec<Change>,
    /// What a careful person would do about the declared sign-in experience; it does not stand in
    /// the way.
    pub advice: Vec<Finding>,
}

impl Plan {
    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// What kind of resource a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// An application.
    Application,
    /// A connector.
    Connector,
    /// An API resource.
    Resource,
    /// A role.
    Role,
    /// The sign-in experience, of which there is one.
    SignInExperience,
}

/// What would happen to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is made.
    Create,
    /// Some of its fields change.
    Update,
    /// It is removed, since no file names it.
    Delete,
}

/// One resource that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of resource.
    pub kind: ResourceKind,
    /// Its identifier; `default` for the sign-in experience.
    pub id: String,
    /// What happens to it.
    pub action: Action,
    /// The fields that differ; none where it is deleted.
    pub fields: Vec<FieldChange>,
}

/// One field that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which, such as `config.endpoint` or `secrets."Default secret"`.
    pub path: String,
    /// What it is now; `None` if it is not there.
    pub before: Option<FieldValue>,
    /// What it will be; `None` if it will not be there.
    pub after: Option<FieldValue>,
}

/// A field's value as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Anybody who administers may see it.
    Plain(Value),
    /// Nobody may.
    Secret,
    /// A secret that the server makes up.
    GeneratedSecret,
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(value) => value.fmt(f),
            Self::Secret => f.write_str("[secret]"),
            Self::GeneratedSecret => f.write_str("[generated secret]"),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.action {
            Action::Create => '+',
            Action::Update => '~',
            Action::Delete => '-',
        };
        match self.kind {
            ResourceKind::Application => write!(f, "{sign} application {}", self.id)?,
            ResourceKind::Connector => write!(f, "{sign} connector {}", self.id)?,
            ResourceKind::Resource => write!(f, "{sign} resource {}", self.id)?,
            ResourceKind::Role => write!(f, "{sign} role {}", self.id)?,
            ResourceKind::SignInExperience => write!(f, "{sign} sign-in experience")?,
        }
        for field in &self.fields {
            f.write_str("\n    ")?;
            match (self.action, &field.after) {
                (Action::Create, Some(after)) => write!(f, "{}: {after}", field.path)?,
                _ => field.fmt(f)?,
            }
        }
        Ok(())
    }
}

/// The old value and the new one; of lists the items that differ, of long texts the lines.
impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path)?;
        if let (Some(before), Some(after)) =
            (items(self.before.as_ref()), items(self.after.as_ref()))
        {
            return write_list(f, before, after);
        }
        if let (Some(before), Some(after)) = (text(self.before.as_ref()), text(self.after.as_ref()))
            && [before, after]
                .iter()
                .any(|it| it.len() > LONG_TEXT || it.contains('\n'))
        {
            return write_text(f, before, after);
        }
        let (before, after) = (shown(self.before.as_ref()), shown(self.after.as_ref()));
        write!(f, " {before} → {after}")
    }
}

/// The items of a list; of nothing, none.
fn items(value: Option<&FieldValue>) -> Option<&[Value]> {
    match value {
        Some(FieldValue::Plain(Value::Array(items))) => Some(items),
        _ => None,
    }
}

/// A text; nothing is an empty one.
fn text(value: Option<&FieldValue>) -> Option<&str> {
    match value {
        Some(FieldValue::Plain(Value::String(text))) => Some(text),
        None => Some(""),
        Some(_) => None,
    }
}

fn shown(value: Option<&FieldValue>) -> String {
    value.map_or_else(|| "(not set)".to_owned(), ToString::to_string)
}

/// One line for each resource and one below it for each field; "nothing to change" if so. No line
/// break at the end.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to change");
        }
        for (index, change) in self.changes.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            change.fmt(f)?;
        }
        let is_about_it = |change: &Change| change.kind == ResourceKind::SignInExperience;
        if self.changes.iter().any(is_about_it) {
            for finding in &self.advice {
                write!(f, "\n    advice: {finding}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(kind: ResourceKind, id: &str, action: Action, fields: Vec<FieldChange>) -> Change {
        Change {
            kind,
            id: id.into(),
            action,
            fields,
        }
    }

    fn field(path: &str, before: Option<FieldValue>, after: Option<FieldValue>) -> FieldChange {
        FieldChange {
            path: path.into(),
            before,
            after,
        }
    }

    #[test]
    fn a_plan_reads_as_a_difference() {
        let plain = |value: Value| Some(FieldValue::Plain(value));
        let secret = Some(FieldValue::Secret);
        let plan = Plan {
            changes: vec![
                change(
                    ResourceKind::Application,
                    "bookstore",
                    Action::Create,
                    vec![
                        field("name", None, plain(json!("Bookstore"))),
                        field("secrets.\"Default secret\"", None, secret.clone()),
                    ],
                ),
                change(
                    ResourceKind::Connector,
                    "aliyun-sms",
                    Action::Update,
                    vec![
                        field("config.accessKeySecret", secret.clone(), secret),
                        field("config.endpoint", plain(json!("a")), plain(json!("b"))),
                        field("config.signName", plain(json!("\u{1b}[31m")), None),
                    ],
                ),
                change(
                    ResourceKind::SignInExperience,
                    "default",
                    Action::Update,
                    Vec::new(),
                ),
                change(ResourceKind::Application, "old", Action::Delete, Vec::new()),
            ],
            advice: Vec::new(),
        };
        assert_eq!(
            plan.to_string(),
            "+ application bookstore\n\
             \x20   name: \"Bookstore\"\n\
             \x20   secrets.\"Default secret\": [secret]\n\
             ~ connector aliyun-sms\n\
             \x20   config.accessKeySecret: [secret] → [secret]\n\
             \x20   config.endpoint: \"a\" → \"b\"\n\
             \x20   config.signName: \"\\u001b[31m\" → (not set)\n\
             ~ sign-in experience\n\
             - application old"
        );
    }

    #[test]
    fn an_empty_plan_says_so() {
        assert_eq!(Plan::default().to_string(), "nothing to change");
    }
}
