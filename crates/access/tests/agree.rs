//! Two ways round, one answer; and no input ends the program.

#![cfg(test)]

use proptest::prelude::*;
use sekisho_access::powers::powers_of;
use sekisho_access::rbac::{Action, Defaults, Rbac, Request, Subject, UserInfo, Within, covers};
use serde_json::{Value, json};

const V1: &str = "rbac.authorization.k8s.io/v1";
const VERBS: &[&str] = &["get", "list", "create", "*"];
const GROUPS: &[&str] = &["", "apps", "*"];
const RESOURCES: &[&str] = &["pods", "secrets", "pods/log", "*/log", "*", "pods/*"];
const NAMES: &[&str] = &["x", "y", ""];
const SPACES: &[&str] = &["a", "b"];

fn some(of: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(of, least..=2)
}

fn rule() -> impl Strategy<Value = Value> {
    (some(VERBS, 1), some(GROUPS, 1), some(RESOURCES, 1), some(NAMES, 0)).prop_map(
        |(verbs, groups, resources, names)| {
            json!({"verbs": verbs, "apiGroups": groups, "resources": resources, "resourceNames": names})
        },
    )
}

fn subject() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"kind": "User", "name": "u"})),
        Just(json!({"kind": "User", "name": "system:serviceaccount:a:s"})),
        Just(json!({"kind": "Group", "name": "system:serviceaccounts:a"})),
        Just(json!({"kind": "Group", "name": "system:authenticated"})),
        Just(json!({"kind": "ServiceAccount", "name": "s"})),
        Just(json!({"kind": "ServiceAccount", "name": "s", "namespace": "b"})),
    ]
}

fn object() -> impl Strategy<Value = Value> {
    let role = (0..3_u8, any::<bool>(), proptest::collection::vec(rule(), 0..3)).prop_map(
        |(name, aggregated, rules)| {
            let mut role = json!({"apiVersion": V1, "kind": "ClusterRole",
                "metadata": {"name": format!("r{name}"), "labels": {"l": format!("{name}")}}, "rules": rules});
            if aggregated {
                let label = format!("{}", (name + 1) % 3);
                role["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {"l": label}}]});
            }
            role
        },
    );
    let bound = proptest::collection::vec(subject(), 0..3);
    let binding = (0..4_u8, proptest::option::of(proptest::sample::select(SPACES)), bound).prop_map(
        |(role, namespace, subjects)| {
            let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
            json!({"apiVersion": V1, "kind": kind, "metadata": {"name": "b", "namespace": namespace},
                "roleRef": {"kind": "ClusterRole", "name": format!("r{role}")}, "subjects": subjects})
        },
    );
    prop_oneof![role, binding]
}

/// Anything at all in the places that are read, with the names of fields that are looked for.
fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
        proptest::sample::select(
            &[
                "*",
                "Role",
                "ClusterRole",
                "User",
                "ServiceAccount",
                "In",
                "r"
            ][..]
        )
        .prop_map(Value::from),
    ];
    let keys = proptest::sample::select(
        &[
            "metadata",
            "name",
            "namespace",
            "labels",
            "rules",
            "verbs",
            "apiGroups",
            "resources",
            "resourceNames",
            "nonResourceURLs",
            "aggregationRule",
            "clusterRoleSelectors",
            "matchLabels",
            "matchExpressions",
            "key",
            "operator",
            "values",
            "subjects",
            "roleRef",
            "kind",
            "apiGroup",
        ][..],
    );
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(keys.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn users() -> [UserInfo; 4] {
    [
        UserInfo::new("u", ["system:authenticated"]),
        UserInfo::service_account("a", "s"),
        UserInfo::service_account("b", "s"),
        UserInfo::new("stranger", ["nobody"]),
    ]
}

proptest! {
    #[test]
    fn who_can_agrees_with_authorize(objects in proptest::collection::vec(object(), 0..12)) {
        let rbac = Rbac::with_defaults(objects.iter().enumerate(), Defaults::None);
        for verb in ["get", "list", "delete"] {
            for resource in ["pods", "pods/log", "secrets"] {
                for group in ["", "apps"] {
                    for name in ["", "x"] {
                        for namespace in ["", "a", "b"] {
                            let action = Action::new(verb, group, resource).named(name);
                            let within = if namespace.is_empty() { Within::Cluster } else { Within::Namespace(namespace) };
                            let grants = rbac.who_can(&action, within);
                            for user in users() {
                                let inverse = grants.iter().any(|grant| match &grant.subject.subject {
                                    Subject::User(own) => *own == user.user,
                                    Subject::Group(own) => user.groups.contains(own),
                                    Subject::ServiceAccount { namespace, name } => {
                                        user.user == format!("system:serviceaccount:{namespace}:{name}")
                                    }
                                });
                                let request = Request::Resource { action, namespace };
                                let decision = rbac.authorize(&user, &request);
                                prop_assert_eq!(decision.allowed, inverse);
                                prop_assert_eq!(decision.by.is_some(), inverse);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn rules_cover_themselves_and_what_they_cover_they_allow(objects in proptest::collection::vec(object(), 0..6)) {
        let rbac = Rbac::with_defaults(objects.iter().enumerate(), Defaults::None);
        for owner in rbac.roles() {
            let own: Vec<_> = owner.rules.iter().collect();
            prop_assert!(covers(&own, &own));
            for other in rbac.roles() {
                let wanted: Vec<_> = other.rules.iter().collect();
                if !covers(&own, &wanted) {
                    continue;
                }
                for resource in ["pods", "pods/log", "secrets", "secrets/log"] {
                    for (verb, group, name) in [("get", "", "x"), ("list", "apps", "y"), ("delete", "", "z")] {
                        let action = Action::new(verb, group, resource).named(name);
                        let allows = |rules: &[&sekisho_access::rbac::Rule]| {
                            rules.iter().any(|rule| sekisho_access::rbac::rule_allows(rule, &action))
                        };
                        prop_assert!(!allows(&wanted) || allows(&own));
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_ends_the_program(bodies in proptest::collection::vec((0..4_usize, junk()), 0..6)) {
        let kinds = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];
        let objects: Vec<Value> = bodies
            .into_iter()
            .map(|(kind, mut body)| {
                if let Some(map) = body.as_object_mut() {
                    map.insert("apiVersion".into(), json!(V1));
                    map.insert("kind".into(), json!(kinds[kind]));
                }
                body
            })
            .collect();
        let rbac = Rbac::with_defaults(objects.iter().enumerate(), Defaults::RolesAndBindings);
        for subject in rbac.subjects() {
            let _ = powers_of(&rbac, &subject);
        }
        for user in users() {
            let _ = rbac.authorize(&user, &Request::NonResource { verb: "get", path: "/" });
        }
    }
}
