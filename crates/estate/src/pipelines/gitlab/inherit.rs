use serde_json::Value;

use super::merge::{Book, Merged, over};

/// What jobs take from `default`, or, in older files, from the top level.
const DEFAULTS: [&str; 12] = [
    "after_script",
    "artifacts",
    "before_script",
    "cache",
    "hooks",
    "id_tokens",
    "image",
    "interruptible",
    "retry",
    "services",
    "tags",
    "timeout",
];
/// Those of them that may also stand at the top level.
const GLOBALS: [&str; 5] = [
    "after_script",
    "before_script",
    "cache",
    "image",
    "services",
];

/// Adds what a job inherits and does not set itself.
pub(super) fn inherit(book: &Book<'_>, job: &mut Merged) {
    let rule = job.value.get("inherit").cloned().unwrap_or_default();
    let default = book.global("default");
    for key in DEFAULTS {
        if job.value.contains_key(key) || !allows(&rule, "default", key) {
            continue;
        }
        let inside = default.as_ref().and_then(|(value, origin)| {
            let mut origin = origin.clone();
            origin.route = origin.route.key(key);
            Some((value.get(key)?.clone(), origin))
        });
        let found = inside.or_else(|| GLOBALS.contains(&key).then(|| book.global(key)).flatten());
        if let Some((value, origin)) = found {
            job.value.insert(key.to_owned(), value);
            job.origins.insert(key.to_owned(), origin);
        }
    }
    if let Some((Value::Object(mut variables), _)) = book.global("variables") {
        variables.retain(|name, _| allows(&rule, "variables", name));
        let own = job.value.remove("variables").unwrap_or_default();
        let merged = match own {
            Value::Null => Value::Object(variables),
            own => over(Value::Object(variables), &own),
        };
        job.value.insert("variables".to_owned(), merged);
    }
}

/// `inherit: { default: false }`, or a list of what is inherited.
fn allows(rule: &Value, part: &str, key: &str) -> bool {
    match rule.get(part) {
        Some(Value::Bool(allowed)) => *allowed,
        Some(Value::Array(names)) => names.iter().any(|name| name == key),
        _ => true,
    }
}
