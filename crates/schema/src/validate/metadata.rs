//! Object metadata, labels and selectors. Upstream: `pkg/api/validation/objectmeta.go`, `pkg/apis/meta/v1/validation`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::findings::{Findings, Path};
use super::names;
use crate::access::{Object, Read};

/// All annotations of one object may have this many bytes.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// How a kind checks its names.
pub(super) type NameRule = fn(&str) -> Vec<String>;

pub(super) fn object(meta: &Object, cluster_scoped: bool, rule: NameRule, found: &mut Findings) {
    let path = Path::root("metadata");
    let (name, generate) = (meta.text("name"), meta.text("generateName"));
    if !generate.is_empty() {
        // A dash may end the prefix, since a suffix follows.
        let shown = generate
            .strip_suffix('-')
            .map_or_else(|| generate.to_owned(), |rest| format!("{rest}a"));
        found.invalid_each(&path.child("generateName"), generate, rule(&shown));
    }
    if name.is_empty() {
        if generate.is_empty() {
            found.required(&path.child("name"), "name or generateName is required");
        }
    } else {
        found.invalid_each(&path.child("name"), name, rule(name));
    }
    let namespace = meta.text("namespace");
    if cluster_scoped {
        if !namespace.is_empty() {
            found.forbidden(&path.child("namespace"), "not allowed on this type");
        }
    } else if !namespace.is_empty() {
        found.invalid_each(&path.child("namespace"), namespace, names::label(namespace));
    }
    labels(meta.object("labels"), &path.child("labels"), found);
    annotations(
        meta.object("annotations"),
        &path.child("annotations"),
        found,
    );
    owners(meta, &path.child("ownerReferences"), found);
    for (_, finalizer) in meta.texts("finalizers") {
        found.invalid_each(
            &path.child("finalizers"),
            finalizer,
            names::label_key(finalizer),
        );
    }
}

fn owners(meta: &Object, path: &Path, found: &mut Findings) {
    for (_, owner) in meta.objects("ownerReferences") {
        if owner.text("apiVersion").is_empty() {
            found.invalid(&path.child("apiVersion"), "", "version must not be empty");
        }
        for (key, at) in [("kind", "kind"), ("name", "name"), ("uid", "uid")] {
            if owner.text(key).is_empty() {
                found.invalid(&path.child(at), "", "must not be empty");
            }
        }
    }
}

pub(super) fn labels(labels: &Object, path: &Path, found: &mut Findings) {
    for (key, value) in labels {
        found.invalid_each(path, key, names::label_key(key));
        let value = value.as_str().unwrap_or_default();
        found.invalid_each(path, value, names::label_value(value));
    }
}

pub(super) fn annotations(annotations: &Object, path: &Path, found: &mut Findings) {
    let mut size = 0;
    for (key, value) in annotations {
        found.invalid_each(path, key, names::label_key(&key.to_lowercase()));
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > ANNOTATIONS_LIMIT {
        found.too_long(path, ANNOTATIONS_LIMIT);
    }
}

/// Checks a label selector; true when it can be used for matching.
pub(super) fn selector(selector: &Object, path: &Path, found: &mut Findings) -> bool {
    let before = found.len();
    labels(
        selector.object("matchLabels"),
        &path.child("matchLabels"),
        found,
    );
    for (at, expression) in selector.objects("matchExpressions") {
        let path = path.child("matchExpressions").index(at);
        let values = expression.items("values");
        match expression.text("operator") {
            "In" | "NotIn" => {
                if values.is_empty() {
                    found.required(
                        &path.child("values"),
                        "must be specified when `operator` is 'In' or 'NotIn'",
                    );
                }
            }
            "Exists" | "DoesNotExist" => {
                if !values.is_empty() {
                    let detail =
                        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                    found.forbidden(&path.child("values"), detail);
                }
            }
            other => found.invalid(
                &path.child("operator"),
                other,
                "not a valid selector operator",
            ),
        }
        let key = expression.text("key");
        found.invalid_each(&path.child("key"), key, names::label_key(key));
        for (at, value) in expression.texts("values") {
            found.invalid_each(
                &path.child("values").index(at),
                value,
                names::label_value(value),
            );
        }
    }
    found.len() == before
}

/// True when a selector without any term.
pub(super) fn is_empty(selector: &Object) -> bool {
    selector.object("matchLabels").is_empty() && selector.items("matchExpressions").is_empty()
}

/// Whether a selector picks an object with these labels. Upstream: `metav1.LabelSelectorAsSelector`.
pub(super) fn matches(selector: &Object, labels: &Object) -> bool {
    let have: BTreeMap<&str, &str> = labels
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default()))
        .collect();
    let equal = selector
        .object("matchLabels")
        .iter()
        .all(|(key, value)| have.get(key.as_str()).copied() == value.as_str());
    let expressions = selector.objects("matchExpressions").all(|(_, expression)| {
        let value = have.get(expression.text("key"));
        let listed =
            value.is_some_and(|value| expression.texts("values").any(|(_, one)| one == *value));
        match expression.text("operator") {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    });
    equal && expressions
}

/// Labels as an error shows them: absent ones are `null`.
pub(super) fn shown(meta: &Object) -> Value {
    meta.get("labels").cloned().unwrap_or(Value::Null)
}
