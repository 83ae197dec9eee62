use sekisho_text::Route;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::setters;

const FIELD: &str = "securityContext.windowsOptions.hostProcess";

/// `check_windowsHostProcess.go`.
pub(in super::super) fn judge(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let of_pod = pod.security.host_process;
    let (names, containers_at): (Vec<_>, Vec<_>) = pod
        .containers
        .iter()
        .filter(|container| container.security.host_process)
        .map(|container| (container.name, container.at(FIELD)))
        .unzip();
    let who = setters(of_pod, &names)?;
    let pod_at = of_pod.then(|| Route::of("spec").at(FIELD));
    Some(Finding {
        reason: "hostProcess".into(),
        detail: format!("{who} must not set securityContext.windowsOptions.hostProcess=true"),
        routes: pod_at.into_iter().chain(containers_at).collect(),
    })
}
