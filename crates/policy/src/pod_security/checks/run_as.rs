use sekisho_text::Route;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{containers, setters};

/// `check_runAsNonRoot.go`: since 1.35 not inside of a user namespace. A `false` anywhere is told before what is missing.
pub(in super::super) fn judge_non_root(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    const FIELD: &str = "securityContext.runAsNonRoot";
    if minor >= 35 && pod.in_user_namespace() {
        return None;
    }
    let of_pod = pod.security.run_as_non_root;
    let mut refusing = Vec::new();
    let mut silent = Vec::new();
    for container in &pod.containers {
        match container.security.run_as_non_root {
            Some(true) => {}
            Some(false) => refusing.push((container.name, container.at(FIELD))),
            None if of_pod == Some(true) => {}
            None => silent.push((container.name, container.at(FIELD))),
        }
    }
    let (names, containers_at): (Vec<_>, Vec<_>) = refusing.into_iter().unzip();
    let reason = "runAsNonRoot != true".into();
    if let Some(who) = setters(of_pod == Some(false), &names) {
        let pod_at = (of_pod == Some(false)).then(|| Route::of("spec").at(FIELD));
        return Some(Finding {
            reason,
            detail: format!("{who} must not set securityContext.runAsNonRoot=false"),
            routes: pod_at.into_iter().chain(containers_at).collect(),
        });
    }
    let (names, routes): (Vec<_>, Vec<_>) = silent.into_iter().unzip();
    if names.is_empty() {
        return None;
    }
    Some(Finding {
        reason,
        detail: format!(
            "pod or {} must set securityContext.runAsNonRoot=true",
            containers(&names)
        ),
        routes,
    })
}

/// `check_runAsUser.go`: since 1.35 not inside of a user namespace.
pub(in super::super) fn judge_user(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    const FIELD: &str = "securityContext.runAsUser";
    if minor >= 35 && pod.in_user_namespace() {
        return None;
    }
    let of_pod = pod.security.run_as_user == Some(0);
    let (names, containers_at): (Vec<_>, Vec<_>) = pod
        .containers
        .iter()
        .filter(|container| container.security.run_as_user == Some(0))
        .map(|container| (container.name, container.at(FIELD)))
        .unzip();
    let who = setters(of_pod, &names)?;
    let pod_at = of_pod.then(|| Route::of("spec").at(FIELD));
    Some(Finding {
        reason: "runAsUser=0".into(),
        detail: format!("{who} must not set runAsUser=0"),
        routes: pod_at.into_iter().chain(containers_at).collect(),
    })
}
