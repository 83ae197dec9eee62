use sekisho_text::Route;

use super::super::pod::Pod;
use super::super::registry::Finding;

/// `check_hostNamespaces.go`.
pub(in super::super) fn judge(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let shared = &pod.host_namespaces;
    if shared.is_empty() {
        return None;
    }
    let said: Vec<String> = shared.iter().map(|field| format!("{field}=true")).collect();
    Some(Finding {
        reason: "host namespaces".into(),
        detail: said.join(", "),
        routes: shared
            .iter()
            .map(|field| Route::of("spec").key(*field))
            .collect(),
    })
}
