use std::collections::BTreeMap;

use sekisho_model::{Fields, Fix, Object, Phrase, Pod, Severity, phrase};
use sekisho_text::Route;
use serde_json::{Map, Value, json};

use super::budget::{Effect, Selected, effect, meant, selected};
use super::scaler::count;
use super::surroundings::{Selecting, is_controlled};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A workload of several replicas without a PodDisruptionBudget, and a budget that cannot do its work:
    /// it allows no eviction at all, refuses none, selects nothing, or shares a pod with another budget, which makes every
    /// eviction of that pod an error. Percentages are rounded up as the disruption controller does: `51%` of two pods is
    /// two. An autoscaler's minimum is the number of pods.
    ///
    /// **Why it matters.** Without a budget, draining nodes may take all replicas at once. With one that allows nothing, a
    /// node cannot be drained: it stays unpatched, or is ended by force with everything on it.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   minAvailable: 100%
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   maxUnavailable: 1
    ///   unhealthyPodEvictionPolicy: AlwaysAllow
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/>
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/>
    ///
    /// # 日本語
    /// **示すこと。** 複数のレプリカを持つのに PodDisruptionBudget がないワークロードと、役に立たない PodDisruptionBudget。退避を一切許さない、
    /// 何も拒否しない、何も選択しない、または他の PodDisruptionBudget と同じ Pod を選択している (その Pod の退避はすべてエラーになる)。
    /// 百分率は disruption controller と同じく切り上げる (2 個の `51%` は 2 個)。オートスケーラーがある場合は最小値を Pod の数とする。
    ///
    /// **理由。** PodDisruptionBudget がないと、ノードの drain で全レプリカが同時に失われうる。何も許さないものがあるとノードを drain できず、
    /// パッチが当たらないままになるか、上の Pod ごと強制終了される。
    ///
    /// **悪い例**
    /// ```yaml
    /// spec:
    ///   minAvailable: 100%
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// spec:
    ///   maxUnavailable: 1
    ///   unhealthyPodEvictionPolicy: AlwaysAllow
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/tasks/run-application/configure-pdb/>
    DisruptionBudget = "disruption-budget";
    control: "T1.9",
    severity: Low,
    profile: Default,
    level: Level::Object(&[
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "ReplicaSet"),
        ("", "ReplicationController"),
        ("policy", "PodDisruptionBudget"),
    ]),
    fix: Safe,
    title: "Disruptions are not bounded as meant", "中断の制限が意図どおりに働かない",
}

impl Check for DisruptionBudget {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        match Pod::of(object) {
            Some(pod) => workload(cx, &pod, on),
            None => budget(cx, object, on),
        }
    }
}

fn workload(cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
    let (surroundings, object) = (cx.surroundings(), pod.object);
    let around = surroundings.beside(object);
    let Some(count) = count(around, object) else {
        return;
    };
    if is_controlled(object) || count.most == 0 {
        return;
    }
    let mut budgets: BTreeMap<&str, &Selecting<'_>> = BTreeMap::new();
    for budget in &around.budgets {
        if budget.selector.matches(pod.labels()) {
            budgets.insert(&budget.object.name, budget);
        }
    }
    let (kind, name) = (&object.kind, &object.name);
    let first = budgets.values().next().copied();
    match (first, budgets.len()) {
        (Some(_), 2..) => {
            let names: Vec<&str> = budgets.keys().copied().collect();
            let names = names.join("`, `");
            let mut fault = Fault::at(
                pod.route.at("metadata.labels"),
                phrase!(
                    en: "pods of {kind} `{name}` are selected by several disruption budgets (`{names}`): every eviction of them is an error",
                    ja: "{kind} `{name}` の Pod を複数の PodDisruptionBudget (`{names}`) が選択しており、退避はすべてエラーになる",
                ),
            )
            .severity(Severity::Medium);
            for budget in budgets.values() {
                let text = phrase!(en: "one of them", ja: "その 1 つ");
                fault = fault.related(budget.index, Route::of("spec.selector"), text);
            }
            on.fail(fault);
        }
        (Some(budget), _) => {
            // What is wrong with the budget stands at the budget.
            if let Effect::Works = effect(budget.object, selected(cx, budget).least) {
                on.pass();
            }
        }
        (None, _) if count.least < 2 => {}
        (None, _) => {
            let elsewhere = surroundings
                .perhaps_beside(object)
                .flat_map(|around| &around.budgets)
                .any(|budget| budget.selector.matches(pod.labels()));
            if elsewhere || !cx.complete() {
                return on.unknown(phrase!(
                    en: "no disruption budget for {kind} `{name}` was read; `estate.complete` says whether there is one elsewhere",
                    ja: "{kind} `{name}` の PodDisruptionBudget は読み込んでいない。他にないことは `estate.complete` で示す",
                ));
            }
            let least = count.least;
            on.fail(
                Fault::at(
                    Route::of("metadata.name"),
                    phrase!(
                        en: "{kind} `{name}` has no disruption budget: draining nodes may take its {least} replicas at once",
                        ja: "{kind} `{name}` に PodDisruptionBudget がなく、ノードの drain で {least} 個のレプリカを同時に失いうる",
                    ),
                )
                .fix(new_budget(object)),
            );
        }
    }
}

fn new_budget(workload: &Object) -> Fix {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), workload.name.clone().into());
    if let Some(namespace) = workload.namespace.given() {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    let own = workload.value.at("spec.selector").cloned();
    let selector = match own {
        Some(labels) if workload.group().is_empty() => json!({ "matchLabels": labels }),
        other => other.unwrap_or(Value::Null),
    };
    let title = phrase!(en: "add a disruption budget of one pod at a time", ja: "1 つずつの退避を許す PodDisruptionBudget を追加する");
    Fix::safe(title).new_object(json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata,
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": selector,
        },
    }))
}

fn budget(cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
    let name = &object.name;
    let around = cx.surroundings().beside(object);
    let me = around
        .budgets
        .iter()
        .find(|it| std::ptr::eq(it.object, object));
    let Some(me) = me else {
        return on.fail(Fault::at(
            Route::of("spec.selector"),
            phrase!(en: "disruption budget `{name}` has no selector, so it protects no pod", ja: "PodDisruptionBudget `{name}` には selector がなく、どの Pod も守らない"),
        ));
    };
    let selected = selected(cx, me);
    if selected.workloads.is_empty() {
        return selects_nothing(cx, me, on);
    }
    match effect(object, selected.least) {
        Effect::Works => on.pass(),
        Effect::Open => {}
        Effect::Blocks(route, reason) => {
            let Phrase { en, ja } = reason;
            let fault = Fault::at(
                route,
                phrase!(
                    en: "disruption budget `{name}` blocks every drain of its nodes: {en}",
                    ja: "PodDisruptionBudget `{name}` はノードの drain をすべて妨げる: {ja}",
                ),
            );
            on.fail(
                fault
                    .severity(Severity::Medium)
                    .fix(one_at_a_time(object, &selected)),
            );
        }
        Effect::Idle(route, reason) => {
            let Phrase { en, ja } = reason;
            let fault = Fault::at(
                route,
                phrase!(
                    en: "disruption budget `{name}` protects nothing: {en}",
                    ja: "PodDisruptionBudget `{name}` は何も守らない: {ja}",
                ),
            );
            on.fail(fault.fix(one_at_a_time(object, &selected)));
        }
    }
}

/// For a single pod this allows the outage that the budget may have been meant to prevent.
fn one_at_a_time(budget: &Object, selected: &Selected) -> Fix {
    let title =
        phrase!(en: "let one pod be evicted at a time", ja: "Pod を 1 つずつ退避できるようにする");
    let fix = if selected.least == Some(1) {
        Fix::risky(title)
    } else {
        Fix::safe(title)
    };
    let fix = fix.set(Route::of("spec.maxUnavailable"), 1);
    if budget.value.at("spec.minAvailable").is_some() {
        return fix.remove(Route::of("spec.minAvailable"));
    }
    fix
}

/// Pods may be made by an operator from an object of its own, so a budget without pods is at fault only when it is plain
/// which workload was meant.
fn selects_nothing(cx: &Context<'_>, me: &Selecting<'_>, on: &mut On<'_>) {
    let name = &me.object.name;
    let elsewhere = cx.surroundings().perhaps_beside(me.object).next().is_some();
    match meant(cx, me) {
        Some((index, pod)) if cx.complete() && !elsewhere => {
            let workload = &pod.object.name;
            let label = phrase!(en: "the labels of `{workload}`", ja: "`{workload}` のラベル");
            on.fail(
                Fault::at(
                    Route::of("spec.selector"),
                    phrase!(
                        en: "disruption budget `{name}` selects no pod: its selector does not match the labels of `{workload}`",
                        ja: "PodDisruptionBudget `{name}` はどの Pod も選択しない: selector が `{workload}` のラベルに一致しない",
                    ),
                )
                .related(index, pod.route.at("metadata.labels"), label),
            );
        }
        _ => on.unknown(phrase!(
            en: "no pod that disruption budget `{name}` selects was read",
            ja: "PodDisruptionBudget `{name}` が選択する Pod は読み込んでいない",
        )),
    }
}
