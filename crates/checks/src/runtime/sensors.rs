//! Programs that watch every process of a node, and what keeps them from a node.

use sekisho_model::{Fields, Pod};
use sekisho_text::Route;
use serde_json::Value;

/// Image names, in whole path segments, of what watches the system calls of a node.
const IMAGES: &[&str] = &[
    "falcosecurity/falco",
    "falcosecurity/falco-no-driver",
    "cilium/tetragon",
    "aquasec/tracee",
    "aquasecurity/tracee",
    "aws-guardduty-agent",
    "kubearmor/kubearmor",
    "sysdig/agent",
    "sysdig/agent-slim",
    "falcon-sensor/release/falcon-sensor",
    "falcon-sensor",
    "twistlock/defender",
    "neuvector/enforcer",
];

/// The sensor's image, when a pod runs one.
pub(crate) fn sensor<'a>(pod: &Pod<'a>) -> Option<&'a str> {
    let mut containers = pod.containers().iter();
    containers.find_map(|container| {
        let image = container.repository();
        let is_sensor = IMAGES.iter().any(|known| {
            image
                .strip_suffix(known)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        });
        (is_sensor && !idles(container.value)).then_some(image)
    })
}

/// The image of a sensor with a command that does nothing.
fn idles(container: &Value) -> bool {
    let command = container.items("command").iter();
    let mut words = command
        .chain(container.items("args"))
        .filter_map(Value::as_str)
        .flat_map(str::split_whitespace)
        .map(|word| word.rsplit_once('/').map_or(word, |(_, last)| last));
    !container.items("command").is_empty()
        && words.any(|word| matches!(word, "sleep" | "pause" | "tail"))
}

/// One thing that keeps a DaemonSet from some nodes.
#[derive(Debug, Clone)]
pub(crate) enum Gap {
    /// Nodes with a taint that no toleration covers.
    Taints,
    /// Only nodes with these labels.
    Labels(Vec<String>),
    /// Only nodes that an affinity selects.
    Affinity,
    /// One node.
    Node,
}

/// What keeps a pod from nodes; `spec` is its spec, wherever it stands.
pub(crate) fn gaps(spec: &Value) -> Vec<(Route, Gap)> {
    let mut found = Vec::new();
    if !tolerates_all(spec.items("tolerations")) {
        found.push((Route::of("tolerations"), Gap::Taints));
    }
    let labels = spec.entries("nodeSelector").into_iter().flatten();
    let labels: Vec<String> = labels
        .filter(|(key, value)| !is_every_node(key, "In", &[(*value).clone()]))
        .map(|(key, _)| key.clone())
        .collect();
    if !labels.is_empty() {
        found.push((Route::of("nodeSelector"), Gap::Labels(labels)));
    }
    let field = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    let terms = spec
        .at(field)
        .map_or(&[][..], |required| required.items("nodeSelectorTerms"));
    if !terms.is_empty() && !terms.iter().any(selects_every_node) {
        let route =
            Route::of("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
        found.push((route, Gap::Affinity));
    }
    if spec.text("nodeName").is_some_and(|name| !name.is_empty()) {
        found.push((Route::of("nodeName"), Gap::Node));
    }
    found
}

/// An empty key with `Exists` tolerates every taint of its effect; no effect is every effect. `PreferNoSchedule` keeps
/// nobody away.
fn tolerates_all(tolerations: &[Value]) -> bool {
    let of = |effect: &str| {
        tolerations.iter().any(|toleration| {
            let field = |name| toleration.text(name).unwrap_or("");
            field("operator") == "Exists"
                && field("key").is_empty()
                && (field("effect").is_empty() || field("effect") == effect)
                && toleration
                    .key("tolerationSeconds")
                    .is_none_or(Value::is_null)
        })
    };
    of("NoSchedule") && of("NoExecute")
}

/// Terms are alternatives; the requirements of one must all hold for every Linux node that can run a DaemonSet.
fn selects_every_node(term: &Value) -> bool {
    let expressions = term.items("matchExpressions");
    term.items("matchFields").is_empty()
        && !expressions.is_empty()
        && expressions.iter().all(|item| {
            is_every_node(
                item.text("key").unwrap_or(""),
                item.text("operator").unwrap_or(""),
                item.items("values"),
            )
        })
}

fn is_every_node(key: &str, operator: &str, values: &[Value]) -> bool {
    let has = |value: &str| values.iter().any(|own| own == value);
    match (key, operator) {
        (_, "Exists") => matches!(
            key,
            "kubernetes.io/os" | "kubernetes.io/arch" | "kubernetes.io/hostname"
        ),
        ("kubernetes.io/os" | "beta.kubernetes.io/os", "In") => has("linux"),
        ("kubernetes.io/os" | "beta.kubernetes.io/os", "NotIn") => !has("linux"),
        ("kubernetes.io/arch" | "beta.kubernetes.io/arch", "In") => has("amd64") && has("arm64"),
        // No DaemonSet runs on Fargate or on a virtual kubelet, and the agent of GuardDuty is shipped without hybrid nodes.
        ("eks.amazonaws.com/compute-type", "NotIn") => {
            values.iter().all(|own| own == "fargate" || own == "hybrid")
        }
        ("type", "NotIn") => values.iter().all(|own| own == "virtual-kubelet"),
        _ => false,
    }
}
