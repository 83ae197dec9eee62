//! What `*` stands for in the rules of built-in API groups, so that it can be written out.

/// Every verb that the API server knows for objects; `bind`, `escalate`, `impersonate` and the like are not among them.
pub(super) const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
];

/// Resources of the core group, for finding the group of a resource; `*` in this group is never written out, since that
/// would name secrets and pods/exec as if somebody had meant them.
const CORE: &[&str] = &[
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "nodes/metrics",
    "nodes/proxy",
    "nodes/stats",
    "nodes/status",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "pods/attach",
    "pods/ephemeralcontainers",
    "pods/eviction",
    "pods/exec",
    "pods/log",
    "pods/portforward",
    "pods/proxy",
    "pods/status",
    "podtemplates",
    "replicationcontrollers",
    "replicationcontrollers/scale",
    "resourcequotas",
    "secrets",
    "serviceaccounts",
    "serviceaccounts/token",
    "services",
    "services/proxy",
    "services/status",
];

/// The groups whose `*` is a short and harmless list.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "daemonsets/status",
            "deployments",
            "deployments/scale",
            "deployments/status",
            "replicasets",
            "replicasets/scale",
            "replicasets/status",
            "statefulsets",
            "statefulsets/scale",
            "statefulsets/status",
        ],
    ),
    (
        "autoscaling",
        &[
            "horizontalpodautoscalers",
            "horizontalpodautoscalers/status",
        ],
    ),
    (
        "batch",
        &["cronjobs", "cronjobs/status", "jobs", "jobs/status"],
    ),
    ("coordination.k8s.io", &["leases"]),
    ("discovery.k8s.io", &["endpointslices"]),
    (
        "networking.k8s.io",
        &[
            "ingressclasses",
            "ingresses",
            "ingresses/status",
            "ipaddresses",
            "networkpolicies",
            "servicecidrs",
            "servicecidrs/status",
        ],
    ),
    (
        "policy",
        &["poddisruptionbudgets", "poddisruptionbudgets/status"],
    ),
];

/// All resources of a group, when they are worth writing out.
pub(super) fn resources_of(group: &str) -> Option<&'static [&'static str]> {
    GROUPS
        .iter()
        .find(|(name, _)| *name == group)
        .map(|(_, resources)| *resources)
}

/// The built-in groups that have a resource of this name; none when it is not known.
pub(super) fn groups_of(resource: &str) -> Vec<&'static str> {
    // Events live in both groups, and each admits the other's objects.
    if resource == "events" {
        return vec!["", "events.k8s.io"];
    }
    let core = CORE.contains(&resource).then_some("");
    let others = GROUPS
        .iter()
        .filter(|(_, resources)| resources.contains(&resource))
        .map(|(group, _)| *group);
    core.into_iter().chain(others).collect()
}
