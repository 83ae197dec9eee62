use super::kind::PowerKind as P;
use super::pattern::{Pattern, Reach};

const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];
const WRITE_OR_DELETE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
const DELETE: &[&str] = &["delete", "deletecollection"];
const READ: &[&str] = &["get", "list", "watch"];
const CONNECT: &[&str] = &["create", "get"];
/// One verb per HTTP method that a proxy passes on.
const PROXY: &[&str] = &["get", "create", "update", "patch", "delete"];

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const AUTHENTICATION: &str = "authentication.k8s.io";
const ISTIO_SECURITY: &str = "security.istio.io";
const ISTIO_NETWORKING: &str = "networking.istio.io";

const COREDNS: Reach = Reach::Only {
    namespace: "kube-system",
    name: "coredns",
};
const AWS_AUTH: Reach = Reach::Only {
    namespace: "kube-system",
    name: "aws-auth",
};

const fn inside(
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
) -> Pattern {
    with(verbs, group, resource, Reach::Namespaced)
}

const fn outside(
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
) -> Pattern {
    with(verbs, group, resource, Reach::Cluster)
}

const fn with(
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
    reach: Reach,
) -> Pattern {
    Pattern {
        verbs,
        group,
        resource,
        reach,
    }
}

/// Powers that one right gives.
pub(super) const SINGLE: &[(P, &[Pattern])] = &[
    (P::GetSecrets, &[inside(&["get"], "", "secrets")]),
    (P::ListSecrets, &[inside(&["list", "watch"], "", "secrets")]),
    (P::CreatePods, &[inside(&["create"], "", "pods")]),
    (P::ChangePods, &[inside(CHANGE, "", "pods")]),
    (
        P::CreateWorkloads,
        &[
            inside(WRITE, "apps", "deployments"),
            inside(WRITE, "apps", "daemonsets"),
            inside(WRITE, "apps", "statefulsets"),
            inside(WRITE, "apps", "replicasets"),
            inside(WRITE, "", "replicationcontrollers"),
            inside(WRITE, "batch", "jobs"),
            inside(WRITE, "batch", "cronjobs"),
        ],
    ),
    (P::Exec, &[inside(CONNECT, "", "pods/exec")]),
    (P::Attach, &[inside(CONNECT, "", "pods/attach")]),
    (P::PortForward, &[inside(CONNECT, "", "pods/portforward")]),
    (
        P::ProxyWorkloads,
        &[
            inside(PROXY, "", "pods/proxy"),
            inside(PROXY, "", "services/proxy"),
        ],
    ),
    (
        P::EphemeralContainers,
        &[inside(CHANGE, "", "pods/ephemeralcontainers")],
    ),
    (
        P::Impersonate,
        &[
            outside(&["impersonate"], "", "users"),
            outside(&["impersonate"], "", "groups"),
            inside(&["impersonate"], "", "serviceaccounts"),
            outside(&["impersonate"], AUTHENTICATION, "uids"),
            outside(&["impersonate"], AUTHENTICATION, "userextras/*"),
        ],
    ),
    (
        P::WriteBindings,
        &[
            inside(WRITE, RBAC, "rolebindings"),
            outside(WRITE, RBAC, "clusterrolebindings"),
        ],
    ),
    (
        P::RoleEdit,
        &[
            inside(WRITE, RBAC, "roles"),
            outside(WRITE, RBAC, "clusterroles"),
        ],
    ),
    (P::NodesProxy, &[outside(PROXY, "", "nodes/proxy")]),
    (
        P::CreateToken,
        &[inside(&["create"], "", "serviceaccounts/token")],
    ),
    (
        P::WebhookConfigurations,
        &[
            outside(WRITE_OR_DELETE, ADMISSION, "mutatingwebhookconfigurations"),
            outside(
                WRITE_OR_DELETE,
                ADMISSION,
                "validatingwebhookconfigurations",
            ),
        ],
    ),
    (
        P::AdmissionPolicies,
        &[
            outside(WRITE_OR_DELETE, ADMISSION, "validatingadmissionpolicies"),
            outside(
                WRITE_OR_DELETE,
                ADMISSION,
                "validatingadmissionpolicybindings",
            ),
            outside(WRITE_OR_DELETE, ADMISSION, "mutatingadmissionpolicies"),
            outside(
                WRITE_OR_DELETE,
                ADMISSION,
                "mutatingadmissionpolicybindings",
            ),
            outside(
                WRITE_OR_DELETE,
                "templates.gatekeeper.sh",
                "constrainttemplates",
            ),
            outside(WRITE_OR_DELETE, "constraints.gatekeeper.sh", "*"),
            outside(WRITE_OR_DELETE, "mutations.gatekeeper.sh", "*"),
            inside(WRITE_OR_DELETE, "config.gatekeeper.sh", "configs"),
            outside(WRITE_OR_DELETE, "kyverno.io", "clusterpolicies"),
            inside(WRITE_OR_DELETE, "kyverno.io", "policies"),
            inside(WRITE_OR_DELETE, "kyverno.io", "policyexceptions"),
            inside(WRITE_OR_DELETE, "policies.kyverno.io", "*"),
        ],
    ),
    (
        P::PersistentVolumes,
        &[outside(&["create"], "", "persistentvolumes")],
    ),
    (
        P::NodeWrite,
        &[
            outside(CHANGE, "", "nodes"),
            outside(CHANGE, "", "nodes/status"),
        ],
    ),
    (P::NamespaceLabels, &[inside(CHANGE, "", "namespaces")]),
    (P::CoreDnsEdit, &[with(CHANGE, "", "configmaps", COREDNS)]),
    (P::AwsAuthEdit, &[with(WRITE, "", "configmaps", AWS_AUTH)]),
    (
        P::NetworkPolicyWrite,
        &[
            inside(WRITE_OR_DELETE, "networking.k8s.io", "networkpolicies"),
            outside(
                WRITE_OR_DELETE,
                "policy.networking.k8s.io",
                "clusternetworkpolicies",
            ),
            outside(
                WRITE_OR_DELETE,
                "policy.networking.k8s.io",
                "adminnetworkpolicies",
            ),
            outside(
                WRITE_OR_DELETE,
                "policy.networking.k8s.io",
                "baselineadminnetworkpolicies",
            ),
            inside(
                WRITE_OR_DELETE,
                "networking.k8s.aws",
                "applicationnetworkpolicies",
            ),
            outside(
                WRITE_OR_DELETE,
                "networking.k8s.aws",
                "clusternetworkpolicies",
            ),
        ],
    ),
    (
        P::MeshPolicyWrite,
        &[
            inside(WRITE_OR_DELETE, ISTIO_SECURITY, "authorizationpolicies"),
            inside(WRITE_OR_DELETE, ISTIO_SECURITY, "peerauthentications"),
            inside(WRITE_OR_DELETE, ISTIO_SECURITY, "requestauthentications"),
            inside(WRITE_OR_DELETE, ISTIO_NETWORKING, "destinationrules"),
        ],
    ),
    (
        P::ServiceAccountWrite,
        &[inside(WRITE, "", "serviceaccounts")],
    ),
    (
        P::DeleteEvents,
        &[
            inside(DELETE, "", "events"),
            inside(DELETE, "events.k8s.io", "events"),
        ],
    ),
    (
        P::DeleteData,
        &[
            inside(DELETE, "", "persistentvolumeclaims"),
            outside(DELETE, "", "persistentvolumes"),
            inside(DELETE, "", "secrets"),
            // Namespaces have no deletecollection.
            inside(&["delete"], "", "namespaces"),
        ],
    ),
    (P::ReadLogs, &[inside(&["get"], "", "pods/log")]),
    (P::ReadConfigMaps, &[inside(READ, "", "configmaps")]),
    (
        P::StopPods,
        &[
            inside(DELETE, "", "pods"),
            inside(&["create"], "", "pods/eviction"),
        ],
    ),
];

/// A power that takes two rights in the same place.
#[derive(Debug)]
pub(super) struct Joint {
    pub(super) kind: P,
    /// The verb that lifts a check.
    pub(super) key: &'static [Pattern],
    /// The writing that the check guards.
    pub(super) deed: &'static [Pattern],
    /// Both are asked about the same object, so their names must meet.
    pub(super) same_object: bool,
}

/// Powers that need two rights: `bind` is asked about the role and the deed about the binding, `approve` about the signer.
pub(super) const JOINT: &[Joint] = &[
    Joint {
        kind: P::Bind,
        key: &[
            inside(&["bind"], RBAC, "roles"),
            inside(&["bind"], RBAC, "clusterroles"),
        ],
        deed: &[inside(WRITE, RBAC, "rolebindings")],
        same_object: false,
    },
    Joint {
        kind: P::Bind,
        key: &[outside(&["bind"], RBAC, "clusterroles")],
        deed: &[outside(WRITE, RBAC, "clusterrolebindings")],
        same_object: false,
    },
    Joint {
        kind: P::Escalate,
        key: &[inside(&["escalate"], RBAC, "roles")],
        deed: &[inside(WRITE, RBAC, "roles")],
        same_object: true,
    },
    Joint {
        kind: P::Escalate,
        key: &[outside(&["escalate"], RBAC, "clusterroles")],
        deed: &[outside(WRITE, RBAC, "clusterroles")],
        same_object: true,
    },
    Joint {
        kind: P::ApproveCertificates,
        key: &[outside(&["approve"], CERTIFICATES, "signers")],
        deed: &[outside(
            CHANGE,
            CERTIFICATES,
            "certificatesigningrequests/approval",
        )],
        same_object: false,
    },
    Joint {
        kind: P::SignCertificates,
        key: &[outside(&["sign"], CERTIFICATES, "signers")],
        deed: &[outside(
            CHANGE,
            CERTIFICATES,
            "certificatesigningrequests/status",
        )],
        same_object: false,
    },
];
