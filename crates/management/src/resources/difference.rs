//! The fields in which two documents differ.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fields::join;
use super::plan::{FieldChange, FieldValue};

/// Every field that differs, in alphabetical order, as deep as objects go. Lists of objects that
/// kept their length and their `identifier`s are compared item by item, other lists as a whole. `null`, an empty list and
/// an empty object count as absent where the other side has nothing.
pub(crate) fn difference(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare("", before, after, &mut changes);
    changes
}

fn compare(path: &str, before: &Value, after: &Value, changes: &mut Vec<FieldChange>) {
    if before == after || (is_nothing(before) && is_nothing(after)) {
        return;
    }
    let as_object = |value: &Value| match value {
        Value::Null => Some(serde_json::Map::new()),
        Value::Object(object) => Some(object.clone()),
        _ => None,
    };
    if let (Some(before), Some(after)) = (as_object(before), as_object(after)) {
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for name in names {
            let side = |object: &serde_json::Map<String, Value>| {
                object.get(name).cloned().unwrap_or(Value::Null)
            };
            compare(&join(path, name), &side(&before), &side(&after), changes);
        }
    } else if let (Value::Array(before), Value::Array(after)) = (before, after)
        && before.len() == after.len()
        && before.iter().chain(after).all(Value::is_object)
        && before
            .iter()
            .zip(after)
            .all(|(before, after)| before["identifier"] == after["identifier"])
    {
        for (index, (before, after)) in before.iter().zip(after).enumerate() {
            compare(&format!("{path}[{index}]"), before, after, changes);
        }
    } else {
        let shown = |value: &Value| (!value.is_null()).then(|| FieldValue::Plain(value.clone()));
        changes.push(FieldChange {
            path: path.to_owned(),
            before: shown(before),
            after: shown(after),
        });
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(before: &Value, after: &Value, expected: &[(&str, Value, Value)]) {
        let found: Vec<_> = difference(before, after)
            .into_iter()
            .map(|change| {
                let value = |side: Option<FieldValue>| match side {
                    None => Value::Null,
                    Some(FieldValue::Plain(value)) => value,
                    Some(secret) => panic!("{secret:?}"),
                };
                (change.path, value(change.before), value(change.after))
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, before, after)| ((*path).to_owned(), before.clone(), after.clone()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn fields_are_compared_as_deep_as_objects_go() {
        check(
            &json!({ "a": 1, "b": { "c": [1], "d": true }, "gone": "x" }),
            &json!({ "a": 1, "b": { "c": [2], "d": true }, "new": { "e": 5 } }),
            &[
                ("b.c", json!([1]), json!([2])),
                ("gone", json!("x"), json!(null)),
                ("new.e", json!(null), json!(5)),
            ],
        );
    }

    #[test]
    fn nothing_is_nothing_however_it_is_written() {
        check(&json!(null), &json!({ "a": [], "b": {}, "c": null }), &[]);
        check(
            &json!({ "a": ["x"] }),
            &json!({ "a": [] }),
            &[("a", json!(["x"]), json!([]))],
        );
    }

    #[test]
    fn lists_of_objects_are_compared_item_by_item_while_they_keep_their_length() {
        check(
            &json!({ "t": [{ "u": 1 }, { "u": 2 }] }),
            &json!({ "t": [{ "u": 1 }, { "u": 3 }] }),
            &[("t[1].u", json!(2), json!(3))],
        );
        check(
            &json!({ "t": [{ "u": 1 }] }),
            &json!({ "t": [{ "u": 1 }, { "u": 3 }] }),
            &[("t", json!([{ "u": 1 }]), json!([{ "u": 1 }, { "u": 3 }]))],
        );
    }
}
