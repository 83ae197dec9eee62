//! Horizontal pod autoscalers. Upstream: `pkg/apis/autoscaling/validation`.

use super::findings::{Findings, Path};
use super::names;
use crate::access::{Object, Read};

const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

pub(super) fn autoscaler(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    let least = spec.number("minReplicas").unwrap_or(1);
    let most = spec.number("maxReplicas").unwrap_or_default();
    if least < 1 {
        found.invalid(
            &path.child("minReplicas"),
            least,
            "must be greater than or equal to 1",
        );
    }
    let at = path.child("maxReplicas");
    if most == 0 {
        found.required(&at, "must be set and greater than 0");
    } else if most < 0 {
        found.invalid(&at, most, "must be greater than or equal to 1");
    }
    if most < least {
        found.invalid(&at, most, "must be greater than or equal to `minReplicas`");
    }
    for key in ["kind", "name"] {
        let path = path.child("scaleTargetRef").child(key);
        let text = spec.object("scaleTargetRef").text(key);
        if text.is_empty() {
            found.required(&path, "");
        } else {
            found.invalid_each(&path, text, names::path_segment(text));
        }
    }
    let target = spec.object("scaleTargetRef");
    let version = target.text("apiVersion");
    if !version.contains('/') {
        let path = path.child("scaleTargetRef").child("apiVersion");
        found.invalid(&path, version, "apiVersion must specify API group");
    }
    for (at, one) in spec.objects("metrics") {
        metric(one, &path.child("metrics").index(at), found);
    }
}

fn metric(metric: &Object, path: &Path, found: &mut Findings) {
    let kind = metric.text("type");
    if kind.is_empty() {
        found.required(&path.child("type"), "must specify a metric source type");
    }
    match SOURCES.iter().find(|(name, _)| *name == kind) {
        None => {
            let names = [
                "Object",
                "Pods",
                "Resource",
                "External",
                "ContainerResource",
            ];
            found.unsupported(&path.child("type"), kind, &names);
        }
        Some((_, key)) if !metric.has(key) => {
            found.required(
                &path.child(key),
                "must populate information for the given metric source",
            );
        }
        Some((_, key)) => {
            for (_, other) in SOURCES
                .iter()
                .filter(|(_, other)| other != key && metric.has(other))
            {
                found.forbidden(
                    &path.child(other),
                    "must populate the given metric source only",
                );
            }
            source(metric.object(key), key, &path.child(key), found);
        }
    }
}

fn source(source: &Object, kind: &str, path: &Path, found: &mut Findings) {
    if kind.ends_with("esource") && source.text("name").is_empty() {
        found.required(&path.child("name"), "must specify a resource name");
    }
    let (target, at) = (source.object("target"), path.child("target"));
    let wanted = target.text("type");
    if !matches!(wanted, "Utilization" | "Value" | "AverageValue") {
        found.invalid(
            &at.child("type"),
            wanted,
            "must be either Utilization, Value, or AverageValue",
        );
    }
    if let Some(percent) = target
        .number("averageUtilization")
        .filter(|percent| *percent < 1)
    {
        found.invalid(
            &at.child("averageUtilization"),
            percent,
            "must be greater than 0",
        );
    }
    if kind.ends_with("esource") {
        match (target.has("averageUtilization"), target.has("averageValue")) {
            (false, false) => {
                let detail = "must set either a target raw value or a target utilization";
                found.required(&at.child("averageUtilization"), detail);
            }
            (true, true) => {
                let detail = "may not set both a target raw value and a target utilization";
                found.forbidden(&at.child("averageValue"), detail);
            }
            _ => {}
        }
    } else if kind == "pods" && !target.has("averageValue") {
        found.required(
            &at.child("averageValue"),
            "must specify a positive target averageValue",
        );
    }
}
