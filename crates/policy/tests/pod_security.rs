//! Pod Security where random pods do not reach: every switch of version, what the server writes into pods first, exact
//! places, odd shapes.

#![cfg(test)]

use sekisho_policy::pod_security::{CHECK_IDS, Level, Pod, SHAPE, Version, evaluate, message};
use serde_json::{Value, json};

const SAFE: &str = r#"{"allowPrivilegeEscalation": false, "runAsNonRoot": true, "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"}}"#;

/// A pod that every level and version allows, changed at one pointer.
fn pod(pointer: &str, value: &Value) -> Value {
    let safe: Value = serde_json::from_str(SAFE).unwrap();
    let mut pod = json!({
        "metadata": {"annotations": {}},
        "spec": {"containers": [{"name": "a", "image": "x:1", "securityContext": safe}], "securityContext": {}, "os": {}},
    });
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = pod.pointer_mut(parent).unwrap();
    if let Some(list) = parent.as_array_mut() {
        list.push(value.clone());
    } else {
        parent[key.replace("~1", "/")] = value.clone();
    }
    pod
}

fn checks(level: Level, version: Version, pod: &Value) -> Vec<&'static str> {
    evaluate(level, version, pod)
        .iter()
        .map(|violation| violation.check)
        .collect()
}

/// The version from which on (and up to which) `check` fails for this pod.
fn versions(level: Level, check: &str, pod: &Value) -> Vec<u16> {
    (0..=37)
        .filter(|minor| {
            let found = Pod::read(pod).evaluate(level, Version::Minor(*minor), 37);
            found.iter().any(|violation| violation.check == check)
        })
        .collect()
}

fn span(from: u16, to: u16) -> Vec<u16> {
    (from..=to).collect()
}

#[test]
fn every_check_begins_and_ends_with_its_version() {
    let c = "/spec/containers/0";
    let sc = "/spec/containers/0/securityContext";
    let rows: Vec<(Level, &str, String, Value, Vec<u16>)> = vec![
        (
            Level::Baseline,
            "hostProbesAndHostLifecycle",
            format!("{c}/livenessProbe"),
            json!({"httpGet": {"host": "h", "port": 1}}),
            span(34, 37),
        ),
        (
            Level::Baseline,
            "hostProbesAndHostLifecycle",
            format!("{c}/lifecycle"),
            json!({"postStart": {"tcpSocket": {"host": "h", "port": 1}}}),
            span(34, 37),
        ),
        (
            Level::Baseline,
            "seLinuxOptions",
            format!("{sc}/seLinuxOptions"),
            json!({"type": "container_engine_t"}),
            span(0, 30),
        ),
        (
            Level::Baseline,
            "seLinuxOptions",
            format!("{sc}/seLinuxOptions"),
            json!({"type": "spc_t"}),
            span(0, 37),
        ),
        (
            Level::Baseline,
            "seccompProfile_baseline",
            "/metadata/annotations/seccomp.security.alpha.kubernetes.io~1pod".into(),
            json!("unconfined"),
            span(0, 18),
        ),
        (
            Level::Baseline,
            "seccompProfile_baseline",
            "/metadata/annotations/container.seccomp.security.alpha.kubernetes.io~1a".into(),
            json!(""),
            span(0, 18),
        ),
        (
            Level::Baseline,
            "seccompProfile_baseline",
            "/metadata/annotations/container.seccomp.security.alpha.kubernetes.io~1other".into(),
            json!("unconfined"),
            vec![],
        ),
        (
            Level::Baseline,
            "seccompProfile_baseline",
            "/spec/securityContext/seccompProfile".into(),
            json!({"type": "Unconfined"}),
            span(19, 37),
        ),
        (
            Level::Restricted,
            "seccompProfile_baseline",
            "/metadata/annotations/seccomp.security.alpha.kubernetes.io~1pod".into(),
            json!("unconfined"),
            span(0, 18),
        ),
        (
            Level::Restricted,
            "seccompProfile_restricted",
            format!("{sc}/seccompProfile"),
            json!(null),
            span(19, 37),
        ),
        (
            Level::Baseline,
            "sysctls",
            "/spec/securityContext/sysctls".into(),
            json!([{"name": "kernel.shm_rmid_forced", "value": "1"}]),
            vec![],
        ),
        (
            Level::Baseline,
            "sysctls",
            "/spec/securityContext/sysctls".into(),
            json!([{"name": "net.ipv4.ip_local_reserved_ports", "value": "1"}]),
            span(0, 26),
        ),
        (
            Level::Baseline,
            "sysctls",
            "/spec/securityContext/sysctls".into(),
            json!([{"name": "net.ipv4.tcp_keepalive_time", "value": "1"}]),
            span(0, 28),
        ),
        (
            Level::Baseline,
            "sysctls",
            "/spec/securityContext/sysctls".into(),
            json!([{"name": "net.ipv4.tcp_rmem", "value": "1"}]),
            span(0, 31),
        ),
        (
            Level::Baseline,
            "sysctls",
            "/spec/securityContext/sysctls".into(),
            json!([{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]),
            span(0, 36),
        ),
        (
            Level::Restricted,
            "allowPrivilegeEscalation",
            format!("{sc}/allowPrivilegeEscalation"),
            json!(null),
            span(8, 37),
        ),
        (
            Level::Restricted,
            "capabilities_restricted",
            format!("{sc}/capabilities"),
            json!({"drop": ["ALL"], "add": ["SYS_TIME"]}),
            span(22, 37),
        ),
        (
            Level::Restricted,
            "capabilities_baseline",
            format!("{sc}/capabilities"),
            json!({"drop": ["ALL"], "add": ["SYS_TIME"]}),
            span(0, 21),
        ),
        (
            Level::Restricted,
            "capabilities_restricted",
            format!("{sc}/capabilities"),
            json!({"drop": ["all"]}),
            span(22, 37),
        ),
        (
            Level::Restricted,
            "runAsUser",
            "/spec/securityContext/runAsUser".into(),
            json!(0),
            span(23, 37),
        ),
        (
            Level::Restricted,
            "runAsNonRoot",
            format!("{sc}/runAsNonRoot"),
            json!(false),
            span(0, 37),
        ),
        (
            Level::Restricted,
            "procMount",
            format!("{sc}/procMount"),
            json!("Unmasked"),
            span(0, 34),
        ),
        (
            Level::Restricted,
            "procMount_restricted",
            format!("{sc}/procMount"),
            json!("Unmasked"),
            span(35, 37),
        ),
        (
            Level::Restricted,
            "restrictedVolumes",
            "/spec/volumes".into(),
            json!([{"name": "v", "nfs": {}}]),
            span(0, 37),
        ),
        (
            Level::Restricted,
            "hostPathVolumes",
            "/spec/volumes".into(),
            json!([{"name": "v", "hostPath": {}}]),
            vec![],
        ),
        (
            Level::Baseline,
            "hostPathVolumes",
            "/spec/volumes".into(),
            json!([{"name": "v", "hostPath": {}}]),
            span(0, 37),
        ),
        (
            Level::Baseline,
            "windowsHostProcess",
            "/spec/securityContext/windowsOptions".into(),
            json!({"hostProcess": true}),
            span(0, 37),
        ),
        (
            Level::Baseline,
            "hostPorts",
            format!("{c}/ports"),
            json!([{"hostPort": 80}]),
            span(0, 37),
        ),
        (
            Level::Baseline,
            "hostNamespaces",
            "/spec/hostIPC".into(),
            json!(true),
            span(0, 37),
        ),
        (
            Level::Baseline,
            "privileged",
            format!("{sc}/privileged"),
            json!(true),
            span(0, 37),
        ),
        (
            Level::Baseline,
            "appArmorProfile",
            "/spec/securityContext/appArmorProfile".into(),
            json!({"type": "Unconfined"}),
            span(0, 37),
        ),
    ];
    let mut seen: Vec<&str> = rows.iter().map(|row| row.1).collect();
    for (level, check, pointer, value, expected) in rows {
        assert_eq!(
            versions(level, check, &pod(&pointer, &value)),
            expected,
            "{check} {pointer} {value}"
        );
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), CHECK_IDS.len());
}

#[test]
fn user_namespaces_loosen_three_checks_from_1_35_on() {
    let mut pod = pod("/spec/hostUsers", &json!(false));
    let security = &mut pod["spec"]["containers"][0]["securityContext"];
    security["runAsNonRoot"] = json!(false);
    security["runAsUser"] = json!(0);
    security["procMount"] = json!("Unmasked");
    assert_eq!(versions(Level::Baseline, "procMount", &pod), span(0, 34));
    assert_eq!(
        versions(Level::Restricted, "procMount_restricted", &pod),
        span(35, 37)
    );
    assert_eq!(
        versions(Level::Restricted, "runAsNonRoot", &pod),
        span(0, 34)
    );
    assert_eq!(versions(Level::Restricted, "runAsUser", &pod), span(23, 34));
}

#[test]
fn windows_pods_skip_three_restricted_checks_from_1_25_on() {
    let pod = json!({"spec": {"os": {"name": "windows"}, "securityContext": {"runAsNonRoot": true}, "containers": [{"name": "a"}]}});
    assert_eq!(
        versions(Level::Restricted, "allowPrivilegeEscalation", &pod),
        span(8, 24)
    );
    assert_eq!(
        versions(Level::Restricted, "capabilities_restricted", &pod),
        span(22, 24)
    );
    assert_eq!(
        versions(Level::Restricted, "seccompProfile_restricted", &pod),
        span(19, 24)
    );
    // No check looks at these on Windows, because the server's validation refuses them first.
    let mut hidden = pod.clone();
    hidden["spec"]["containers"][0]["securityContext"] =
        json!({"capabilities": {"add": ["SYS_ADMIN"]}});
    assert_eq!(checks(Level::Restricted, Version::Latest, &pod), [""; 0]);
    assert_eq!(checks(Level::Restricted, Version::Latest, &hidden), [SHAPE]);
}

#[test]
fn latest_is_the_servers_own_version() {
    let pod = pod(
        "/spec/securityContext/sysctls",
        &json!([{"name": "net.ipv4.tcp_slow_start_after_idle"}]),
    );
    assert_eq!(checks(Level::Baseline, Version::Latest, &pod), ["sysctls"]);
    assert_eq!(
        checks(Level::Baseline, Version::Minor(37), &pod),
        ["sysctls"]
    );
    assert!(
        Pod::read(&pod)
            .evaluate(Level::Baseline, Version::Latest, 37)
            .is_empty()
    );
}

#[test]
fn sent_and_stored_pods_get_the_same_answer() {
    let pairs = [
        (
            json!({"spec": {"hostNetwork": true, "containers": [{"name": "a", "ports": [{"containerPort": 9}, {"containerPort": 8080}]}]}}),
            json!({"spec": {"hostNetwork": true, "containers": [{"name": "a", "ports": [{"containerPort": 9, "hostPort": 9}, {"containerPort": 8080, "hostPort": 8080}]}]}}),
            "\"baseline:latest\": host namespaces (hostNetwork=true), hostPort (container \"a\" uses hostPorts 8080, 9)",
        ),
        (
            json!({"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}}, "spec": {"containers": [{"name": "a"}]}}),
            json!({"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}}, "spec": {"containers": [{"name": "a", "securityContext": {"appArmorProfile": {"type": "Unconfined"}}}]}}),
            "\"baseline:latest\": forbidden AppArmor profiles (container \"a\" and annotation must not set AppArmor profile type to \
             \"Unconfined\", \"container.apparmor.security.beta.kubernetes.io/a=\"unconfined\"\")",
        ),
        (
            json!({"spec": {"volumes": [{"name": "v"}], "hostPID": true}}),
            json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}], "hostPID": true, "securityContext": {}}}),
            "\"baseline:latest\": host namespaces (hostPID=true)",
        ),
    ];
    for (sent, stored, said) in pairs {
        for pod in [sent, stored] {
            let found = evaluate(Level::Baseline, Version::Latest, &pod);
            assert_eq!(message(Level::Baseline, Version::Latest, &found), said);
        }
    }
}

#[test]
fn all_three_lists_of_containers_count_in_the_servers_order() {
    let bad = |name: &str| json!({"name": name, "securityContext": {"privileged": true}});
    let pod = json!({"spec": {"ephemeralContainers": [bad("d")], "containers": [bad("a"), {"name": "b"}], "initContainers": [bad("i")]}});
    let found = evaluate(Level::Baseline, Version::Latest, &pod);
    assert_eq!(
        found[0].detail,
        "containers \"i\", \"a\", \"d\" must not set securityContext.privileged=true"
    );
    let routes: Vec<String> = found[0].routes.iter().map(ToString::to_string).collect();
    assert_eq!(
        routes,
        [
            "spec.initContainers[0].securityContext.privileged",
            "spec.containers[0].securityContext.privileged",
            "spec.ephemeralContainers[0].securityContext.privileged",
        ]
    );
}

#[test]
fn routes_lead_to_what_violates_or_to_where_it_is_missing() {
    let pod = json!({
        "metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "sysctls": [{"name": "kernel.shm_rmid_forced"}, {"name": "kernel.msgmax"}]},
            "volumes": [{"name": "ok", "secret": {}}, {"name": "v", "hostPath": {"path": "/"}}],
            "containers": [{
                "name": "a",
                "ports": [{"containerPort": 1}, {"containerPort": 2, "hostPort": 2}],
                "lifecycle": {"preStop": {"httpGet": {"host": "h"}}},
                "securityContext": {"capabilities": {"drop": ["ALL"], "add": ["CHOWN", "NET_BIND_SERVICE"]}, "seLinuxOptions": {"user": "u", "role": "r"}},
            }],
        },
    });
    let routes: Vec<(&str, Vec<String>)> = evaluate(Level::Restricted, Version::Latest, &pod)
        .iter()
        .map(|violation| {
            (
                violation.check,
                violation.routes.iter().map(ToString::to_string).collect(),
            )
        })
        .collect();
    let expected: Vec<(&str, Vec<String>)> = [
        (
            "appArmorProfile",
            vec!["metadata.annotations[\"container.apparmor.security.beta.kubernetes.io/a\"]"],
        ),
        ("hostPorts", vec!["spec.containers[0].ports[1].hostPort"]),
        (
            "hostProbesAndHostLifecycle",
            vec!["spec.containers[0].lifecycle.preStop.httpGet.host"],
        ),
        (
            "seLinuxOptions",
            vec![
                "spec.containers[0].securityContext.seLinuxOptions.user",
                "spec.containers[0].securityContext.seLinuxOptions.role",
            ],
        ),
        ("sysctls", vec!["spec.securityContext.sysctls[1].name"]),
        (
            "allowPrivilegeEscalation",
            vec!["spec.containers[0].securityContext.allowPrivilegeEscalation"],
        ),
        (
            "capabilities_restricted",
            vec!["spec.containers[0].securityContext.capabilities.add[0]"],
        ),
        ("restrictedVolumes", vec!["spec.volumes[1].hostPath"]),
        (
            "seccompProfile_restricted",
            vec!["spec.containers[0].securityContext.seccompProfile.type"],
        ),
    ]
    .into_iter()
    .map(|(check, routes)| (check, routes.into_iter().map(str::to_owned).collect()))
    .collect();
    assert_eq!(routes, expected);
}

#[test]
fn a_pod_the_server_cannot_read_is_never_allowed() {
    for (pod, said) in [
        (
            json!({"spec": {"hostNetwork": "true"}}),
            "spec.hostNetwork must be true or false",
        ),
        (
            json!({"spec": {"containers": {"name": "a"}}}),
            "spec.containers must be a list",
        ),
        (
            json!({"spec": {"securityContext": {"runAsUser": 0.5}}}),
            "spec.securityContext.runAsUser must be an integer",
        ),
        (
            json!({"metadata": {"annotations": {"a": 1}}}),
            "metadata.annotations.a must be a string",
        ),
        (
            json!({"spec": {"volumes": [{"name": "v", "configMap": {}, "hostPath": {}}]}}),
            "spec.volumes[0] may not specify more than 1 volume type",
        ),
        (json!([]), "the pod must be an object"),
        (Value::Null, "the pod must be an object"),
    ] {
        for level in [Level::Baseline, Level::Restricted] {
            let found = evaluate(level, Version::Latest, &pod);
            assert_eq!(
                (found[0].check, found[0].detail.as_str()),
                (SHAPE, said),
                "{pod}"
            );
        }
        assert!(evaluate(Level::Privileged, Version::Latest, &pod).is_empty());
    }
    let future = json!({"spec": {"volumes": [{"name": "v", "newThing": {}}]}});
    assert_eq!(
        evaluate(Level::Restricted, Version::Latest, &future)[0].detail,
        "volume \"v\" uses restricted volume type \"unknown\""
    );
}
