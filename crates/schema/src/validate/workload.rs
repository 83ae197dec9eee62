//! Deployments, replica sets, daemon sets, stateful sets, replication controllers, disruption budgets.
//!
//! Upstream: `pkg/apis/apps/validation`, `pkg/apis/policy/validation`, `ValidateReplicationController`.

use serde_json::Value;

use super::findings::{Findings, Path};
use super::{metadata, names, pod, storage};
use crate::access::{Object, Read};

/// A number of pods, or a percentage of them.
fn int_or_percent(value: Option<&Value>, path: &Path, found: &mut Findings) {
    match value {
        Some(Value::String(text)) => found.invalid_each(path, text, names::percent(text)),
        other => found.not_negative(path, other.and_then(Value::as_i64)),
    }
}

fn percentage(value: Option<&Value>) -> Option<i64> {
    let text = value?.as_str()?;
    if names::percent(text).is_empty() {
        text.strip_suffix('%')?.parse().ok()
    } else {
        None
    }
}

fn at_most_all(value: Option<&Value>, path: &Path, found: &mut Findings) {
    if percentage(value).is_some_and(|percent| percent > 100) {
        found.invalid(
            path,
            value.cloned().unwrap_or_default(),
            "must not be greater than 100%",
        );
    }
}

fn is_zero(value: Option<&Value>) -> bool {
    percentage(value)
        .or_else(|| value.and_then(Value::as_i64))
        .unwrap_or_default()
        == 0
}

/// The selector is required, not empty, and picks the template's pods.
fn selected(spec: &Object, what: &str, path: &Path, found: &mut Findings) -> bool {
    let at = path.child("selector");
    let usable = match spec.pointer("selector") {
        None => {
            found.required(&at, "");
            true
        }
        Some(selector) => {
            let usable = metadata::selector(selector, &at, found);
            if metadata::is_empty(selector) {
                found.invalid(
                    &at,
                    Object::new(),
                    &format!("empty selector is invalid for {what}"),
                );
            }
            if !usable {
                found.invalid(&at, selector.clone(), "invalid label selector");
            }
            usable
        }
    };
    let meta = spec.object("template").object("metadata");
    // An absent selector picks nothing, an empty one anything.
    let matches = spec
        .pointer("selector")
        .is_some_and(|selector| metadata::matches(selector, meta.object("labels")));
    if usable && !matches {
        let at = path.child("template.metadata.labels");
        found.invalid(
            &at,
            metadata::shown(meta),
            "`selector` does not match template `labels`",
        );
    }
    usable
}

/// Pods of a workload that replaces them always restart.
fn always_running(spec: &Object, owner: &str, path: &Path, found: &mut Findings) {
    let pod = spec.object("template").object("spec");
    found.one_of(
        &path.child("template.spec.restartPolicy"),
        pod.text("restartPolicy"),
        &["Always"],
    );
    if pod.has("activeDeadlineSeconds") {
        let detail = format!("activeDeadlineSeconds in {owner} is not Supported");
        found.forbidden(&path.child("template.spec.activeDeadlineSeconds"), &detail);
    }
}

pub(super) fn deployment(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    found.not_negative(&path.child("replicas"), spec.number("replicas"));
    if selected(spec, "deployment", &path, found) {
        pod::template(spec.object("template"), &[], &path.child("template"), found);
        always_running(spec, "ReplicaSet", &path, found);
    }
    let (strategy, at) = (spec.object("strategy"), path.child("strategy"));
    match (strategy.text("type"), strategy.pointer("rollingUpdate")) {
        ("Recreate", Some(_)) => {
            found.forbidden(
                &at.child("rollingUpdate"),
                "may not be specified when strategy `type` is 'Recreate'",
            );
        }
        ("RollingUpdate", Some(rolling)) => {
            rolling_deployment(rolling, &at.child("rollingUpdate"), found);
        }
        ("Recreate" | "RollingUpdate", _) => {}
        _ => found.unsupported(&at, strategy.clone(), &["Recreate", "RollingUpdate"]),
    }
    let ready = spec.number("minReadySeconds");
    found.not_negative(&path.child("minReadySeconds"), ready);
    found.not_negative(
        &path.child("revisionHistoryLimit"),
        spec.number("revisionHistoryLimit"),
    );
    let deadline = spec.number("progressDeadlineSeconds");
    found.not_negative(&path.child("progressDeadlineSeconds"), deadline);
    if let Some(seconds) = deadline.filter(|seconds| *seconds <= ready.unwrap_or_default()) {
        found.invalid(
            &path.child("progressDeadlineSeconds"),
            seconds,
            "must be greater than minReadySeconds",
        );
    }
}

fn rolling_deployment(rolling: &Object, path: &Path, found: &mut Findings) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    let at = path.child("maxUnavailable");
    int_or_percent(unavailable, &at, found);
    int_or_percent(surge, &path.child("maxSurge"), found);
    if is_zero(unavailable) && is_zero(surge) {
        let shown = unavailable.cloned().unwrap_or_default();
        found.invalid(&at, shown, "may not be 0 when `maxSurge` is 0");
    }
    at_most_all(unavailable, &at, found);
}

pub(super) fn replica_set(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    found.not_negative(&path.child("replicas"), spec.number("replicas"));
    found.not_negative(
        &path.child("minReadySeconds"),
        spec.number("minReadySeconds"),
    );
    if selected(spec, "deployment", &path, found) {
        pod::template(spec.object("template"), &[], &path.child("template"), found);
        always_running(spec, "ReplicaSet", &path, found);
    }
}

pub(super) fn daemon_set(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    let selector = spec.object("selector");
    let usable = metadata::selector(selector, &path.child("selector"), found);
    let meta = spec.object("template").object("metadata");
    if usable && !(spec.has("selector") && metadata::matches(selector, meta.object("labels"))) {
        let at = path.child("template.metadata.labels");
        found.invalid(
            &at,
            metadata::shown(meta),
            "`selector` does not match template `labels`",
        );
    }
    if spec.has("selector") && metadata::is_empty(selector) {
        found.invalid(
            &path.child("selector"),
            Object::new(),
            "empty selector is invalid for daemonset",
        );
    }
    pod::template(spec.object("template"), &[], &path.child("template"), found);
    always_running(spec, "DaemonSet", &path, found);
    found.not_negative(
        &path.child("minReadySeconds"),
        spec.number("minReadySeconds"),
    );
    let (strategy, at) = (spec.object("updateStrategy"), path.child("updateStrategy"));
    match strategy.text("type") {
        "OnDelete" => {}
        "RollingUpdate" => rolling_daemons(
            strategy.object("rollingUpdate"),
            &at.child("rollingUpdate"),
            found,
        ),
        _ => found.unsupported(&at, strategy.clone(), &["RollingUpdate", "OnDelete"]),
    }
    found.not_negative(
        &path.child("revisionHistoryLimit"),
        spec.number("revisionHistoryLimit"),
    );
}

fn rolling_daemons(rolling: &Object, path: &Path, found: &mut Findings) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    let (at, at_surge) = (path.child("maxUnavailable"), path.child("maxSurge"));
    int_or_percent(unavailable, &at, found);
    int_or_percent(surge, &at_surge, found);
    at_most_all(unavailable, &at, found);
    at_most_all(surge, &at_surge, found);
    match (is_zero(unavailable), is_zero(surge)) {
        (false, false) => {
            let shown = surge.cloned().unwrap_or_default();
            found.invalid(
                &at_surge,
                shown,
                "may not be set when maxUnavailable is non-zero",
            );
        }
        (true, true) => found.required(&at, "cannot be 0 when maxSurge is 0"),
        _ => {}
    }
}

pub(super) fn stateful_set(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    let policy = spec.text("podManagementPolicy");
    if !matches!(policy, "OrderedReady" | "Parallel") {
        found.invalid(
            &path.child("podManagementPolicy"),
            policy,
            "must be 'OrderedReady' or 'Parallel'",
        );
    }
    let (strategy, at) = (spec.object("updateStrategy"), path.child("updateStrategy"));
    match (strategy.text("type"), strategy.pointer("rollingUpdate")) {
        ("OnDelete", Some(rolling)) => {
            let detail = "only allowed for updateStrategy 'RollingUpdate'";
            found.invalid(&at.child("rollingUpdate"), rolling.clone(), detail);
        }
        ("RollingUpdate", Some(rolling)) => {
            let at = at.child("rollingUpdate");
            found.not_negative(&at.child("partition"), rolling.number("partition"));
            let unavailable = rolling.get("maxUnavailable");
            int_or_percent(unavailable, &at.child("maxUnavailable"), found);
            at_most_all(unavailable, &at.child("maxUnavailable"), found);
        }
        ("OnDelete" | "RollingUpdate", None) => {}
        _ => found.invalid(
            &at,
            strategy.clone(),
            "must be 'RollingUpdate' or 'OnDelete'",
        ),
    }
    let retention = spec.object("persistentVolumeClaimRetentionPolicy");
    for key in ["whenDeleted", "whenScaled"] {
        let at = path
            .child("persistentVolumeClaimRetentionPolicy")
            .child(key);
        found.one_of(&at, retention.text(key), &["Retain", "Delete"]);
    }
    for (at, claim) in spec.objects("volumeClaimTemplates") {
        storage::claim_spec(
            claim.object("spec"),
            &path.child("volumeClaimTemplates").index(at).child("spec"),
            found,
        );
    }
    found.not_negative(&path.child("replicas"), spec.number("replicas"));
    found.not_negative(
        &path.child("minReadySeconds"),
        spec.number("minReadySeconds"),
    );
    let service = spec.text("serviceName");
    if !service.is_empty() {
        found.invalid_each(&path.child("serviceName"), service, names::label(service));
    }
    if selected(spec, "statefulset", &path, found) {
        let claims: Vec<&str> = spec
            .objects("volumeClaimTemplates")
            .map(|(_, claim)| claim.object("metadata").text("name"))
            .collect();
        pod::template(
            spec.object("template"),
            &claims,
            &path.child("template"),
            found,
        );
    }
    always_running(spec, "StatefulSet", &path, found);
}

pub(super) fn replication_controller(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    found.not_negative(
        &path.child("minReadySeconds"),
        spec.number("minReadySeconds"),
    );
    let selector = spec.object("selector");
    if selector.is_empty() {
        found.required(&path.child("selector"), "");
    }
    metadata::labels(selector, &path.child("selector"), found);
    found.not_negative(&path.child("replicas"), spec.number("replicas"));
    let Some(template) = spec.pointer("template") else {
        found.required(&path.child("template"), "");
        return;
    };
    let labels = template.object("metadata").object("labels");
    if selector
        .iter()
        .any(|(key, value)| labels.get(key) != Some(value))
    {
        let at = path.child("template.metadata.labels");
        let shown = metadata::shown(template.object("metadata"));
        found.invalid(&at, shown, "`selector` does not match template `labels`");
    }
    pod::template(template, &[], &path.child("template"), found);
    always_running(spec, "ReplicationController", &path, found);
}

pub(super) fn disruption_budget(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    if spec.has("minAvailable") && spec.has("maxUnavailable") {
        found.invalid(
            &path,
            spec.clone(),
            "minAvailable and maxUnavailable cannot be both set",
        );
    }
    for key in ["minAvailable", "maxUnavailable"] {
        int_or_percent(spec.get(key), &path.child(key), found);
        at_most_all(spec.get(key), &path.child(key), found);
    }
    metadata::selector(spec.object("selector"), &path.child("selector"), found);
    if spec.has("unhealthyPodEvictionPolicy") {
        let policy = spec.text("unhealthyPodEvictionPolicy");
        found.one_of(
            &path.child("unhealthyPodEvictionPolicy"),
            policy,
            &["AlwaysAllow", "IfHealthyBudget"],
        );
    }
}
