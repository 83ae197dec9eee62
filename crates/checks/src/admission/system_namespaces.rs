//! Namespaces that a policy may leave out without leaving workloads unguarded.

use crate::Context;

/// Kubernetes' own namespaces, and those that the threat model excepts as a whole.
pub(crate) fn is_system(cx: &Context<'_>, name: &str) -> bool {
    matches!(name, "kube-system" | "kube-public" | "kube-node-lease")
        || cx.threat_model.platform().iter().any(|exception| {
            exception.matches.kind == "Namespace" && exception.matches.name == name
        })
}
