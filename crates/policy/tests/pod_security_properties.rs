//! What holds for every pod and for every input that is none.

#![cfg(test)]

use proptest::prelude::*;
use sekisho_policy::pod_security::{Level, Version, evaluate, message};
use serde_json::{Value, json};

fn maybe(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), value]
}

fn one(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::sample::select(values).prop_map(|text| json!(text))
}

fn flag() -> impl Strategy<Value = Value> {
    maybe(any::<bool>().prop_map(Value::from))
}

fn profile() -> impl Strategy<Value = Value> {
    maybe(
        one(&["RuntimeDefault", "Localhost", "Unconfined", ""])
            .prop_map(|kind| json!({"type": kind})),
    )
}

fn names(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::sample::subsequence(values, 0..=2).prop_map(|names| json!(names))
}

fn security() -> impl Strategy<Value = Value> {
    let capabilities = maybe(
        (
            names(&["ALL", "all"]),
            names(&["NET_BIND_SERVICE", "CHOWN", "SYS_ADMIN"]),
        )
            .prop_map(|(drop, add)| json!({"drop": drop, "add": add})),
    );
    let se_linux = maybe(one(&["", "container_t", "spc_t"]).prop_map(|kind| json!({"type": kind})));
    let mount = maybe(one(&["Default", "Unmasked"]));
    let user = maybe((0..3_i64).prop_map(Value::from));
    (flag(), flag(), flag(), user, mount, profile(), profile(), capabilities, se_linux).prop_map(
        |(privileged, escalation, non_root, user, mount, app_armor, seccomp, capabilities, se_linux)| {
            json!({"privileged": privileged, "allowPrivilegeEscalation": escalation, "runAsNonRoot": non_root,
                "runAsUser": user, "procMount": mount, "appArmorProfile": app_armor, "seccompProfile": seccomp,
                "capabilities": capabilities, "seLinuxOptions": se_linux})
        },
    )
}

fn container() -> impl Strategy<Value = Value> {
    (one(&["a", "b"]), maybe(security()))
        .prop_map(|(name, security)| json!({"name": name, "securityContext": security}))
}

fn some_pod() -> impl Strategy<Value = Value> {
    let volume = one(&["secret", "hostPath", "nfs"]).prop_map(|kind| {
        let kind = kind.as_str().unwrap().to_owned();
        json!({"name": "v", kind: {}})
    });
    let containers = || proptest::collection::vec(container(), 0..3);
    let os = maybe(one(&["linux", "windows"]));
    (containers(), containers(), maybe(security()), flag(), flag(), os, proptest::collection::vec(volume, 0..2)).prop_map(
        |(init, containers, security, network, users, os, volumes)| {
            json!({"spec": {"initContainers": init, "containers": containers, "securityContext": security,
                "hostNetwork": network, "hostUsers": users, "os": {"name": os}, "volumes": volumes}})
        },
    )
}

/// Any JSON, with keys that pods have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let key = proptest::sample::select(vec![
        "metadata",
        "annotations",
        "spec",
        "containers",
        "initContainers",
        "securityContext",
        "capabilities",
        "add",
        "ports",
        "hostPort",
        "volumes",
        "name",
        "seccompProfile",
        "type",
        "sysctls",
        "lifecycle",
        "preStop",
        "httpGet",
        "host",
        "os",
    ]);
    leaf.prop_recursive(8, 64, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..5).prop_map(|pairs| pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Value>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn what_restricted_allows_baseline_allows(pod in some_pod(), minor in 0_u16..40) {
        let version = Version::Minor(minor);
        let baseline = evaluate(Level::Baseline, version, &pod);
        if evaluate(Level::Restricted, version, &pod).is_empty() {
            prop_assert!(baseline.is_empty(), "{}", message(Level::Baseline, version, &baseline));
        }
    }

    #[test]
    fn every_input_has_an_answer_with_places(pod in any_json(), minor in 0_u16..40) {
        for violation in evaluate(Level::Restricted, Version::Minor(minor), &pod) {
            prop_assert!(!violation.routes.is_empty() && !violation.detail.is_empty());
        }
    }
}
