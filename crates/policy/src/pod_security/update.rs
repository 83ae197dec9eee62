use serde_json::Value;

/// Pod subresources that change nothing Pod Security reads (`ignoredPodSubresources`).
const IGNORED: [&str; 8] = [
    "attach",
    "binding",
    "eviction",
    "exec",
    "log",
    "portforward",
    "proxy",
    "status",
];

/// Whether a request for this subresource is evaluated; empty stands for the object itself.
///
/// Of pods every subresource that is not known to be harmless is, `ephemeralcontainers` and `resize` included; of the
/// kinds that carry a template, none.
pub fn evaluated_subresource(kind: &str, subresource: &str) -> bool {
    subresource.is_empty() || (kind == "Pod" && !IGNORED.contains(&subresource))
}

/// Whether this pod update is evaluated at all: a container more or less, another image, or a new debug container
/// (`isSignificantPodUpdate`). Nothing else of those that Pod Security reads can change on a running pod.
pub fn significant_update(old: &Value, new: &Value) -> bool {
    ["containers", "initContainers"]
        .into_iter()
        .any(|list| list_changed(containers(old, list), containers(new, list)))
        || debug_changed(containers(old, DEBUG), containers(new, DEBUG))
}

const DEBUG: &str = "ephemeralContainers";

fn containers<'a>(pod: &'a Value, list: &str) -> &'a [Value] {
    pod.get("spec")
        .and_then(|spec| spec.get(list))
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn list_changed(old: &[Value], new: &[Value]) -> bool {
    old.len() != new.len()
        || old
            .iter()
            .zip(new)
            .any(|(old, new)| image_changed(old, new))
}

/// Debug containers are matched by name and can only be added.
fn debug_changed(old: &[Value], new: &[Value]) -> bool {
    new.iter().any(|container| {
        old.iter()
            .find(|before| text(before, "name") == text(container, "name"))
            .is_none_or(|before| image_changed(before, container))
    })
}

fn image_changed(old: &Value, new: &Value) -> bool {
    text(old, "image") != text(new, "image")
}

fn text<'a>(container: &'a Value, key: &str) -> &'a str {
    container
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn images_counts_and_debug_containers_matter_and_nothing_else_does() {
        let old = json!({"metadata": {"labels": {"a": "1"}}, "spec": {"containers": [{"name": "a", "image": "x:1"}]}});
        let mut new = old.clone();
        new["metadata"]["labels"]["a"] = json!("2");
        new["spec"]["tolerations"] = json!([{"operator": "Exists"}]);
        assert!(!significant_update(&old, &new));
        new["spec"]["containers"][0]["image"] = json!("x:2");
        assert!(significant_update(&old, &new));

        let mut init = old.clone();
        init["spec"]["initContainers"] = json!([{"name": "i", "image": "x:1"}]);
        assert!(significant_update(&old, &init));

        let mut debug = old.clone();
        debug["spec"]["ephemeralContainers"] = json!([{"name": "d", "image": "x:1"}]);
        assert!(significant_update(&old, &debug));
        assert!(!significant_update(&debug, &old));
        let mut other = debug.clone();
        other["spec"]["ephemeralContainers"][0]["image"] = json!("x:3");
        assert!(significant_update(&debug, &other));
    }

    #[test]
    fn unknown_pod_subresources_are_evaluated() {
        assert!(evaluated_subresource("Pod", "ephemeralcontainers"));
        assert!(evaluated_subresource("Pod", "something-new"));
        assert!(!evaluated_subresource("Pod", "exec"));
        assert!(evaluated_subresource("Deployment", ""));
        assert!(!evaluated_subresource("Deployment", "scale"));
    }
}
