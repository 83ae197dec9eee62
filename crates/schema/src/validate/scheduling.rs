//! Where pods may run. Upstream: `validateAffinity`, `ValidateTolerations`, `validateTopologySpreadConstraints`.

use super::findings::{Findings, Path};
use super::{metadata, names};
use crate::access::{Object, Read};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub(super) fn affinity(affinity: &Object, path: &Path, found: &mut Findings) {
    if let Some(node) = affinity.pointer("nodeAffinity") {
        let path = path.child("nodeAffinity");
        if let Some(selector) = node.pointer(REQUIRED) {
            let path = path.child(REQUIRED).child("nodeSelectorTerms");
            if selector.items("nodeSelectorTerms").is_empty() {
                found.required(&path, "must have at least one node selector term");
            }
            for (at, term) in selector.objects("nodeSelectorTerms") {
                node_term(term, &path.index(at), found);
            }
        }
        for (at, term) in node.objects(PREFERRED) {
            let path = path.child(PREFERRED).index(at);
            weight(term, &path, found);
            node_term(term.object("preference"), &path.child("preference"), found);
        }
    }
    for key in ["podAffinity", "podAntiAffinity"] {
        let Some(pods) = affinity.pointer(key) else {
            continue;
        };
        let path = path.child(key);
        for (at, term) in pods.objects(REQUIRED) {
            pod_term(term, &path.child(REQUIRED).index(at), found);
        }
        for (at, term) in pods.objects(PREFERRED) {
            let path = path.child(PREFERRED).index(at);
            weight(term, &path, found);
            pod_term(
                term.object("podAffinityTerm"),
                &path.child("podAffinityTerm"),
                found,
            );
        }
    }
}

fn weight(term: &Object, path: &Path, found: &mut Findings) {
    let weight = term.number("weight").unwrap_or_default();
    if !(1..=100).contains(&weight) {
        found.invalid(&path.child("weight"), weight, "must be in the range 1-100");
    }
}

fn node_term(term: &Object, path: &Path, found: &mut Findings) {
    for (at, expression) in term.objects("matchExpressions") {
        let path = path.child("matchExpressions").index(at);
        let values = expression.items("values").len();
        match expression.text("operator") {
            "In" | "NotIn" if values == 0 => {
                found.required(
                    &path.child("values"),
                    "must be specified when `operator` is 'In' or 'NotIn'",
                );
            }
            "Exists" | "DoesNotExist" if values > 0 => {
                let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                found.forbidden(&path.child("values"), detail);
            }
            "Gt" | "Lt" if values != 1 => {
                let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
                found.required(&path.child("values"), detail);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
            other => found.invalid(
                &path.child("operator"),
                other,
                "not a valid selector operator",
            ),
        }
        let key = expression.text("key");
        found.invalid_each(&path.child("key"), key, names::label_key(key));
    }
}

fn pod_term(term: &Object, path: &Path, found: &mut Findings) {
    for key in ["labelSelector", "namespaceSelector"] {
        if let Some(selector) = term.pointer(key) {
            metadata::selector(selector, &path.child(key), found);
        }
    }
    for (_, namespace) in term.texts("namespaces") {
        found.invalid_each(&path.child("namespace"), namespace, names::label(namespace));
    }
    let key = term.text("topologyKey");
    if key.is_empty() {
        found.required(&path.child("topologyKey"), "can not be empty");
    }
    found.invalid_each(&path.child("topologyKey"), key, names::label_key(key));
}

pub(super) fn spread(spec: &Object, path: &Path, found: &mut Findings) {
    for (at, constraint) in spec.objects("topologySpreadConstraints") {
        let path = path.index(at);
        let skew = constraint.number("maxSkew").unwrap_or_default();
        if skew <= 0 {
            found.invalid(&path.child("maxSkew"), skew, "must be greater than zero");
        }
        let key = constraint.text("topologyKey");
        if key.is_empty() {
            found.required(&path.child("topologyKey"), "can not be empty");
        } else {
            found.invalid_each(&path.child("topologyKey"), key, names::label_key(key));
        }
        let action = constraint.text("whenUnsatisfiable");
        found.one_of(
            &path.child("whenUnsatisfiable"),
            action,
            &["DoNotSchedule", "ScheduleAnyway"],
        );
        if let Some(selector) = constraint.pointer("labelSelector") {
            metadata::selector(selector, &path.child("labelSelector"), found);
        }
    }
}

pub(super) fn tolerations(spec: &Object, path: &Path, found: &mut Findings) {
    for (at, toleration) in spec.objects("tolerations") {
        let path = path.index(at);
        let (key, operator) = (toleration.text("key"), toleration.text("operator"));
        let (value, effect) = (toleration.text("value"), toleration.text("effect"));
        if !key.is_empty() {
            found.invalid_each(&path.child("key"), key, names::label_key(key));
        } else if operator != "Exists" {
            let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            found.invalid(&path.child("operator"), operator, detail);
        }
        if toleration.has("tolerationSeconds") && effect != "NoExecute" {
            found.invalid(
                &path.child("effect"),
                effect,
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            );
        }
        match operator {
            "" | "Equal" => {
                let problems = names::label_value(value);
                if !problems.is_empty() {
                    found.invalid(&path.child("operator"), value, &problems.join(";"));
                }
            }
            "Exists" => {
                if !value.is_empty() {
                    found.invalid(
                        &path.child("operator"),
                        value,
                        "value must be empty when `operator` is 'Exists'",
                    );
                }
            }
            "Lt" | "Gt" => found.unsupported(
                &path.child("operator"),
                operator,
                &["Equal", "Exists", "Lt", "Gt"],
            ),
            _ => found.unsupported(&path.child("operator"), operator, &["Equal", "Exists"]),
        }
        if !effect.is_empty() {
            let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
            found.one_of(&path.child("effect"), effect, &effects);
        }
    }
}
