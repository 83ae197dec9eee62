use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::containers;

/// `check_privileged.go`.
pub(in super::super) fn judge(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let (names, routes): (Vec<_>, Vec<_>) = pod
        .containers
        .iter()
        .filter(|container| container.security.privileged == Some(true))
        .map(|container| (container.name, container.at("securityContext.privileged")))
        .unzip();
    if names.is_empty() {
        return None;
    }
    Some(Finding {
        reason: "privileged".into(),
        detail: format!(
            "{} must not set securityContext.privileged=true",
            containers(&names)
        ),
        routes,
    })
}
