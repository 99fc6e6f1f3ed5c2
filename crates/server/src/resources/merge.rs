//! Laying one resource file over another.
//!
//! Tables are merged key by key, as deep as they go. The lists of resources (`applications`,
//! `connectors` …) are merged by `id`, an application's `secrets` by `name`; any other list is
//! replaced. A reference to a secret is replaced as a whole, so that `{ file = … }` can take the
//! place of `{ env = … }`.

use serde_json::Value;

/// The top-level lists of resources.
const LISTS: [&str; 4] = ["applications", "connectors", "resources", "roles"];

/// Lays `later`, a whole file, over `files`.
pub(super) fn merge(files: &mut Value, later: Value) {
    lay(files, later, Place::Root);
}

/// Where the two values stand, since that decides how lists are merged.
#[derive(Clone, Copy)]
enum Place {
    Root,
    Resource,
    Below,
}

impl Place {
    /// The key by which the items of a list are told apart, and where its items stand.
    fn identity_in(self, list: &str) -> Option<(&'static str, Self)> {
        match self {
            Self::Root if LISTS.contains(&list) => Some(("id", Self::Resource)),
            Self::Resource if list == "secrets" => Some(("name", Self::Below)),
            _ => None,
        }
    }
}

fn lay(under: &mut Value, over: Value, place: Place) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                let Some(existing) = under.get_mut(&name) else {
                    under.insert(name, value);
                    continue;
                };
                match (existing, value, place.identity_in(&name)) {
                    (Value::Array(existing), Value::Array(items), Some((key, place))) => {
                        lay_items(existing, items, key, place);
                    }
                    (existing, value, _) if is_reference(existing) || is_reference(&value) => {
                        *existing = value;
                    }
                    (existing, value, _) => lay(existing, value, Place::Below),
                }
            }
        }
        (under, over) => *under = over,
    }
}

/// An item is laid over the earlier files' item of the same identity, never over one of its own
/// file: two of a kind there are a mistake, which whoever reads the result reports.
fn lay_items(existing: &mut Vec<Value>, items: Vec<Value>, key: &str, place: Place) {
    let earlier = existing.len();
    for item in items {
        let identity = item.get(key).and_then(Value::as_str);
        let known = identity.and_then(|identity| {
            existing[..earlier]
                .iter()
                .position(|known| known.get(key).and_then(Value::as_str) == Some(identity))
        });
        match known {
            Some(index) => lay(&mut existing[index], item, place),
            None => existing.push(item),
        }
    }
}

fn is_reference(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| {
        fields.len() == 1 && (fields.contains_key("env") || fields.contains_key("file"))
    })
}
