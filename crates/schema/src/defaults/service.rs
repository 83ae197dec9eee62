//! Services and endpoints. Upstream: `SetDefaults_Service` and `SetDefaults_Endpoints` in `pkg/apis/core/v1/defaults.go`.

use serde_json::{Value, json};

use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "core/v1.Service" => service(object.object_mut("spec")),
        "core/v1.EndpointPort" => object.default_text("protocol", "TCP"),
        _ => return false,
    }
    true
}

fn service(spec: &mut Object) {
    spec.default_text("sessionAffinity", "None");
    match spec.text("sessionAffinity") {
        "None" => {
            spec.remove("sessionAffinityConfig");
        }
        "ClientIP" => {
            let timeout = spec
                .object("sessionAffinityConfig")
                .object("clientIP")
                .number("timeoutSeconds");
            if timeout.is_none() {
                let config = json!({"clientIP": {"timeoutSeconds": 10_800}});
                spec.insert("sessionAffinityConfig".to_owned(), config);
            }
        }
        _ => {}
    }
    spec.default_text("type", "ClusterIP");
    for port in spec.objects_mut("ports") {
        port.default_text("protocol", "TCP");
        let unset = match port.get("targetPort") {
            None => true,
            Some(Value::String(name)) => name.is_empty(),
            Some(number) => *number == 0,
        };
        if unset {
            let number = port.number("port").unwrap_or_default();
            port.insert("targetPort".to_owned(), number.into());
        }
    }
    let kind = spec.text("type").to_owned();
    let outside = matches!(kind.as_str(), "LoadBalancer" | "NodePort")
        || (kind == "ClusterIP" && !spec.items("externalIPs").is_empty());
    if outside {
        spec.default_text("externalTrafficPolicy", "Cluster");
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer" | "ClusterIP") {
        spec.default_value("internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        spec.default_value("allocateLoadBalancerNodePorts", true);
    }
}
