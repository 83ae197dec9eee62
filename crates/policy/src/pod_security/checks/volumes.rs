use std::collections::BTreeSet;

use sekisho_text::Route;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{plural, quoted, quoted_set};

/// `check_hostPathVolumes.go`.
pub(in super::super) fn judge_baseline(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let mut names = Vec::new();
    let mut routes = Vec::new();
    for (index, volume) in pod.volumes.iter().enumerate() {
        if volume.is_host_path() {
            names.push(volume.name);
            routes.push(Route::of("spec.volumes").index(index).key("hostPath"));
        }
    }
    if names.is_empty() {
        return None;
    }
    let noun = plural("volume", "volumes", names.len());
    Some(Finding {
        reason: "hostPath volumes".into(),
        detail: format!("{noun} {}", quoted(names)),
        routes,
    })
}

/// `check_restrictedVolumes.go`.
pub(in super::super) fn judge_restricted(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let mut names = Vec::new();
    let mut types = BTreeSet::new();
    let mut routes = Vec::new();
    for (index, volume) in pod.volumes.iter().enumerate() {
        let Some((kind, key)) = volume.restricted_type().zip(volume.source) else {
            continue;
        };
        names.push(volume.name);
        types.insert(kind);
        routes.push(Route::of("spec.volumes").index(index).key(key.to_owned()));
    }
    if names.is_empty() {
        return None;
    }
    let count = names.len();
    Some(Finding {
        reason: "restricted volume types".into(),
        detail: format!(
            "{} {} {} {} {}",
            plural("volume", "volumes", count),
            quoted(names),
            plural("uses", "use", count),
            plural(
                "restricted volume type",
                "restricted volume types",
                types.len()
            ),
            quoted_set(&types)
        ),
        routes,
    })
}
