use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::containers;

/// `check_allowPrivilegeEscalation.go`: since 1.25 not on Windows.
pub(in super::super) fn judge(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    if minor >= 25 && pod.windows {
        return None;
    }
    let (names, routes): (Vec<_>, Vec<_>) = pod
        .containers
        .iter()
        .filter(|container| container.security.allow_privilege_escalation != Some(false))
        .map(|container| {
            let route = container.at("securityContext.allowPrivilegeEscalation");
            (container.name, route)
        })
        .unzip();
    if names.is_empty() {
        return None;
    }
    Some(Finding {
        reason: "allowPrivilegeEscalation != false".into(),
        detail: format!(
            "{} must set securityContext.allowPrivilegeEscalation=false",
            containers(&names)
        ),
        routes,
    })
}
