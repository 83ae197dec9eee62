use std::collections::BTreeMap;

use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;

use super::measuring::{Measured, measured};
use super::scaler::{REPLICATED, Scaler, can_scale, scaler};
use super::surroundings::is_controlled;
use crate::{Check, Context, Fault, Level, On, check};

/// KEDA reads an annotation that is no boolean as true (`getBoolAnnotation`, kedacore/keda `apis/keda/v1alpha1`).
const PAUSES: [&str; 3] = [
    "autoscaling.keda.sh/paused-replicas",
    "autoscaling.keda.sh/paused",
    "autoscaling.keda.sh/paused-scale-out",
];

check! {
    /// **What it shows.** A HorizontalPodAutoscaler or KEDA ScaledObject that cannot add a pod: its target does not exist or has
    /// no scale, its minimum equals its maximum, it measures use as a share of a request that a container does not have,
    /// another autoscaler has the same target, scaling up is disabled, or it is paused.
    ///
    /// **Why it matters.** It looks like protection against load, on paper and in audits, and does nothing when the load comes.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order-api }   # the Deployment is called orders
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: orders }
    ///   minReplicas: 2
    ///   maxReplicas: 10
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/>
    /// - <https://keda.sh/docs/latest/concepts/scaling-deployments/>
    ///
    /// # 日本語
    /// **示すこと。** Pod を増やせない HorizontalPodAutoscaler や KEDA の ScaledObject。対象が存在しない、対象に scale がない、最小値と最大値が同じ、
    /// requests のないコンテナの使用率で判断する、同じ対象に別のオートスケーラーがある、スケールアップが無効、一時停止中のいずれか。
    ///
    /// **理由。** 書類や監査の上では負荷への備えに見えるが、負荷が来ても何もしない。
    ///
    /// **悪い例**
    /// ```yaml
    /// spec:
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order-api }   # 実際の Deployment は orders
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// spec:
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: orders }
    ///   minReplicas: 2
    ///   maxReplicas: 10
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - <https://keda.sh/docs/latest/concepts/scaling-deployments/>
    Autoscaler = "autoscaler";
    control: "T1.9",
    severity: Low,
    profile: Default,
    level: Level::Object(&[
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("keda.sh", "ScaledObject"),
    ]),
    fix: Risky,
    title: "An autoscaler that cannot act", "動作できないオートスケーラー",
}

impl Check for Autoscaler {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        if is_controlled(object) {
            return;
        }
        let Some(scaler) = scaler(0, object) else {
            return;
        };
        let before = on.count();
        paused(&scaler, on);
        bounds(&scaler, on);
        let is_alone = rival(cx, &scaler, on);
        target(cx, &scaler, on);
        if is_alone && on.count() == before {
            on.pass();
        }
    }
}

fn paused(scaler: &Scaler<'_>, on: &mut On<'_>) {
    let object = scaler.object;
    let behavior = if object.group() == "keda.sh" {
        "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.selectPolicy"
    } else {
        "spec.behavior.scaleUp.selectPolicy"
    };
    let name = &object.name;
    if object.value.text(behavior) == Some("Disabled") {
        let title = phrase!(en: "allow scaling up", ja: "スケールアップを許可する");
        on.fail(
            Fault::at(
                Route::of(behavior),
                phrase!(en: "autoscaler `{name}` never adds a pod: scaling up is disabled", ja: "オートスケーラー `{name}` はスケールアップが無効で、Pod を増やさない"),
            )
            .fix(Fix::risky(title).set(Route::of(behavior), "Max")),
        );
    }
    if object.group() != "keda.sh" {
        return;
    }
    for annotation in PAUSES {
        let Some(value) = object.annotation(annotation) else {
            continue;
        };
        let is_off = matches!(value, "0" | "f" | "F" | "false" | "FALSE" | "False");
        if is_off && !annotation.ends_with("-replicas") {
            continue;
        }
        let route = Route::of("metadata.annotations").key(annotation);
        let title = phrase!(en: "end the pause", ja: "一時停止を解除する");
        on.fail(
            Fault::at(
                route.clone(),
                phrase!(en: "ScaledObject `{name}` is paused by `{annotation}`: it adds no pod until somebody remembers", ja: "ScaledObject `{name}` は `{annotation}` で停止しており、解除するまで Pod を増やさない"),
            )
            .fix(Fix::risky(title).remove(route)),
        );
    }
}

fn bounds(scaler: &Scaler<'_>, on: &mut On<'_>) {
    let (name, most, least) = (&scaler.object.name, scaler.most, scaler.least);
    if least < most {
        return;
    }
    let (low, high) = scaler.bounds;
    on.fail(Fault::at(
        Route::of("spec").key(high),
        phrase!(
            en: "autoscaler `{name}` cannot scale: `{low}` is {least} and `{high}` is {most}",
            ja: "オートスケーラー `{name}` の `{low}` は {least}、`{high}` は {most} で、増減できない",
        ),
    ));
}

/// Whether nothing else scales its target. The controller acts for neither of two (`AmbiguousSelector`,
/// `pkg/controller/podautoscaler`); the finding stands at all but the first.
fn rival(cx: &Context<'_>, scaler: &Scaler<'_>, on: &mut On<'_>) -> bool {
    let around = cx.surroundings().beside(scaler.object);
    let mut all: BTreeMap<(&str, &str), &Scaler<'_>> = BTreeMap::new();
    for other in around.scalers.get(&scaler.target).into_iter().flatten() {
        all.entry((&other.object.kind, &other.object.name))
            .or_insert(other);
    }
    let Some((own, first)) = all.iter().next().filter(|_| all.len() > 1) else {
        return true;
    };
    let (name, target) = (&scaler.object.name, scaler.target);
    if *own == (&*scaler.object.kind, name.as_str()) {
        return false;
    }
    let (kind, wanted, other) = (target.kind, target.name, own.1);
    let text = phrase!(en: "the other autoscaler", ja: "もう一方のオートスケーラー");
    on.fail(
        Fault::at(
            Route::of("spec.scaleTargetRef"),
            phrase!(
                en: "autoscalers `{name}` and `{other}` both scale {kind} `{wanted}`: the controller acts for neither",
                ja: "オートスケーラー `{name}` と `{other}` はともに {kind} `{wanted}` を対象とし、どちらも動作しない",
            ),
        )
        .related(first.index, Route::of("spec.scaleTargetRef"), text),
    );
    false
}

fn target(cx: &Context<'_>, scaler: &Scaler<'_>, on: &mut On<'_>) {
    let (name, target) = (&scaler.object.name, scaler.target);
    let (kind, wanted) = (target.kind, target.name);
    if !can_scale(cx.estate, target) {
        let version = Route::of("spec.scaleTargetRef.apiVersion");
        let group = target.group;
        let is_apps = REPLICATED.contains(&("apps", kind));
        let route = if is_apps {
            version.clone()
        } else {
            Route::of("spec.scaleTargetRef.kind")
        };
        let mut fault = Fault::at(
            route,
            phrase!(
                en: "autoscaler `{name}` cannot scale its target: API group `{group}` has no kind `{kind}` with a scale",
                ja: "オートスケーラー `{name}` は対象を増減できない: API グループ `{group}` に scale を持つ kind `{kind}` はない",
            ),
        );
        if is_apps {
            let title = phrase!(en: "name the API group of the target", ja: "対象の API グループを指定する");
            fault = fault.fix(Fix::risky(title).set(version, "apps/v1"));
        }
        return on.fail(fault);
    }
    let surroundings = cx.surroundings();
    let found = surroundings.beside(scaler.object).targets.get(&target);
    let object = found.and_then(|index| Some((*index, cx.estate.objects().get(*index)?)));
    let Some((index, object)) = object else {
        let elsewhere = surroundings
            .perhaps_beside(scaler.object)
            .any(|around| around.targets.contains_key(&target));
        if elsewhere || !cx.complete() {
            return on.unknown(phrase!(
                en: "the target of autoscaler `{name}`, {kind} `{wanted}`, was not read",
                ja: "オートスケーラー `{name}` の対象 {kind} `{wanted}` は読み込んでいない",
            ));
        }
        return on.fail(Fault::at(
            Route::of("spec.scaleTargetRef.name"),
            phrase!(
                en: "autoscaler `{name}` scales nothing: there is no {kind} `{wanted}` beside it",
                ja: "オートスケーラー `{name}` の対象 {kind} `{wanted}` は存在せず、何も増減しない",
            ),
        ));
    };
    for measure in measured(cx, scaler.object, object) {
        match measure {
            Measured::Fine => {}
            Measured::Open(reason) => on.unknown(reason),
            Measured::Blind {
                metric,
                container,
                message,
            } => {
                let text = phrase!(en: "this container", ja: "該当コンテナ");
                let fault = Fault::at(metric, message);
                on.fail(fault.related(index, container, text));
            }
        }
    }
}
