//! Evasions and odd objects, through the public interface.

#![cfg(test)]

use sekisho_access::rbac::{
    Action, Defaults, Origin, ProblemKind, Rbac, Request, Scope, Subject, UserInfo, Within,
};
use serde_json::{Value, json};

const V1: &str = "rbac.authorization.k8s.io/v1";

fn cluster_role(name: &str, rules: &Value) -> Value {
    json!({"apiVersion": V1, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
}

fn cluster_binding(name: &str, role: &str, subjects: &Value) -> Value {
    json!({"apiVersion": V1, "kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}, "subjects": subjects})
}

fn binding(namespace: &str, name: &str, kind: &str, role: &str, subjects: &Value) -> Value {
    json!({"apiVersion": V1, "kind": "RoleBinding", "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role}, "subjects": subjects})
}

fn rbac(objects: &[Value]) -> Rbac {
    Rbac::new(objects.iter().enumerate())
}

fn can(
    rbac: &Rbac,
    user: &UserInfo,
    verb: &str,
    group: &str,
    resource: &str,
    namespace: &str,
) -> bool {
    let action = Action::new(verb, group, resource);
    rbac.authorize(user, &Request::Resource { action, namespace })
        .allowed
}

#[test]
fn built_in_roles_resolve_without_being_given() {
    let bob = json!([{"kind": "User", "name": "bob"}]);
    let rbac = rbac(&[cluster_binding("b", "cluster-admin", &bob)]);
    let bob = UserInfo::new("bob", ["system:authenticated"]);
    assert!(can(&rbac, &bob, "delete", "apps", "deployments", "a"));
    assert_eq!(rbac.dangling().count(), 0);
    let grants = rbac.who_can(&Action::new("get", "", "secrets"), Within::Cluster);
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].role.origin, Origin::BuiltIn);
    assert_eq!(grants[0].binding.origin, Origin::Given(0));
    assert_eq!(grants[0].subject_route().to_string(), "subjects[0]");
}

#[test]
fn a_given_role_takes_the_place_of_the_built_in() {
    let bob = json!([{"kind": "User", "name": "bob"}]);
    let rbac = rbac(&[
        cluster_role("cluster-admin", &json!([])),
        cluster_binding("b", "cluster-admin", &bob),
    ]);
    assert!(!can(
        &rbac,
        &UserInfo::new("bob", ["x"]),
        "get",
        "",
        "pods",
        "a"
    ));
}

#[test]
fn a_label_widens_the_built_in_view() {
    let mut extra = cluster_role(
        "extra",
        &json!([{"verbs": ["list"], "apiGroups": [""], "resources": ["secrets"]}]),
    );
    extra["metadata"]["labels"] = json!({"rbac.authorization.k8s.io/aggregate-to-view": "true"});
    let bob = json!([{"kind": "User", "name": "bob"}]);
    let objects = [extra, binding("a", "b", "ClusterRole", "view", &bob)];
    let rbac = rbac(&objects);
    assert!(can(
        &rbac,
        &UserInfo::new("bob", ["x"]),
        "list",
        "",
        "secrets",
        "a"
    ));
    let grant = rbac.who_can(&Action::new("list", "", "secrets"), Within::Namespace("a"))[0];
    assert_eq!(grant.role.name, "view");
    assert_eq!(grant.rule.role.origin, Origin::Given(0));
    assert_eq!(grant.rule.route().to_string(), "rules[0]");
    assert_eq!(grant.scope(), Scope::Namespace("a"));
}

#[test]
fn roles_that_aggregate_each_other_end() {
    let aggregated = |name: &str, own: &str, other: &str| {
        let mut role = cluster_role(
            name,
            &json!([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]),
        );
        role["metadata"]["labels"] = json!({own: "1"});
        role["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {other: "1"}}]});
        role
    };
    let mut plain = cluster_role(
        "plain",
        &json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]),
    );
    plain["metadata"]["labels"] = json!({"a": "1"});
    let bob = json!([{"kind": "User", "name": "bob"}]);
    let rbac = rbac(&[
        aggregated("one", "a", "b"),
        aggregated("two", "b", "a"),
        plain,
        cluster_binding("b", "one", &bob),
    ]);
    let bob = UserInfo::new("bob", ["x"]);
    assert!(can(&rbac, &bob, "get", "", "pods", "a"));
    assert!(
        !can(&rbac, &bob, "get", "", "secrets", "a"),
        "written rules of an aggregated role do not count"
    );
}

#[test]
fn a_bad_selector_leaves_the_written_rules() {
    let mut role = cluster_role(
        "r",
        &json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]),
    );
    role["aggregationRule"] =
        json!({"clusterRoleSelectors": [{"matchExpressions": [{"key": "a", "operator": "Is"}]}]});
    let rbac = rbac(&[
        role,
        cluster_binding("b", "r", &json!([{"kind": "User", "name": "bob"}])),
    ]);
    assert!(can(
        &rbac,
        &UserInfo::new("bob", ["x"]),
        "get",
        "",
        "pods",
        "a"
    ));
    assert_eq!(rbac.problems()[0].kind, ProblemKind::BadSelector);
    assert_eq!(
        rbac.problems()[0].at.to_string(),
        "aggregationRule.clusterRoleSelectors[0]"
    );
}

#[test]
fn service_accounts_in_every_spelling() {
    let rules = json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]);
    let subjects = json!([
        {"kind": "ServiceAccount", "name": "local"},
        {"kind": "ServiceAccount", "name": "far", "namespace": "b"},
        {"kind": "User", "name": "system:serviceaccount:c:spelled"},
        {"kind": "Group", "name": "system:serviceaccounts:d"},
    ]);
    let rbac = rbac(&[
        cluster_role("r", &rules),
        binding("a", "b", "ClusterRole", "r", &subjects),
    ]);
    for (namespace, name) in [("a", "local"), ("b", "far"), ("c", "spelled"), ("d", "any")] {
        let account = UserInfo::service_account(namespace, name);
        assert!(
            can(&rbac, &account, "get", "", "pods", "a"),
            "{namespace}/{name}"
        );
        assert!(
            !can(&rbac, &account, "get", "", "pods", "b"),
            "{namespace}/{name}"
        );
        let held = rbac
            .grants_of(&Subject::service_account(namespace, name))
            .count();
        assert_eq!(held, 1, "{namespace}/{name}");
    }
    assert!(!can(
        &rbac,
        &UserInfo::service_account("b", "local"),
        "get",
        "",
        "pods",
        "a"
    ));
    assert!(
        rbac.subjects()
            .contains(&Subject::service_account("c", "spelled"))
    );
}

#[test]
fn subjects_that_match_nobody_are_told() {
    let subjects = json!([
        {"kind": "ServiceAccount", "name": "x"},
        {"kind": "Robot", "name": "x"},
        {"kind": "User", "name": ""},
        {"kind": "User", "name": "bob", "apiGroup": "wrong"},
        {"kind": "ServiceAccount", "name": "x", "namespace": "a", "apiGroup": "rbac.authorization.k8s.io"},
    ]);
    let rbac = rbac(&[cluster_binding("b", "view", &subjects)]);
    let told: Vec<String> = rbac
        .problems()
        .iter()
        .map(|one| format!("{} {:?}", one.at, one.kind))
        .collect();
    assert_eq!(
        told,
        [
            "subjects[0] SubjectWithoutNamespace",
            "subjects[1] UnknownSubjectKind",
            "subjects[2] SubjectWithoutName",
            "subjects[3].apiGroup WrongApiGroup",
            "subjects[4].apiGroup WrongApiGroup",
        ]
    );
    assert_eq!(rbac.subjects().len(), 2);
    assert!(can(
        &rbac,
        &UserInfo::new("bob", ["x"]),
        "get",
        "",
        "pods",
        "a"
    ));
}

#[test]
fn unresolved_roles_are_named_in_the_denial() {
    let bob = json!([{"kind": "User", "name": "bob"}]);
    let rbac = rbac(&[
        cluster_binding("b1", "gone", &bob),
        cluster_binding("b2", "gone", &bob),
        binding("a", "b3", "Role", "lost", &bob),
        binding("b", "b4", "Role", "elsewhere", &bob),
    ]);
    let request = Request::Resource {
        action: Action::new("get", "", "pods"),
        namespace: "a",
    };
    let decision = rbac.authorize(&UserInfo::new("bob", ["x"]), &request);
    assert_eq!(
        decision.reason,
        "RBAC: [clusterrole.rbac.authorization.k8s.io \"gone\" not found, role.rbac.authorization.k8s.io \"lost\" not found]"
    );
    assert_eq!(rbac.dangling().count(), 4);
}

#[test]
fn a_cluster_role_binding_never_finds_a_role() {
    let mut object = cluster_binding("b", "r", &json!([{"kind": "User", "name": "bob"}]));
    object["roleRef"]["kind"] = json!("Role");
    let role = json!({"apiVersion": V1, "kind": "Role", "metadata": {"name": "r"},
        "rules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]});
    let rbac = rbac(&[role, object]);
    assert_eq!(rbac.dangling().count(), 1);
    assert!(!can(
        &rbac,
        &UserInfo::new("bob", ["x"]),
        "get",
        "",
        "pods",
        ""
    ));
}

#[test]
fn rules_of_roles_with_one_name_all_count() {
    let rule =
        |resource: &str| json!([{"verbs": ["get"], "apiGroups": [""], "resources": [resource]}]);
    let bob = json!([{"kind": "User", "name": "bob"}]);
    let rbac = rbac(&[
        cluster_role("r", &rule("pods")),
        cluster_role("r", &rule("secrets")),
        cluster_binding("b", "r", &bob),
    ]);
    let bob = UserInfo::new("bob", ["x"]);
    assert!(can(&rbac, &bob, "get", "", "pods", "") && can(&rbac, &bob, "get", "", "secrets", ""));
    assert_eq!(rbac.problems().len(), 1);
    assert_eq!(
        (rbac.problems()[0].object, rbac.problems()[0].kind),
        (1, ProblemKind::SameName)
    );
}

#[test]
fn null_in_a_list_is_the_empty_text() {
    let rules = json!([{"verbs": ["get"], "apiGroups": [null], "resources": ["secrets"]}]);
    let rbac = rbac(&[
        cluster_role("r", &rules),
        cluster_binding("b", "r", &json!([{"kind": "User", "name": "bob"}])),
    ]);
    assert!(can(
        &rbac,
        &UserInfo::new("bob", ["x"]),
        "get",
        "",
        "secrets",
        "a"
    ));
}

#[test]
fn wrong_types_are_told_and_indexes_stay() {
    let rules = json!(["no", {"verbs": "get", "apiGroups": [""], "resources": [1]}, {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]);
    let rbac = rbac(&[
        cluster_role("r", &rules),
        cluster_binding("b", "r", &json!([{"kind": "User", "name": "bob"}])),
    ]);
    let told: Vec<String> = rbac
        .problems()
        .iter()
        .map(|one| one.at.to_string())
        .collect();
    assert_eq!(told, ["rules[0]", "rules[1].resources", "rules[1].verbs"]);
    let grant = rbac.who_can(&Action::new("get", "", "pods"), Within::Cluster)[0];
    assert_eq!(grant.rule.route().to_string(), "rules[2]");
}

#[test]
fn default_bindings_come_only_when_asked_for() {
    let someone = UserInfo::new("x", ["system:authenticated"]);
    let request = Request::NonResource {
        verb: "get",
        path: "/api",
    };
    assert!(!Rbac::new([]).authorize(&someone, &request).allowed);
    let all = Rbac::with_defaults([], Defaults::RolesAndBindings);
    assert!(all.authorize(&someone, &request).allowed);
    let master = UserInfo::new("x", ["system:masters"]);
    assert!(can(
        &Rbac::with_defaults([], Defaults::None),
        &master,
        "delete",
        "",
        "nodes",
        ""
    ));
}
