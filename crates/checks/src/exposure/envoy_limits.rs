//! Rate limits that EnvoyFilters put into gateways.
//!
//! Envoy's local limit counts only requests that `filter_enabled` picks and refuses only those that `filter_enforced` picks;
//! both are 0 % when they are not written.

use sekisho_model::{Fields, Object, Selector};
use sekisho_text::Route;
use serde_json::{Map, Value};

use crate::Context;

/// What an EnvoyFilter does about rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Requests above the rate are refused.
    Enforced,
    /// A local limit that counts and refuses nothing; where its configuration stands, and what is missing.
    Idle(Route, Vec<&'static str>),
    /// Nothing.
    None,
}

/// Reads all patches; one that is enforced is enough.
pub(crate) fn of_filter(filter: &Object) -> Limit {
    let mut found = Limit::None;
    for (number, patch) in filter.value.items("spec.configPatches").iter().enumerate() {
        if patch.text("patch.operation") == Some("REMOVE") {
            continue;
        }
        let Some(value) = patch.at("patch.value") else {
            continue;
        };
        let route = Route::of("spec.configPatches")
            .index(number)
            .at("patch.value");
        match of_value(value, &route) {
            Limit::Enforced => return Limit::Enforced,
            idle @ Limit::Idle(..) => found = idle,
            Limit::None => {}
        }
    }
    found
}

fn of_value(value: &Value, route: &Route) -> Limit {
    if value.text("name") == Some("envoy.filters.http.ratelimit") {
        return Limit::Enforced;
    }
    let mut found = Limit::None;
    match value {
        Value::Object(fields) if field(fields, "token_bucket").is_some() => {
            let idle: Vec<&'static str> = ["filter_enabled", "filter_enforced"]
                .into_iter()
                .filter(|name| !is_on(fields, name))
                .collect();
            if idle.is_empty() {
                return Limit::Enforced;
            }
            return Limit::Idle(route.clone(), idle);
        }
        Value::Object(fields) => {
            for (key, inner) in fields {
                match of_value(inner, &route.key(key.clone())) {
                    Limit::Enforced => return Limit::Enforced,
                    idle @ Limit::Idle(..) => found = idle,
                    Limit::None => {}
                }
            }
        }
        Value::Array(items) => {
            for (number, inner) in items.iter().enumerate() {
                match of_value(inner, &route.index(number)) {
                    Limit::Enforced => return Limit::Enforced,
                    idle @ Limit::Idle(..) => found = idle,
                    Limit::None => {}
                }
            }
        }
        _ => {}
    }
    found
}

/// Protobuf's JSON takes `token_bucket` and `tokenBucket`.
fn field<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let camel: String = name
        .split('_')
        .enumerate()
        .map(|(number, word)| match (number, word.split_at_checked(1)) {
            (0, _) | (_, None) => word.to_owned(),
            (_, Some((first, rest))) => first.to_ascii_uppercase() + rest,
        })
        .collect();
    fields.get(name).or_else(|| fields.get(&camel))
}

fn is_on(fields: &Map<String, Value>, name: &str) -> bool {
    field(fields, name)
        .and_then(Value::as_object)
        .and_then(|fraction| field(fraction, "default_value"))
        .and_then(|value| value.get("numerator"))
        .and_then(Value::as_i64)
        .is_some_and(|numerator| numerator > 0)
}

/// Whether an EnvoyFilter reaches the workload that a Gateway selects. One without a selector reaches its namespace, and from
/// the root namespace the whole mesh.
pub(crate) fn applies(cx: &Context<'_>, filter: &Object, gateway: &Object) -> bool {
    if filter.place != gateway.place {
        return false;
    }
    let wanted = gateway
        .value
        .at("spec.selector")
        .and_then(Selector::of_labels);
    let own = filter
        .value
        .at("spec.workloadSelector.labels")
        .and_then(Selector::of_labels);
    let is_root = filter.namespace.given() == Some("istio-system");
    let fits = |labels: Option<&Map<String, Value>>| {
        own.as_ref().is_none_or(|selector| selector.matches(labels))
    };
    let beside = is_root || filter.namespace == gateway.namespace;
    if beside && fits(gateway.value.entries("spec.selector")) {
        return true;
    }
    wanted.is_some_and(|wanted| {
        let pods = cx.workloads().all().iter();
        let mut selected = pods.filter(|(_, pod)| wanted.matches(pod.labels()));
        selected.any(|(_, pod)| {
            let shares = is_root || pod.object.namespace == filter.namespace;
            shares && fits(pod.labels())
        })
    })
}
