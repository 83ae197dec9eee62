//! What a container may use and what is kept for it, after everything that the estate shows to change it: defaulting, limit
//! ranges, resources of the whole pod and vertical autoscalers.

use sekisho_model::{Container, Fields, Object, Pod};
use sekisho_schema::Quantity;
use serde_json::Value;

use super::surroundings::Around;
use crate::Context;

/// What is known of one amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// In billionths, more than nothing.
    Given(i128),
    /// Written as zero, which sets nothing.
    Zero,
    /// Set nowhere.
    Absent,
    /// A limit range or an autoscaler may set it: one of the two files leaves its namespace open.
    Perhaps,
}

/// The limit that holds for a container.
///
/// A limit of the whole pod bounds each container in it (`spec.resources`, Kubernetes 1.34). A limit range fills in only
/// what is absent (`mergeContainerResources`, `plugin/pkg/admission/limitranger`): a limit of `0` stays, and the kubelet
/// passes it to the runtime as no limit.
pub(crate) fn limit(
    cx: &Context<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    resource: &str,
) -> Amount {
    let whole = read(pod.spec(), "resources.limits", resource);
    let own = read(container.value, "resources.limits", resource);
    let own = own.unwrap_or_else(|| from_ranges(cx, pod.object, "default", resource));
    match (whole, own) {
        (Some(Amount::Given(whole)), Amount::Given(own)) => Amount::Given(whole.min(own)),
        (Some(whole @ Amount::Given(_)), _) => whole,
        (_, own) => own,
    }
}

/// The request that holds for a container: its own, or that of the whole pod.
pub(crate) fn request(
    cx: &Context<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    resource: &str,
) -> Amount {
    match (
        own_request(cx, pod, container, resource),
        whole_request(pod, resource),
    ) {
        (own @ Amount::Given(_), _) => own,
        (_, Some(whole @ Amount::Given(_))) => whole,
        (own, _) => own,
    }
}

/// The request of the container itself. Without one it takes the limit (`SetDefaults_Pod`).
pub(crate) fn own_request(
    cx: &Context<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    resource: &str,
) -> Amount {
    let own = ["resources.requests", "resources.limits"]
        .into_iter()
        .find_map(|list| read(container.value, list, resource))
        .unwrap_or_else(|| from_ranges(cx, pod.object, "defaultRequest", resource));
    match own {
        Amount::Given(_) => own,
        own => from_vertical(cx, pod, container, resource).unwrap_or(own),
    }
}

/// What the pod as a whole requests.
pub(crate) fn whole_request(pod: &Pod<'_>, resource: &str) -> Option<Amount> {
    ["resources.requests", "resources.limits"]
        .into_iter()
        .find_map(|list| read(pod.spec(), list, resource))
}

/// An amount as it stands in a list of resources.
pub(crate) fn read(value: &Value, list: &str, resource: &str) -> Option<Amount> {
    let amount = match value.at(list)?.key(resource)? {
        Value::String(text) => Quantity::parse(text).ok()?,
        Value::Number(number) => Quantity::parse(&number.to_string()).ok()?,
        _ => return None,
    };
    Some(match amount.nano() {
        nano if nano > 0 => Amount::Given(nano),
        _ => Amount::Zero,
    })
}

/// What the limit ranges of a namespace give to containers.
pub(crate) fn of_ranges(around: &Around<'_>, field: &'static str, resource: &str) -> Amount {
    let mut found = Amount::Absent;
    for (_, range) in &around.ranges {
        for item in range.value.items("spec.limits") {
            if item.text("type") != Some("Container") {
                continue;
            }
            match read(item, field, resource) {
                Some(given @ Amount::Given(_)) => return given,
                Some(other) => found = other,
                None => {}
            }
        }
    }
    found
}

fn from_ranges(cx: &Context<'_>, object: &Object, field: &'static str, resource: &str) -> Amount {
    let surroundings = cx.surroundings();
    let sure = of_ranges(surroundings.beside(object), field, resource);
    if sure == Amount::Absent
        && surroundings
            .perhaps_beside(object)
            .any(|around| matches!(of_ranges(around, field, resource), Amount::Given(_)))
    {
        return Amount::Perhaps;
    }
    sure
}

/// A VerticalPodAutoscaler writes requests of CPU and memory into the pods of its target, unless its mode, or the mode
/// for this container, is `Off`.
fn from_vertical(
    cx: &Context<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    resource: &str,
) -> Option<Amount> {
    if !matches!(resource, "cpu" | "memory") {
        return None;
    }
    let sets = |around: &Around<'_>| {
        around.vertical.iter().any(|(_, vertical)| {
            let spec = vertical.value.at("spec").unwrap_or(&Value::Null);
            spec.text("targetRef.kind") == Some(pod.object.kind.as_str())
                && spec.text("targetRef.name") == Some(pod.object.name.as_str())
                && spec.text("updatePolicy.updateMode") != Some("Off")
                && controls(spec, container.name(), resource)
        })
    };
    let surroundings = cx.surroundings();
    if sets(surroundings.beside(pod.object)) {
        return Some(Amount::Given(1));
    }
    surroundings
        .perhaps_beside(pod.object)
        .any(sets)
        .then_some(Amount::Perhaps)
}

/// The policy for a container is the one of its name, else the one of `*`.
fn controls(spec: &Value, container: &str, resource: &str) -> bool {
    let policies = spec.items("resourcePolicy.containerPolicies");
    let policy = [container, "*"].into_iter().find_map(|name| {
        policies
            .iter()
            .find(|policy| policy.text("containerName") == Some(name))
    });
    let Some(policy) = policy else {
        return true;
    };
    let resources = policy.at("controlledResources").and_then(Value::as_array);
    policy.text("mode") != Some("Off")
        && resources.is_none_or(|list| list.iter().any(|item| item == resource))
}
