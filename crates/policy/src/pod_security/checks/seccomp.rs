use std::collections::{BTreeMap, BTreeSet};

use sekisho_text::Route;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{annotation, containers, plural, quoted_set, setters};

const POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
const CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";
const FIELD: &str = "securityContext.seccompProfile.type";

/// `check_seccompProfile_baseline.go`: annotations before 1.19, fields since.
pub(in super::super) fn judge_baseline(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    if minor < 19 {
        judge_annotations(pod)
    } else {
        judge_set(pod)
    }
}

/// `check_seccompProfile_restricted.go`: since 1.25 not on Windows. A bad profile anywhere is told before what is missing.
pub(in super::super) fn judge_restricted(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    if minor >= 25 && pod.windows {
        return None;
    }
    if let Some(finding) = judge_set(pod) {
        return Some(finding);
    }
    if pod.security.seccomp.is_some() {
        return None;
    }
    let (names, routes): (Vec<_>, Vec<_>) = pod
        .containers
        .iter()
        .filter(|container| container.security.seccomp.is_none())
        .map(|container| (container.name, container.at(FIELD)))
        .unzip();
    if names.is_empty() {
        return None;
    }
    Some(Finding {
        reason: "seccompProfile".into(),
        detail: format!(
            "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
            containers(&names)
        ),
        routes,
    })
}

fn is_allowed(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

fn judge_set(pod: &Pod<'_>) -> Option<Finding> {
    let mut kinds = BTreeSet::new();
    let mut routes = Vec::new();
    let of_pod = pod
        .security
        .seccomp
        .filter(|profile| !is_allowed(profile.kind));
    if let Some(profile) = of_pod {
        kinds.insert(profile.kind);
        routes.push(Route::of("spec").at(FIELD));
    }
    let mut names = Vec::new();
    for container in &pod.containers {
        let profile = container.security.seccomp;
        if let Some(profile) = profile.filter(|profile| !is_allowed(profile.kind)) {
            names.push(container.name);
            kinds.insert(profile.kind);
            routes.push(container.at(FIELD));
        }
    }
    let who = setters(of_pod.is_some(), &names)?;
    Some(Finding {
        reason: "seccompProfile".into(),
        detail: format!(
            "{who} must not set securityContext.seccompProfile.type to {}",
            quoted_set(&kinds)
        ),
        routes,
    })
}

fn judge_annotations(pod: &Pod<'_>) -> Option<Finding> {
    let keys = std::iter::once(POD_ANNOTATION.to_owned()).chain(
        pod.containers
            .iter()
            .map(|container| format!("{CONTAINER_ANNOTATION}{}", container.name)),
    );
    // By the whole text, as the server sorts and removes repetitions.
    let mut forbidden = BTreeMap::new();
    for key in keys {
        if let Some(value) = pod.annotations.get(key.as_str())
            && !is_allowed_annotation(value)
        {
            let route = Route::of("metadata.annotations").key(key.clone());
            forbidden.insert(annotation(&key, value), route);
        }
    }
    if forbidden.is_empty() {
        return None;
    }
    let noun = plural("annotation", "annotations", forbidden.len());
    let (said, routes): (Vec<_>, Vec<_>) = forbidden.into_iter().unzip();
    Some(Finding {
        reason: "seccompProfile".into(),
        detail: format!("forbidden {noun} {}", said.join(", ")),
        routes,
    })
}

fn is_allowed_annotation(value: &str) -> bool {
    matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/")
}
