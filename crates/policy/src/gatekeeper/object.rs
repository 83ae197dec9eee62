//! The parts of a Kubernetes object that matching looks at, read as `unstructured.Unstructured` reads them.

use serde_json::{Map, Value};

/// The API group and version of `apiVersion`: `apps/v1` is (`apps`, `v1`), `v1` is (``, `v1`).
pub(super) fn group_version(object: &Value) -> (&str, &str) {
    let text = object
        .get("apiVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    text.split_once('/').unwrap_or(("", text))
}

pub(super) fn kind(object: &Value) -> &str {
    object
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn metadata<'a>(object: &'a Value, key: &str) -> &'a str {
    let found = object
        .get("metadata")
        .and_then(|metadata| metadata.get(key));
    found.and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn name(object: &Value) -> &str {
    metadata(object, "name")
}

pub(super) fn generate_name(object: &Value) -> &str {
    metadata(object, "generateName")
}

pub(super) fn namespace(object: &Value) -> &str {
    metadata(object, "namespace")
}

pub(super) fn labels(object: &Value) -> Option<&Map<String, Value>> {
    object.get("metadata")?.get("labels")?.as_object()
}

pub(super) fn is_namespace(object: &Value) -> bool {
    kind(object) == "Namespace" && group_version(object).0.is_empty()
}

/// `Deployment shop/web`, for messages.
pub(super) fn called(object: &Value) -> String {
    match namespace(object) {
        "" => format!("{} {}", kind(object), name(object)),
        namespace => format!("{} {namespace}/{}", kind(object), name(object)),
    }
}

/// The texts of a list of texts; the error names what is wrong.
pub(super) fn texts(value: Option<&Value>, what: &str) -> Result<Vec<String>, String> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| format!("{what} must hold texts")),
        Some(_) => Err(format!("{what} must be a list")),
    }
}
