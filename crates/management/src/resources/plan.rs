//! What would change, for people to read before it does.

use std::fmt;

use serde_json::Value;

/// Everything that would change; empty if the store is as the files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The changes: what is declared in the order of the files, then what is deleted.
    pub changes: Vec<Change>,
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
            write!(f, "\n    {}: ", field.path)?;
            match (self.action, &field.before, &field.after) {
                (Action::Create, _, Some(after)) => write!(f, "{after}")?,
                (_, before, after) => {
                    write!(f, "{} → {}", shown(before.as_ref()), shown(after.as_ref()))?;
                }
            }
        }
        Ok(())
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
