//! The old annotations for AppArmor profiles, which the server turns into fields.
//!
//! Upstream: `applyAppArmorVersionSkew` in `pkg/registry/core/pod/strategy.go`. Only pods are changed; templates are when
//! their pods are made.

use serde_json::{Value, json};

use crate::access::{Object, Read, Write};

/// The annotation of a container is this and the container's name.
pub(crate) const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Sets the profile of each container that has an annotation and no field.
pub(crate) fn from_annotations(pod: &mut Object) {
    let annotations = pod.object("metadata").object("annotations").clone();
    let Some(spec) = pod.pointer_mut("spec") else {
        return;
    };
    if spec.object("os").text("name") == "windows" {
        return;
    }
    let of_pod = spec
        .object("securityContext")
        .get("appArmorProfile")
        .cloned();
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        for container in spec.objects_mut(list) {
            let key = format!("{PREFIX}{}", container.text("name"));
            let profile = annotations
                .get(&key)
                .and_then(Value::as_str)
                .and_then(profile);
            if let Some(profile) = profile.filter(|profile| Some(profile) != of_pod.as_ref())
                && !container.object("securityContext").has("appArmorProfile")
            {
                container
                    .object_mut("securityContext")
                    .insert("appArmorProfile".to_owned(), profile);
            }
        }
    }
}

/// The field that an annotation stands for.
fn profile(annotation: &str) -> Option<Value> {
    match annotation {
        "unconfined" => Some(json!({"type": "Unconfined"})),
        "runtime/default" => Some(json!({"type": "RuntimeDefault"})),
        other => {
            let name = other
                .strip_prefix("localhost/")
                .filter(|name| !name.is_empty() && name.trim() == *name)?;
            Some(json!({"type": "Localhost", "localhostProfile": name}))
        }
    }
}
