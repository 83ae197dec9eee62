//! Custom resources whose controllers make pods: where one is, a selector may match what no file shows.

use sekisho_model::{Estate, Object};

/// Something in the namespace whose controller makes pods that no file shows.
pub(crate) fn pod_maker<'a>(estate: &'a Estate, beside: &Object) -> Option<&'a Object> {
    estate.objects().iter().find(|object| {
        object.namespace == beside.namespace
            && object.place == beside.place
            && makes_pods(object.group(), &object.kind)
    })
}

/// Custom resources make pods unless they are known not to. Gateways do: Istio runs a proxy for each.
fn makes_pods(group: &str, kind: &str) -> bool {
    let is_builtin = !group.contains('.') || group.ends_with(".k8s.io");
    let is_quiet = [
        "istio.io",
        "external-secrets.io",
        "gatekeeper.sh",
        "kyverno.io",
        "cert-manager.io",
        "k8s.aws",
        "karpenter.sh",
        "amazonaws.com",
        "cilium.io",
        "projectcalico.org",
        "x-k8s.io",
    ]
    .iter()
    .any(|quiet| group == *quiet || group.ends_with(&format!(".{quiet}")));
    match (group, kind) {
        ("gateway.networking.k8s.io", "Gateway") => true,
        ("monitoring.coreos.com", kind) => {
            matches!(
                kind,
                "Prometheus" | "PrometheusAgent" | "Alertmanager" | "ThanosRuler"
            )
        }
        ("argoproj.io", kind) => !matches!(kind, "Application" | "ApplicationSet" | "AppProject"),
        _ => !is_builtin && !is_quiet,
    }
}
