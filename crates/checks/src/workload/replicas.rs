use sekisho_model::{Fields, Fix, Object, Phrase, Pod, Severity, phrase};
use sekisho_text::Route;

use super::scaler::{Scaler, Target, count, scaler};
use super::surroundings::{is_controlled, services_of};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A workload that a Service sends traffic to, with a single replica. Where a HorizontalPodAutoscaler or
    /// a KEDA ScaledObject owns the number, its minimum counts, and the finding stands there. DaemonSets, Jobs and workloads
    /// without a Service are not judged, nor is what is scaled to zero.
    ///
    /// Leader election is no reason for one replica: the second waits. A Deployment with `strategy: Recreate` or a claimed
    /// volume, and a StatefulSet with claims, may have to stay alone; that is told as `info`, to be mended in the design
    /// or accepted by somebody.
    ///
    /// **Why it matters.** When its pod or node goes, for a patch or by an attacker's hand, nothing answers until another
    /// pod is ready.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: Deployment
    /// spec: { replicas: 1 }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: Deployment
    /// spec: { replicas: 3 }
    /// ```
    ///
    /// **References**
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/application.html>
    /// - <https://keda.sh/docs/latest/reference/scaledobject-spec/>
    ///
    /// # 日本語
    /// **示すこと。** Service からトラフィックを受けるのに、レプリカが 1 つのワークロード。HorizontalPodAutoscaler や KEDA の
    /// ScaledObject が数を決める場合はその最小値で判定し、指摘もそこに出す。DaemonSet・Job・Service のないワークロード・
    /// 0 に設定されたものは判定しない。
    ///
    /// リーダー選出は 1 つにする理由にならない (2 つ目は待機する)。`strategy: Recreate` や PVC を使う Deployment、PVC を持つ StatefulSet は
    /// 単独でしか動けない場合があるため `info` とする。設計で解消するか、責任者がリスクを受容する。
    ///
    /// **理由。** パッチ適用や攻撃で Pod やノードが失われると、次の Pod が ready になるまで応答がなくなる。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: Deployment
    /// spec: { replicas: 1 }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: Deployment
    /// spec: { replicas: 3 }
    /// ```
    ///
    /// **参考**
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/application.html>
    Replicas = "replicas";
    control: "T1.9",
    severity: Low,
    profile: Default,
    level: Level::Object(&[
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "ReplicaSet"),
        ("", "ReplicationController"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("keda.sh", "ScaledObject"),
    ]),
    fix: Risky,
    title: "One replica of something that serves traffic", "トラフィックを受けるのにレプリカが 1 つ",
}

impl Check for Replicas {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        match Pod::of(object) {
            Some(pod) => workload(cx, &pod, on),
            None => autoscaler(cx, object, on),
        }
    }
}

fn workload(cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
    let (surroundings, object) = (cx.surroundings(), pod.object);
    let around = surroundings.beside(object);
    let Some(count) = count(around, object) else {
        return;
    };
    if is_controlled(object) || count.least == 0 || !serves(cx, pod, on) {
        return;
    }
    if count.least > 1 {
        return on.pass();
    }
    // The finding stands at the autoscaler.
    if count.scaler.is_some() {
        return;
    }
    let target = Target::of(object);
    let may_scale = surroundings
        .perhaps_beside(object)
        .any(|around| around.scalers.contains_key(&target));
    let is_written = cx
        .estate
        .locate(object, &Route::of("spec.replicas"))
        .is_none_or(|place| !place.absent);
    // Who writes the number does not leave it to an autoscaler.
    if may_scale || (!is_written && !cx.complete()) {
        let (kind, name) = (&object.kind, &object.name);
        return on.unknown(phrase!(
            en: "{kind} `{name}` leaves the number of replicas open; an autoscaler that was not read may set it",
            ja: "{kind} `{name}` は replicas を省略している。読み込んでいないオートスケーラーが決めている可能性がある",
        ));
    }
    let mut fault = fault(object, Route::of("spec.replicas"), alone(pod));
    if alone(pod).is_none() {
        let title = phrase!(en: "run two replicas", ja: "レプリカを 2 つにする");
        fault = fault.fix(Fix::risky(title).set(Route::of("spec.replicas"), 2));
    }
    on.fail(fault);
}

fn autoscaler(cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
    let Some(scaler) = scaler(0, object) else {
        return;
    };
    let around = cx.surroundings().beside(object);
    let target = around
        .targets
        .get(&scaler.target)
        .and_then(|index| cx.estate.objects().get(*index));
    let Some(pod) = target.and_then(Pod::of) else {
        return;
    };
    let counts = count(around, pod.object).is_some_and(|count| count.least == scaler.least);
    if !counts || scaler.least == 0 || services_of(around, &pod).next().is_none() {
        return;
    }
    if scaler.least > 1 {
        return on.pass();
    }
    let route = Route::of("spec").key(scaler.bounds.0);
    let mut fault = fault(pod.object, route.clone(), alone(&pod));
    if alone(&pod).is_none() {
        fault = fault.fix(two_at_least(&scaler, route));
    }
    on.fail(fault);
}

fn two_at_least(scaler: &Scaler<'_>, route: Route) -> Fix {
    let title = phrase!(en: "keep at least two replicas", ja: "最小のレプリカ数を 2 にする");
    let fix = Fix::risky(title).set(route, 2);
    if scaler.most < 2 {
        return fix.set(Route::of("spec").key(scaler.bounds.1), 2);
    }
    fix
}

/// Whether a Service sends traffic to it; says what is unknown itself.
fn serves(cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) -> bool {
    let surroundings = cx.surroundings();
    if services_of(surroundings.beside(pod.object), pod)
        .next()
        .is_some()
    {
        return true;
    }
    let listens = pod
        .containers()
        .iter()
        .any(|container| !container.value.items("ports").is_empty());
    let may_serve = surroundings
        .perhaps_beside(pod.object)
        .any(|around| services_of(around, pod).next().is_some());
    if may_serve || (listens && !cx.complete()) {
        let (kind, name) = (&pod.object.kind, &pod.object.name);
        on.unknown(phrase!(
            en: "whether a Service sends traffic to {kind} `{name}` was not read",
            ja: "{kind} `{name}` にトラフィックを送る Service は読み込んでいない",
        ));
    }
    false
}

/// Why a second replica may be impossible.
fn alone(pod: &Pod<'_>) -> Option<Phrase> {
    let object = pod.object;
    if object.value.text("spec.strategy.type") == Some("Recreate") {
        return Some(phrase!(en: "its strategy is Recreate", ja: "strategy が Recreate である"));
    }
    let claims = !object.value.items("spec.volumeClaimTemplates").is_empty()
        || pod
            .spec()
            .items("volumes")
            .iter()
            .any(|volume| volume.at("persistentVolumeClaim").is_some());
    claims.then(|| phrase!(en: "it keeps its data in a claimed volume", ja: "PVC にデータを持つ"))
}

fn fault(workload: &Object, route: Route, alone: Option<Phrase>) -> Fault {
    let (kind, name) = (&workload.kind, &workload.name);
    match alone {
        None => Fault::at(
            route,
            phrase!(
                en: "{kind} `{name}` serves traffic with one replica: nothing answers while its pod or node is replaced",
                ja: "{kind} `{name}` は 1 レプリカでトラフィックを受けている。Pod やノードの置き換え中は応答がなくなる",
            ),
        ),
        Some(Phrase { en, ja }) => Fault::at(
            route,
            phrase!(
                en: "{kind} `{name}` serves traffic with one replica, and {en}: if it must stay alone, accept the outage with an owner",
                ja: "{kind} `{name}` は 1 レプリカでトラフィックを受けており、{ja}。単独でしか動けないなら、責任者を決めて停止を受容する",
            ),
        )
        .severity(Severity::Info),
    }
}
