//! Laying a declaration over what is stored.

use serde_json::{Map, Value};

/// Objects are merged field by field, `null` takes a field away, anything else takes its place
/// (RFC 7396).
pub(super) fn merge(stored: &mut Value, declared: &Value) {
    let Value::Object(declared) = declared else {
        *stored = declared.clone();
        return;
    };
    if !stored.is_object() {
        *stored = Value::Object(Map::new());
    }
    let Value::Object(stored) = stored else {
        return;
    };
    for (name, value) in declared {
        if value.is_null() {
            stored.remove(name);
        } else {
            merge(stored.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(mut stored: Value, declared: &Value, expected: &Value) {
        merge(&mut stored, declared);
        assert_eq!(stored, *expected);
    }

    #[test]
    fn what_is_not_named_stays_and_lists_are_replaced() {
        check(
            json!({ "a": { "b": 1, "c": [1, 2] }, "d": 4 }),
            &json!({ "a": { "c": [3] } }),
            &json!({ "a": { "b": 1, "c": [3] }, "d": 4 }),
        );
    }

    #[test]
    fn null_takes_away() {
        check(
            json!({ "a": 1, "b": { "c": 1 } }),
            &json!({ "a": null, "b": { "c": null, "x": null }, "y": null }),
            &json!({ "b": {} }),
        );
        check(
            json!({}),
            &json!({ "a": { "b": null } }),
            &json!({ "a": {} }),
        );
    }

    #[test]
    fn another_kind_of_value_takes_the_place() {
        check(
            json!({ "a": 1 }),
            &json!({ "a": { "b": 2 } }),
            &json!({ "a": { "b": 2 } }),
        );
        check(
            json!({ "a": { "b": 2 } }),
            &json!({ "a": "x" }),
            &json!({ "a": "x" }),
        );
    }
}
