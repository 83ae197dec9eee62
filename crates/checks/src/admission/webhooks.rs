//! Which admission webhooks guard the cluster, and which only complete or proof-read objects.

use sekisho_model::{Fields, Object};
use sekisho_text::Route;
use serde_json::Value;

/// One webhook that stands between a request and what runs.
#[derive(Debug, Clone)]
pub(crate) struct Webhook<'a> {
    /// Its place in the configuration.
    pub(crate) route: Route,
    /// Its fields.
    pub(crate) value: &'a Value,
    /// Its name.
    pub(crate) name: &'a str,
}

impl Webhook<'_> {
    /// The namespace of the service that answers it; its own pods must not depend on it.
    pub(crate) fn home(&self) -> Option<&str> {
        self.value.text("clientConfig.service.namespace")
    }

    /// True when an outage of the webhook admits everything.
    pub(crate) fn fails_open(&self) -> bool {
        self.value.text("failurePolicy") == Some("Ignore")
    }
}

/// The webhooks of a configuration that guard. A validating one does when it sees workloads, namespaces, secrets, volumes or
/// rights; one for custom resources alone proof-reads its own objects. A mutating one completes pods (sidecars,
/// credentials) unless it belongs to a policy engine: a pod that it missed has less, not more.
pub(crate) fn guards(configuration: &Object) -> Vec<Webhook<'_>> {
    let is_mutating = configuration.kind == "MutatingWebhookConfiguration";
    let base = Route::of("webhooks");
    let webhooks = configuration.value.items("webhooks").iter().enumerate();
    webhooks
        .map(|(index, value)| Webhook {
            route: base.index(index),
            value,
            name: value.text("name").unwrap_or(""),
        })
        .filter(|webhook| {
            let sees = webhook.value.items("rules").iter().any(sees_what_runs);
            let is_of_eks = OF_EKS.contains(&webhook.name);
            sees && !is_of_eks && (!is_mutating || is_engine(&configuration.name, webhook))
        })
        .collect()
}

/// EKS runs these in its control plane; they look after an annotation for pod network interfaces.
const OF_EKS: &[&str] = &["vpod.vpc.k8s.aws", "vnode.vpc.k8s.aws"];

const ENGINES: &[&str] = &[
    "kyverno",
    "gatekeeper",
    "kubewarden",
    "sigstore",
    "cosign",
    "connaisseur",
    "ratify",
    "policy",
];

/// True when names tell that a policy engine stands behind a webhook.
pub(crate) fn is_engine(configuration: &str, webhook: &Webhook<'_>) -> bool {
    let service = webhook
        .value
        .text("clientConfig.service.name")
        .unwrap_or("");
    let names = [
        configuration,
        webhook.name,
        service,
        webhook.home().unwrap_or(""),
    ];
    ENGINES
        .iter()
        .any(|engine| names.iter().any(|name| name.contains(engine)))
}

const WATCHED: &[&str] = &[
    "*",
    "*/*",
    "pods",
    "pods/*",
    "pods/ephemeralcontainers",
    "podtemplates",
    "replicationcontrollers",
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
    "namespaces",
    "secrets",
    "serviceaccounts",
    "persistentvolumes",
    "nodes",
    "roles",
    "rolebindings",
    "clusterroles",
    "clusterrolebindings",
];

fn sees_what_runs(rule: &Value) -> bool {
    let has = |field, wanted: &dyn Fn(&str) -> bool| {
        rule.items(field)
            .iter()
            .filter_map(Value::as_str)
            .any(wanted)
    };
    // Groups of custom resources have a dot, and those of Kubernetes that have one end with `.k8s.io`.
    let is_builtin = |group: &str| !group.contains('.') || group == "rbac.authorization.k8s.io";
    has("apiGroups", &is_builtin) && has("resources", &|resource| WATCHED.contains(&resource))
}
