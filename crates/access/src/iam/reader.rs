use sekisho_text::Route;
use serde_json::Value;

use super::refusal::DocumentError;

/// A text or a list of texts; IAM takes either.
pub(super) fn texts(value: &Value, route: &Route) -> Result<Vec<String>, DocumentError> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| match item {
                Value::String(text) => Ok(text.clone()),
                _ => Err(DocumentError::new(
                    &route.index(index),
                    "a text is expected",
                )),
            })
            .collect(),
        _ => Err(DocumentError::new(
            route,
            "a text or a list of texts is expected",
        )),
    }
}

/// Values of a condition: numbers and booleans count as their text.
pub(super) fn scalars(value: &Value, route: &Route) -> Result<Vec<String>, DocumentError> {
    let one = |item: &Value, route: &Route| match item {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(DocumentError::new(
            route,
            "a text, number or boolean is expected",
        )),
    };
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| one(item, &route.index(index)))
            .collect(),
        other => Ok(vec![one(other, route)?]),
    }
}
