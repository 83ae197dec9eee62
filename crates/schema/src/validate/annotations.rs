//! Annotations that mean something to pods. Upstream: `ValidatePodSpecificAnnotations` in `core/validation`.

use super::findings::{Findings, Path};
use super::volume;
use crate::access::{Object, Read};
use crate::armor;

const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// `path` is the place upstream names: that of the annotations, or one level too high for templates.
pub(super) fn pod(meta: &Object, spec: &Object, path: &Path, found: &mut Findings) {
    let annotations = meta.object("annotations");
    let cost = "controller.kubernetes.io/pod-deletion-cost";
    let number = annotations.text(cost);
    let canonical = number
        .parse::<i32>()
        .is_ok_and(|cost| cost.to_string() == number);
    if annotations.contains_key(cost) && !canonical {
        found.invalid(&path.key(cost), number, "must be a 32bit integer");
    }
    for (key, value) in annotations {
        if key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER) {
            seccomp(value.as_str().unwrap_or_default(), &path.named(key), found);
        }
    }
    for (key, value) in annotations {
        let Some(name) = key.strip_prefix(armor::PREFIX) else {
            continue;
        };
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let known = lists
            .iter()
            .any(|list| spec.objects(list).any(|(_, one)| one.text("name") == name));
        if !known {
            found.invalid(&path.key(key), name, "container not found");
        }
        let value = value.as_str().unwrap_or_default();
        if !matches!(value, "" | "runtime/default" | "unconfined")
            && !value.starts_with("localhost/")
        {
            let detail = format!("invalid AppArmor profile name: {value:?}");
            found.invalid(&path.key(key), value, &detail);
        }
    }
}

fn seccomp(profile: &str, path: &Path, found: &mut Findings) {
    if matches!(profile, "runtime/default" | "docker/default" | "unconfined") {
        return;
    }
    match profile.strip_prefix("localhost/") {
        Some(file) => volume::descending(file, path, found),
        None => found.invalid(path, profile, "must be a valid seccomp profile"),
    }
}
