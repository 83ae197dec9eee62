//! Whether an autoscaler can measure what it is told to. Semantics: `calculateRequests` of the autoscaler's controller
//! (kubernetes/kubernetes 1.34, `pkg/controller/podautoscaler/replica_calculator.go`): use as a share needs the request of
//! every container and sidecar, or of the pod as a whole; a metric of one container needs that container's.

use sekisho_model::{Container, ContainerRole, Fields, Object, Phrase, Pod, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::amounts::{Amount, own_request, whole_request};
use crate::Context;

/// What is known of one metric.
#[derive(Debug)]
pub(crate) enum Measured {
    Fine,
    Open(Phrase),
    Blind {
        metric: Route,
        container: Route,
        message: Phrase,
    },
}

/// A share of a request: the resource, the container it is about (all when empty), and its place.
struct Share<'a> {
    resource: &'a str,
    container: &'a str,
    route: Route,
}

/// What is known of each metric of an autoscaler that is a share of a request.
pub(crate) fn measured(cx: &Context<'_>, scaler: &Object, target: &Object) -> Vec<Measured> {
    let Some(pod) = Pod::of(target) else {
        return Vec::new();
    };
    shares(scaler)
        .into_iter()
        .map(|share| measure(cx, &pod, share))
        .collect()
}

fn shares(scaler: &Object) -> Vec<Share<'_>> {
    let value = &scaler.value;
    if scaler.group() == "keda.sh" {
        return triggers(value);
    }
    if value.int("spec.targetCPUUtilizationPercentage").is_some() {
        return vec![Share {
            resource: "cpu",
            container: "",
            route: Route::of("spec.targetCPUUtilizationPercentage"),
        }];
    }
    let mut shares = Vec::new();
    for (index, metric) in value.items("spec.metrics").iter().enumerate() {
        let field = match metric.text("type") {
            Some("Resource") => "resource",
            Some("ContainerResource") => "containerResource",
            _ => continue,
        };
        let Some(source) = metric.at(field) else {
            continue;
        };
        if source.text("target.type") != Some("Utilization") {
            continue;
        }
        shares.push(Share {
            resource: source.text("name").unwrap_or(""),
            container: source.text("container").unwrap_or(""),
            route: Route::of("spec.metrics").index(index).key(field),
        });
    }
    shares
}

/// KEDA turns triggers of type `cpu` and `memory` into resource metrics; without a metric type they are shares.
fn triggers(value: &Value) -> Vec<Share<'_>> {
    let mut shares = Vec::new();
    for (index, trigger) in value.items("spec.triggers").iter().enumerate() {
        let resource = trigger.text("type").unwrap_or("");
        let metric = trigger
            .text("metricType")
            .or_else(|| trigger.text("metadata.type"))
            .filter(|text| !text.is_empty())
            .unwrap_or("Utilization");
        if matches!(resource, "cpu" | "memory") && metric == "Utilization" {
            shares.push(Share {
                resource,
                container: trigger.text("metadata.containerName").unwrap_or(""),
                route: Route::of("spec.triggers").index(index),
            });
        }
    }
    shares
}

fn measure(cx: &Context<'_>, pod: &Pod<'_>, share: Share<'_>) -> Measured {
    let Share {
        resource,
        container,
        route,
    } = share;
    let lasting: Vec<&Container<'_>> = pod
        .containers()
        .iter()
        .filter(|it| matches!(it.role, ContainerRole::Main | ContainerRole::Sidecar))
        .filter(|it| container.is_empty() || it.name() == container)
        .collect();
    let workload = &pod.object.name;
    if lasting.is_empty() {
        return Measured::Blind {
            metric: route,
            container: pod.at("containers"),
            message: phrase!(en: "`{workload}` has no container `{container}` to measure", ja: "`{workload}` に計測対象のコンテナ `{container}` がない"),
        };
    }
    let amounts: Vec<Amount> = lasting
        .iter()
        .map(|it| own_request(cx, pod, it, resource))
        .collect();
    if container.is_empty() && is_measured_whole(pod, resource, &amounts) {
        return Measured::Fine;
    }
    let blind = lasting
        .iter()
        .zip(&amounts)
        .find(|(_, amount)| **amount == Amount::Absent)
        .map(|(it, _)| *it);
    let all_zero = amounts.iter().all(|amount| *amount == Amount::Zero);
    let blind = blind.or_else(|| lasting.first().copied().filter(|_| all_zero));
    match blind {
        Some(it) if cx.complete() => {
            let name = it.name();
            Measured::Blind {
                metric: route,
                container: it.at("resources.requests"),
                message: phrase!(
                    en: "the use of {resource} cannot be measured: container `{name}` of `{workload}` requests none, so there is nothing to take a share of",
                    ja: "{resource} の使用率を計算できない: `{workload}` のコンテナ `{name}` に requests がない",
                ),
            }
        }
        Some(it) => {
            let name = it.name();
            Measured::Open(phrase!(
                en: "container `{name}` of `{workload}` requests no {resource}; a LimitRange that was not read may",
                ja: "`{workload}` のコンテナ `{name}` に {resource} の requests がない。読み込んでいない LimitRange が補う可能性がある",
            ))
        }
        None if amounts.contains(&Amount::Perhaps) => Measured::Open(phrase!(
            en: "whether a LimitRange sets the requests of `{workload}` depends on the namespace, which a file leaves open",
            ja: "`{workload}` の requests を LimitRange が設定するかは、ファイルが省略した namespace による",
        )),
        None => Measured::Fine,
    }
}

/// With requests of the pod as a whole, one amount is enough: its own, or the sum of those that the containers give.
fn is_measured_whole(pod: &Pod<'_>, resource: &str, amounts: &[Amount]) -> bool {
    let has_whole = ["resources.requests", "resources.limits"]
        .into_iter()
        .any(|list| {
            pod.spec()
                .entries(list)
                .is_some_and(|list| !list.is_empty())
        });
    let is_given = |amount: &Amount| matches!(amount, Amount::Given(_));
    has_whole
        && (whole_request(pod, resource).as_ref().is_some_and(is_given)
            || amounts.iter().any(is_given))
}
