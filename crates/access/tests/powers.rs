//! Powers, computed from rules as the server applies them.

#![cfg(test)]

use sekisho_access::powers::{Names, PowerKind, powers_of};
use sekisho_access::rbac::{Rbac, Scope, Subject};
use serde_json::{Value, json};

const V1: &str = "rbac.authorization.k8s.io/v1";

/// One subject, bound to the rules in the cluster or in a namespace.
fn objects(bound: &[(Option<&str>, Value)]) -> Vec<Value> {
    let mut objects = Vec::new();
    for (at, (namespace, rules)) in bound.iter().enumerate() {
        let name = format!("r{at}");
        objects.push(json!({"apiVersion": V1, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}));
        let kind = if namespace.is_some() {
            "RoleBinding"
        } else {
            "ClusterRoleBinding"
        };
        objects.push(json!({"apiVersion": V1, "kind": kind, "metadata": {"name": name, "namespace": namespace},
            "roleRef": {"kind": "ClusterRole", "name": name}, "subjects": [{"kind": "User", "name": "bob"}]}));
    }
    objects
}

/// `(kind, namespace or empty for the cluster, bounded)`, without the mark for stars.
fn powers(bound: &[(Option<&str>, Value)]) -> Vec<(PowerKind, String, bool)> {
    let objects = objects(bound);
    let rbac = Rbac::new(objects.iter().enumerate());
    powers_of(&rbac, &Subject::User("bob".into()))
        .iter()
        .filter(|power| power.kind != PowerKind::Wildcard)
        .map(|power| {
            let scope = match power.scope {
                Scope::Cluster => String::new(),
                Scope::Namespace(name) => name.to_owned(),
            };
            (power.kind, scope, power.is_bounded())
        })
        .collect()
}

fn kinds(bound: &[(Option<&str>, Value)]) -> Vec<PowerKind> {
    powers(bound).into_iter().map(|(kind, ..)| kind).collect()
}

fn rule(verbs: &[&str], group: &str, resources: &[&str]) -> Value {
    json!({"verbs": verbs, "apiGroups": [group], "resources": resources})
}

fn named(verbs: &[&str], group: &str, resources: &[&str], names: &[&str]) -> Value {
    json!({"verbs": verbs, "apiGroups": [group], "resources": resources, "resourceNames": names})
}

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

#[test]
fn each_single_right_gives_its_power() {
    use PowerKind as P;
    let rows: &[(P, Value)] = &[
        (P::GetSecrets, rule(&["get"], "", &["secrets"])),
        (P::ListSecrets, rule(&["watch"], "", &["secrets"])),
        (P::CreatePods, rule(&["create"], "", &["pods"])),
        (P::ChangePods, rule(&["patch"], "", &["pods"])),
        (
            P::CreateWorkloads,
            rule(&["update"], "batch", &["cronjobs"]),
        ),
        (
            P::CreateWorkloads,
            rule(&["create"], "", &["replicationcontrollers"]),
        ),
        (P::Exec, rule(&["get"], "", &["pods/exec"])),
        (P::Exec, rule(&["create"], "", &["*/exec"])),
        (P::Attach, rule(&["create"], "", &["pods/attach"])),
        (P::PortForward, rule(&["create"], "", &["pods/portforward"])),
        (P::ProxyWorkloads, rule(&["get"], "", &["services/proxy"])),
        (
            P::EphemeralContainers,
            rule(&["patch"], "", &["pods/ephemeralcontainers"]),
        ),
        (P::Impersonate, rule(&["impersonate"], "", &["groups"])),
        (
            P::Impersonate,
            rule(
                &["impersonate"],
                "authentication.k8s.io",
                &["userextras/scopes"],
            ),
        ),
        (
            P::WriteBindings,
            rule(&["create"], RBAC, &["clusterrolebindings"]),
        ),
        (P::RoleEdit, rule(&["patch"], RBAC, &["roles"])),
        (P::NodesProxy, rule(&["get"], "", &["nodes/proxy"])),
        (
            P::CreateToken,
            rule(&["create"], "", &["serviceaccounts/token"]),
        ),
        (
            P::WebhookConfigurations,
            rule(
                &["delete"],
                "admissionregistration.k8s.io",
                &["validatingwebhookconfigurations"],
            ),
        ),
        (
            P::AdmissionPolicies,
            rule(
                &["update"],
                "constraints.gatekeeper.sh",
                &["k8srequiredlabels"],
            ),
        ),
        (
            P::AdmissionPolicies,
            rule(&["create"], "kyverno.io", &["policyexceptions"]),
        ),
        (
            P::PersistentVolumes,
            rule(&["create"], "", &["persistentvolumes"]),
        ),
        (P::NodeWrite, rule(&["patch"], "", &["nodes/status"])),
        (P::NamespaceLabels, rule(&["patch"], "", &["namespaces"])),
        (
            P::NetworkPolicyWrite,
            rule(&["delete"], "networking.k8s.io", &["networkpolicies"]),
        ),
        (
            P::MeshPolicyWrite,
            rule(&["create"], "security.istio.io", &["peerauthentications"]),
        ),
        (
            P::ServiceAccountWrite,
            rule(&["patch"], "", &["serviceaccounts"]),
        ),
        (
            P::DeleteEvents,
            rule(&["deletecollection"], "events.k8s.io", &["events"]),
        ),
        (
            P::DeleteData,
            rule(&["delete"], "", &["persistentvolumeclaims"]),
        ),
        (P::ReadLogs, rule(&["get"], "", &["pods/log"])),
        (P::ReadConfigMaps, rule(&["watch"], "", &["configmaps"])),
        (P::StopPods, rule(&["create"], "", &["pods/eviction"])),
    ];
    for (kind, rule) in rows {
        assert_eq!(kinds(&[(None, json!([rule]))]), [*kind], "{rule}");
    }
}

#[test]
fn rules_that_only_look_dangerous_give_nothing() {
    for rule in [
        rule(&["GET", "List"], "", &["secrets"]),
        rule(&["create"], "", &["pods/*"]),
        rule(&["create"], "apps", &["pods"]),
        rule(&["get"], "", &["*/*"]),
        rule(&["get", "list", "watch"], "", &["pods", "nodes"]),
        rule(&["bind"], RBAC, &["clusterroles"]),
        rule(&["escalate"], RBAC, &["clusterroles"]),
        rule(&["approve"], CERTIFICATES, &["signers"]),
        rule(
            &["update"],
            CERTIFICATES,
            &["certificatesigningrequests/approval"],
        ),
        rule(&["impersonate"], "authentication.k8s.io", &["userextras"]),
        named(&["create"], "", &["pods"], &["one"]),
        named(&["deletecollection"], "", &["secrets"], &["one"]),
        json!({"verbs": [], "apiGroups": ["*"], "resources": ["*"]}),
        json!({"verbs": ["*"], "apiGroups": [], "resources": ["*"]}),
    ] {
        assert_eq!(kinds(&[(None, json!([rule]))]), [], "{rule}");
    }
}

#[test]
fn names_bound_a_power() {
    use PowerKind as P;
    let one = json!([named(&["get", "list"], "", &["secrets"], &["db"])]);
    assert_eq!(
        powers(&[(None, one)]),
        [
            (P::GetSecrets, String::new(), true),
            (P::ListSecrets, String::new(), true)
        ]
    );
    let unnamed = json!([named(&["list"], "", &["secrets"], &["db", ""])]);
    assert_eq!(
        powers(&[(None, unnamed)]),
        [(P::ListSecrets, String::new(), false)]
    );
}

#[test]
fn a_server_side_apply_creates_named_objects() {
    let both = json!([named(&["create", "patch"], "", &["pods"], &["one"])]);
    assert_eq!(
        kinds(&[(None, both)]),
        [PowerKind::CreatePods, PowerKind::ChangePods]
    );
}

#[test]
fn role_bindings_do_not_reach_outside_of_namespaces() {
    use PowerKind as P;
    let rules = json!([
        rule(&["get", "patch"], "", &["nodes/proxy", "nodes", "secrets"]),
        rule(&["create"], "", &["persistentvolumes"]),
        rule(&["impersonate"], "", &["users", "serviceaccounts"]),
        rule(&["create"], RBAC, &["clusterrolebindings"]),
        rule(&["update"], "admissionregistration.k8s.io", &["*"]),
    ]);
    let inside = powers(&[(Some("a"), rules.clone())]);
    assert_eq!(
        inside,
        [
            (P::GetSecrets, "a".to_owned(), false),
            (P::Impersonate, "a".to_owned(), false)
        ]
    );
    let outside = kinds(&[(None, rules)]);
    for kind in [
        P::NodesProxy,
        P::NodeWrite,
        P::PersistentVolumes,
        P::WriteBindings,
        P::WebhookConfigurations,
        P::AdmissionPolicies,
    ] {
        assert!(outside.contains(&kind), "{kind:?}");
    }
}

#[test]
fn a_role_binding_reaches_its_own_namespace_object() {
    let any = json!([rule(&["patch"], "", &["namespaces"])]);
    assert_eq!(
        powers(&[(Some("a"), any)]),
        [(PowerKind::NamespaceLabels, "a".to_owned(), false)]
    );
    let other = json!([named(&["patch"], "", &["namespaces"], &["b"])]);
    assert_eq!(kinds(&[(Some("a"), other)]), []);
}

#[test]
fn config_maps_of_the_system_are_known_by_name() {
    use PowerKind as P;
    let edit = |names: &[&str]| json!([named(&["update"], "", &["configmaps"], names)]);
    assert_eq!(
        kinds(&[(Some("kube-system"), edit(&["aws-auth"]))]),
        [P::AwsAuthEdit]
    );
    assert_eq!(kinds(&[(None, edit(&["coredns", "x"]))]), [P::CoreDnsEdit]);
    assert_eq!(kinds(&[(Some("a"), edit(&["aws-auth"]))]), []);
    let all = json!([rule(&["patch"], "", &["configmaps"])]);
    assert_eq!(
        kinds(&[(Some("kube-system"), all.clone())]),
        [P::CoreDnsEdit, P::AwsAuthEdit]
    );
    assert_eq!(kinds(&[(Some("a"), all)]), []);
}

#[test]
fn powers_of_two_rights_need_both_in_one_place() {
    use PowerKind as P;
    let bind = json!([rule(&["bind"], RBAC, &["clusterroles"])]);
    let write = json!([rule(&["create"], RBAC, &["rolebindings"])]);
    let at = |kind: P, place: &str| (kind, place.to_owned(), false);
    assert_eq!(
        powers(&[(Some("a"), bind.clone()), (Some("b"), write.clone())]),
        [at(P::WriteBindings, "b")]
    );
    assert_eq!(
        powers(&[(Some("a"), bind.clone()), (Some("a"), write.clone())]),
        [at(P::Bind, "a"), at(P::WriteBindings, "a")]
    );
    assert_eq!(
        powers(&[(None, bind.clone()), (Some("b"), write.clone())]),
        [at(P::Bind, "b"), at(P::WriteBindings, "b")]
    );
    assert_eq!(
        powers(&[(None, bind), (None, write)]),
        [at(P::Bind, ""), at(P::WriteBindings, "")]
    );
    let sign = json!([
        named(&["sign"], CERTIFICATES, &["signers"], &["example.com/*"]),
        rule(
            &["update"],
            CERTIFICATES,
            &["certificatesigningrequests/status"]
        )
    ]);
    assert_eq!(kinds(&[(None, sign)]), [P::SignCertificates]);
    let approve = json!([
        rule(&["approve"], CERTIFICATES, &["signers"]),
        rule(
            &["patch"],
            CERTIFICATES,
            &["certificatesigningrequests/approval"]
        )
    ]);
    assert_eq!(kinds(&[(None, approve)]), [P::ApproveCertificates]);
}

#[test]
fn escalation_needs_the_same_role() {
    use PowerKind as P;
    let rules = |write: Value| {
        json!([
            named(&["escalate"], RBAC, &["clusterroles"], &["one"]),
            write
        ])
    };
    let other = rules(named(&["update"], RBAC, &["clusterroles"], &["two"]));
    assert_eq!(kinds(&[(None, other)]), [P::RoleEdit]);
    let same = rules(named(&["update"], RBAC, &["clusterroles"], &["one"]));
    assert_eq!(kinds(&[(None, same)]), [P::Escalate, P::RoleEdit]);
    let create = rules(rule(&["create"], RBAC, &["clusterroles"]));
    assert_eq!(kinds(&[(None, create)]), [P::RoleEdit]);
}

#[test]
fn proofs_lead_to_the_written_rule() {
    let rules = json!([
        rule(&["get"], "", &["pods"]),
        named(&["list", "*"], "", &["secrets"], &["db"])
    ]);
    let objects = objects(&[(None, rules)]);
    let rbac = Rbac::new(objects.iter().enumerate());
    let powers = powers_of(&rbac, &Subject::User("bob".into()));
    let list = powers
        .iter()
        .find(|power| power.kind == PowerKind::ListSecrets)
        .unwrap();
    assert_eq!(list.proofs[0].verb_route().to_string(), "rules[1].verbs[0]");
    assert_eq!(list.proofs[0].verbs, ["list", "watch"]);
    assert_eq!(list.proofs[0].names, Names::Only(vec!["db"]));
    let wide = powers
        .iter()
        .find(|power| power.kind == PowerKind::Wildcard)
        .unwrap();
    assert_eq!(wide.proofs[0].verb_route().to_string(), "rules[1].verbs[1]");
}

#[test]
fn complete_control_is_told_with_its_place() {
    let all = json!([rule(&["*"], "*", &["*"])]);
    for (namespace, place) in [(None, ""), (Some("a"), "a")] {
        let held = powers(&[(namespace, all.clone())]);
        assert!(held.contains(&(PowerKind::CompleteControl, place.to_owned(), false)));
        assert!(held.iter().all(|(_, scope, _)| scope == place));
    }
    let named = json!([named(&["*"], "*", &["*"], &["x"])]);
    assert!(!kinds(&[(None, named)]).contains(&PowerKind::CompleteControl));
}

#[test]
fn superusers_are_named_by_their_bindings() {
    let masters = json!({"apiVersion": V1, "kind": "RoleBinding", "metadata": {"name": "m", "namespace": "a"},
        "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "Group", "name": "system:masters"}]});
    let rbac = Rbac::new([(7, &masters)]);
    let powers = powers_of(&rbac, &Subject::Group("system:masters".into()));
    let power = powers
        .iter()
        .find(|power| power.kind == PowerKind::SystemMasters)
        .unwrap();
    assert_eq!(power.scope, Scope::Cluster);
    assert_eq!(power.named_by.len(), 1);
    assert!(powers_of(&rbac, &Subject::Group("other".into())).is_empty());
}
