//! The smaller groups. Upstream: `pkg/apis/{core,discovery,flowcontrol,networking,rbac,resource,scheduling}/v1/defaults.go`.

use serde_json::{Value, json};

use crate::access::{Object, Read, Write};

pub(super) fn set_core(object: &mut Object, shape: &str) -> bool {
    match shape {
        "core/v1.Secret" => object.default_text("type", "Opaque"),
        "core/v1.Namespace" => {
            let name = object.object("metadata").text("name").to_owned();
            if !name.is_empty() {
                let labels = object.object_mut("metadata").object_mut("labels");
                labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
            }
        }
        "core/v1.NamespaceStatus" => object.default_text("phase", "Active"),
        "core/v1.NodeStatus" => {
            if let Some(capacity) = object.get("capacity").cloned() {
                object.default_value("allocatable", capacity);
            }
        }
        "core/v1.LimitRangeItem" if object.text("type") == "Container" => limits(object),
        "core/v1.ReplicationController" => replication_controller(object),
        _ => return false,
    }
    true
}

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "discovery/v1.EndpointPort" => {
            object.default_value("name", "");
            object.default_value("protocol", "TCP");
        }
        "flowcontrol/v1.FlowSchemaSpec" => object.default_number("matchingPrecedence", 1000),
        "flowcontrol/v1.ExemptPriorityLevelConfiguration" => {
            object.default_value("nominalConcurrencyShares", 0);
            object.default_value("lendablePercent", 0);
        }
        "flowcontrol/v1.LimitedPriorityLevelConfiguration" => {
            object.default_value("nominalConcurrencyShares", 30);
            object.default_value("lendablePercent", 0);
        }
        "flowcontrol/v1.QueuingConfiguration" => {
            object.default_number("handSize", 8);
            object.default_number("queues", 64);
            object.default_number("queueLengthLimit", 50);
        }
        "networking/v1.NetworkPolicyPort" => object.default_value("protocol", "TCP"),
        "networking/v1.NetworkPolicySpec" => {
            let egress = !object.items("egress").is_empty();
            if object.items("policyTypes").is_empty() {
                let types = if egress {
                    json!(["Ingress", "Egress"])
                } else {
                    json!(["Ingress"])
                };
                object.insert("policyTypes".to_owned(), types);
            }
        }
        "networking/v1.IngressClassParametersReference" => object.default_value("scope", "Cluster"),
        "rbac/v1.RoleRef" => object.default_text("apiGroup", "rbac.authorization.k8s.io"),
        "rbac/v1.Subject" if matches!(object.text("kind"), "User" | "Group") => {
            object.default_text("apiGroup", "rbac.authorization.k8s.io");
        }
        "resource/v1.ExactDeviceRequest" | "resource/v1.DeviceSubRequest" => {
            object.default_text("allocationMode", "ExactCount");
            if object.text("allocationMode") == "ExactCount" {
                object.default_number("count", 1);
            }
        }
        "scheduling/v1.PriorityClass" => {
            object.default_value("preemptionPolicy", "PreemptLowerPriority");
        }
        _ => return false,
    }
    true
}

/// Containers without limits take the maximum; those without requests take the limit, or else the minimum.
fn limits(item: &mut Object) {
    let (most, least) = (item.object("max").clone(), item.object("min").clone());
    let defaults = item.object_mut("default");
    for (name, amount) in most {
        defaults.entry(name).or_insert(amount);
    }
    let defaults = defaults.clone();
    let requests = item.object_mut("defaultRequest");
    for (name, amount) in defaults.into_iter().chain(least) {
        requests.entry(name).or_insert(amount);
    }
}

fn replication_controller(controller: &mut Object) {
    let template = controller.object("spec").pointer("template");
    let Some(labels) = template
        .and_then(|template| template.object("metadata").get("labels"))
        .cloned()
    else {
        return;
    };
    if controller.object("spec").object("selector").is_empty() {
        controller
            .object_mut("spec")
            .insert("selector".to_owned(), labels.clone());
    }
    if controller.object("metadata").object("labels").is_empty()
        && labels != Value::Object(Object::new())
    {
        controller
            .object_mut("metadata")
            .insert("labels".to_owned(), labels);
    }
}
