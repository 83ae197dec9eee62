use std::collections::BTreeSet;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{containers, quoted_set};

/// `check_procMount_baseline.go`: since 1.35 anything goes inside of a user namespace.
pub(in super::super) fn judge_baseline(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    if minor >= 35 && pod.in_user_namespace() {
        return None;
    }
    judge(pod)
}

/// `check_procMount_restricted.go`: keeps the rule of before 1.35.
pub(in super::super) fn judge_restricted(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    judge(pod)
}

fn judge(pod: &Pod<'_>) -> Option<Finding> {
    let mut names = Vec::new();
    let mut types = BTreeSet::new();
    let mut routes = Vec::new();
    for container in &pod.containers {
        let asked = container.security.proc_mount;
        let Some(kind) = asked.filter(|kind| *kind != "Default") else {
            continue;
        };
        names.push(container.name);
        types.insert(kind);
        routes.push(container.at("securityContext.procMount"));
    }
    if names.is_empty() {
        return None;
    }
    Some(Finding {
        reason: "procMount".into(),
        detail: format!(
            "{} must not set securityContext.procMount to {}",
            containers(&names),
            quoted_set(&types)
        ),
        routes,
    })
}
