//! Pods, containers and probes. Upstream: `pkg/apis/core/v1/defaults.go`.

use serde_json::{Value, json};

use super::image;
use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "core/v1.Pod" => pod(object),
        "core/v1.PodSpec" => spec(object),
        "core/v1.Container" | "core/v1.EphemeralContainer" => container(object),
        "core/v1.Probe" => {
            object.default_number("timeoutSeconds", 1);
            object.default_number("periodSeconds", 10);
            object.default_number("successThreshold", 1);
            object.default_number("failureThreshold", 3);
        }
        "core/v1.HTTPGetAction" => {
            object.default_text("path", "/");
            object.default_text("scheme", "HTTP");
        }
        "core/v1.ObjectFieldSelector" => object.default_text("apiVersion", "v1"),
        _ => return false,
    }
    true
}

/// Only for pods themselves; templates of workloads get these when their pods are made.
fn pod(pod: &mut Object) {
    let Some(spec) = pod.get_mut("spec").and_then(Value::as_object_mut) else {
        pod.insert("spec".to_owned(), json!({"enableServiceLinks": true}));
        return;
    };
    for list in ["containers", "initContainers"] {
        for container in spec.objects_mut(list) {
            requests_from_limits(container);
        }
    }
    spec.default_value("enableServiceLinks", true);
    if spec.flag("hostNetwork") {
        for list in ["containers", "initContainers"] {
            for container in spec.objects_mut(list) {
                for port in container.objects_mut("ports") {
                    let number = port.number("containerPort").unwrap_or_default();
                    if number != 0 {
                        port.default_number("hostPort", number);
                    }
                }
            }
        }
    }
}

fn requests_from_limits(container: &mut Object) {
    let Some(resources) = container.pointer_mut("resources") else {
        return;
    };
    let Some(limits) = resources.pointer("limits").cloned() else {
        return;
    };
    let requests = resources.object_mut("requests");
    for (name, amount) in limits {
        requests.entry(name).or_insert(amount);
    }
}

fn spec(spec: &mut Object) {
    spec.default_text("dnsPolicy", "ClusterFirst");
    spec.default_text("restartPolicy", "Always");
    spec.default_value("securityContext", json!({}));
    spec.default_value("terminationGracePeriodSeconds", 30);
    spec.default_text("schedulerName", "default-scheduler");
    // The conversion to the internal form keeps one account name and writes it under both names again.
    let account = match spec.text("serviceAccountName") {
        "" => spec.text("serviceAccount").to_owned(),
        name => name.to_owned(),
    };
    if !account.is_empty() {
        spec.insert("serviceAccountName".to_owned(), account.clone().into());
        spec.insert("serviceAccount".to_owned(), account.into());
    }
}

fn container(container: &mut Object) {
    let policy = image::pull_policy(container.text("image"));
    container.default_text("imagePullPolicy", policy);
    container.default_text("terminationMessagePath", "/dev/termination-log");
    container.default_text("terminationMessagePolicy", "File");
}
