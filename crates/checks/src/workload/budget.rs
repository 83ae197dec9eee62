//! What a disruption budget allows. Semantics: `getExpectedPodCount` and `updatePdbStatus` of the disruption controller
//! (kubernetes/kubernetes, `pkg/controller/disruption`): percentages are rounded up, and a budget that says neither
//! `minAvailable` nor `maxUnavailable` expects no pods, which allows no eviction.

use std::collections::BTreeMap;

use sekisho_model::{Fields, Object, Phrase, Pod, Selector, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::scaler::count;
use super::surroundings::{Selecting, is_controlled};
use crate::Context;

/// What a budget does to the pods that it selects.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Some evictions are allowed, and some are refused.
    Works,
    /// No eviction is ever allowed, and why.
    Blocks(Route, Phrase),
    /// No eviction is ever refused, and why.
    Idle(Route, Phrase),
    /// How many pods there are is not known.
    Open,
}

/// The pods that a budget selects, as far as they are known.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// Workloads, by their index in the estate.
    pub(crate) workloads: Vec<usize>,
    /// How many pods there are at the least; `None` when some workload has no fixed number of them.
    pub(crate) least: Option<i64>,
}

/// Counts what a budget selects. One workload that two files define is counted once.
pub(crate) fn selected(cx: &Context<'_>, budget: &Selecting<'_>) -> Selected {
    let mut found: BTreeMap<(&str, &str), (usize, &Pod<'_>)> = BTreeMap::new();
    for (index, pod) in cx.workloads().selected(budget.object, &budget.selector) {
        if !is_controlled(pod.object) {
            found.insert((&pod.object.kind, &pod.object.name), (*index, pod));
        }
    }
    let mut selected = Selected {
        workloads: Vec::new(),
        least: Some(0),
    };
    let around = cx.surroundings().beside(budget.object);
    for (index, pod) in found.into_values() {
        selected.workloads.push(index);
        let least = match count(around, pod.object) {
            // Scaled to zero and back, it has one pod at the least while it runs, but none most of the time.
            Some(count) if count.least == 0 && count.most > 0 => None,
            Some(count) => Some(count.least),
            None if pod.object.kind == "Pod" => Some(1),
            None => None,
        };
        selected.least = match (selected.least, least) {
            (Some(sum), Some(least)) => Some(sum + least),
            _ => None,
        };
    }
    selected
}

/// The workload that a budget without pods was probably made for: it has the budget's name, or one of the labels.
pub(crate) fn meant<'c, 'a>(
    cx: &'c Context<'a>,
    budget: &Selecting<'_>,
) -> Option<(usize, &'c Pod<'a>)> {
    cx.workloads()
        .beside(budget.object)
        .filter(|(_, pod)| !is_controlled(pod.object))
        .find(|(_, pod)| {
            pod.object.name == budget.object.name || shares_a_label(budget.object, pod)
        })
        .map(|(index, pod)| (*index, pod))
}

fn shares_a_label(budget: &Object, pod: &Pod<'_>) -> bool {
    let labels = budget.value.entries("spec.selector.matchLabels");
    labels.is_some_and(|labels| {
        labels.iter().any(|(key, value)| {
            let one = json!({ key: value });
            Selector::of_labels(&one).is_some_and(|one| one.matches(pod.labels()))
        })
    })
}

/// What the budget does.
pub(crate) fn effect(budget: &Object, least: Option<i64>) -> Effect {
    let spec = budget.value.at("spec").unwrap_or(&Value::Null);
    let most = bound(spec, "maxUnavailable");
    let min = bound(spec, "minAvailable");
    let route = Route::of("spec");
    match (most, min) {
        (Some(bound), _) => most_unavailable(bound, least),
        (None, Some(bound)) => least_available(bound, least),
        (None, None) => Effect::Blocks(
            route,
            phrase!(en: "it sets neither `minAvailable` nor `maxUnavailable`, which allows no eviction", ja: "`minAvailable` も `maxUnavailable` もなく、退避を一切許さない"),
        ),
    }
}

#[derive(Debug, Clone, Copy)]
enum Bound {
    Pods(i64),
    Percent(i64),
}

impl Bound {
    /// `GetScaledValueFromIntOrPercent` with `roundUp`.
    fn of(self, pods: i64) -> i64 {
        match self {
            Self::Pods(number) => number,
            Self::Percent(percent) => {
                let hundredths = percent.saturating_mul(pods);
                hundredths / 100 + i64::from(hundredths % 100 > 0)
            }
        }
    }

    fn text(self) -> String {
        match self {
            Self::Pods(number) => number.to_string(),
            Self::Percent(percent) => format!("{percent}%"),
        }
    }
}

fn bound(spec: &Value, field: &str) -> Option<Bound> {
    match spec.at(field)? {
        Value::Number(number) => number.as_i64().map(Bound::Pods),
        Value::String(text) => text.strip_suffix('%')?.parse().ok().map(Bound::Percent),
        _ => None,
    }
}

fn most_unavailable(bound: Bound, least: Option<i64>) -> Effect {
    let (route, text) = (Route::of("spec.maxUnavailable"), bound.text());
    if matches!(bound, Bound::Pods(0) | Bound::Percent(0)) {
        let reason = phrase!(en: "`maxUnavailable: {text}` allows no eviction", ja: "`maxUnavailable: {text}` は退避を一切許さない");
        return Effect::Blocks(route, reason);
    }
    match least {
        None => Effect::Open,
        Some(pods) if pods > 1 && bound.of(pods) >= pods => {
            let reason = phrase!(en: "`maxUnavailable: {text}` lets all {pods} pods be evicted at once", ja: "`maxUnavailable: {text}` では {pods} 個の Pod すべてを同時に退避できる");
            Effect::Idle(route, reason)
        }
        Some(_) => Effect::Works,
    }
}

fn least_available(bound: Bound, least: Option<i64>) -> Effect {
    let (route, text) = (Route::of("spec.minAvailable"), bound.text());
    if matches!(bound, Bound::Percent(100..)) {
        let reason = phrase!(en: "`minAvailable: {text}` allows no eviction", ja: "`minAvailable: {text}` は退避を一切許さない");
        return Effect::Blocks(route, reason);
    }
    match least {
        None => Effect::Open,
        Some(pods) if pods > 0 && bound.of(pods) >= pods => {
            let reason = phrase!(en: "`minAvailable: {text}` of {pods} pods allows no eviction", ja: "Pod {pods} 個に対する `minAvailable: {text}` は退避を一切許さない");
            Effect::Blocks(route, reason)
        }
        Some(pods) if pods > 1 && bound.of(pods) <= 0 => {
            let reason = phrase!(en: "`minAvailable: {text}` lets all {pods} pods be evicted at once", ja: "`minAvailable: {text}` では {pods} 個の Pod すべてを同時に退避できる");
            Effect::Idle(route, reason)
        }
        Some(_) => Effect::Works,
    }
}
