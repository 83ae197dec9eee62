use sekisho_model::{Fields, Fix, Object, Phrase, Pod, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::sensors::{Gap, gaps, sensor};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Whether Falco or an equal (Tetragon, Tracee, the GuardDuty agent, KubeArmor …) runs as a DaemonSet on every
    /// Linux node: it tolerates every taint, and neither `nodeSelector` nor affinity leaves nodes out. Absence is a finding
    /// only where `sekisho.yaml` says that the files are complete.
    ///
    /// **Why it matters.** Scans and admission see what was declared, a sensor sees what happens. An attacker who can choose where a pod
    /// runs chooses the node without sensor.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: DaemonSet
    /// spec:
    ///   template:
    ///     spec:
    ///       nodeSelector: { pool: general }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: DaemonSet
    /// spec:
    ///   template:
    ///     spec:
    ///       nodeSelector: { kubernetes.io/os: linux }
    ///       tolerations:
    ///         - operator: Exists
    /// ```
    ///
    /// **References.** [Falco](https://falco.org/docs/) ·
    /// [Kubernetes: taints and tolerations](https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/)
    ///
    /// # 日本語
    /// **示すこと。** Falco または同等のもの (Tetragon・Tracee・GuardDuty エージェント・KubeArmor など) が、DaemonSet として全 Linux ノードで動くか。すべての taint を許容し、`nodeSelector` や affinity でノードを除外していないこと。欠如を検出とするのは、`sekisho.yaml` がファイルの完全性を宣言している場合だけである。
    ///
    /// **理由。** スキャンやアドミッションが見るのは宣言であり、実際に起きていることを見るのはセンサーだけである。Pod の配置先を選べる攻撃者は、センサーのないノードを選ぶ。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: DaemonSet
    /// spec:
    ///   template:
    ///     spec:
    ///       nodeSelector: { pool: general }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: DaemonSet
    /// spec:
    ///   template:
    ///     spec:
    ///       nodeSelector: { kubernetes.io/os: linux }
    ///       tolerations:
    ///         - operator: Exists
    /// ```
    FalcoPresent = "falco-present";
    control: "T6.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Nodes without a runtime sensor", "ランタイム検知のないノード",
}

/// A sensor, and what keeps it from nodes.
struct Found<'a> {
    index: usize,
    object: &'a Object,
    base: Route,
    gaps: Vec<(Route, Gap)>,
}

impl Check for FalcoPresent {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let found = found(cx);
        let mut everywhere = found
            .iter()
            .filter(|sensor| sensor.gaps.is_empty())
            .peekable();
        if everywhere.peek().is_some() {
            for sensor in everywhere {
                sheet.on(sensor.index).pass();
            }
            return;
        }
        let is_divided = |sensor: &Found<'_>| {
            sensor
                .gaps
                .iter()
                .all(|(_, gap)| matches!(gap, Gap::Labels(_) | Gap::Affinity))
        };
        if found.len() > 1 && found.iter().all(is_divided) {
            sheet.estate().unknown(Phrase::new(
                "whether the sensors together reach every node: each is for nodes with certain labels",
                "センサーが合わせて全ノードに届くか: それぞれが特定ラベルのノード用である",
            ));
            return;
        }
        for sensor in &found {
            let mut on = sheet.on(sensor.index);
            for (route, gap) in &sensor.gaps {
                on.fail(fault(sensor, route, gap));
            }
        }
        if found.is_empty() && cx.complete() {
            sheet.estate().fail(Fault::at(
                Route::root(),
                Phrase::new(
                    "no runtime sensor runs here (Falco, Tetragon, Tracee, the GuardDuty agent): what an intruder does in a container or on a node is not seen",
                    "ランタイム検知 (Falco・Tetragon・Tracee・GuardDuty エージェント) がない。コンテナやノードでの侵入者の行動を検知できない",
                ),
            ));
        } else if found.is_empty() {
            sheet.estate().unknown(Phrase::new(
                "which runtime sensor runs on the nodes: none is among the files; say `estate.complete: true` when they are everything",
                "ノードで動くランタイム検知: ファイルの中にない。ファイルがすべてなら `estate.complete: true` を設定する",
            ));
        }
    }
}

fn found<'a>(cx: &'a Context<'_>) -> Vec<Found<'a>> {
    let pods = cx.workloads().all().iter();
    let mut found: Vec<Found<'a>> = pods
        .filter(|(_, pod)| pod.object.kind == "DaemonSet" && sensor(pod).is_some())
        .map(|(index, pod): &(usize, Pod<'_>)| Found {
            index: *index,
            object: pod.object,
            base: pod.route.key("spec"),
            gaps: gaps(pod.spec()),
        })
        .collect();
    // The Falco operator makes a DaemonSet that tolerates control planes only, unless the template says more.
    for (index, object) in cx.estate.of_kind("instance.falcosecurity.dev", "Falco") {
        if matches!(object.value.text("spec.type"), None | Some("DaemonSet")) {
            let inside = "spec.podTemplateSpec.spec";
            let spec = object.value.at(inside).unwrap_or(&Value::Null);
            found.push(Found {
                index,
                object,
                base: Route::of("spec.podTemplateSpec.spec"),
                gaps: gaps(spec),
            });
        }
    }
    found
}

fn fault(sensor: &Found<'_>, route: &Route, gap: &Gap) -> Fault {
    let name = &sensor.object.name;
    let route = sensor.base.join(route);
    match gap {
        Gap::Taints => {
            let title = phrase!(en: "let `{name}` tolerate every taint", ja: "`{name}` にすべての taint を許容させる");
            let fix = Fix::safe(title).append(route.clone(), json!({"operator": "Exists"}));
            Fault::at(
                route,
                phrase!(en: "sensor `{name}` does not tolerate every taint, so no node with another taint is watched; add the toleration `operator: Exists`",
                        ja: "センサー `{name}` はすべての taint を許容しておらず、他の taint を持つノードは監視されない。`operator: Exists` の toleration を加える"),
            )
            .fix(fix)
        }
        Gap::Labels(labels) => {
            let listed = labels.join("`, `");
            let title =
                phrase!(en: "let `{name}` run on every node", ja: "`{name}` を全ノードで動かす");
            let fix = labels.iter().fold(Fix::risky(title), |fix, label| {
                fix.remove(route.key(label.clone()))
            });
            Fault::at(
                route.clone(),
                phrase!(en: "sensor `{name}` runs only on nodes with the label `{listed}`: all others are not watched",
                        ja: "センサー `{name}` はラベル `{listed}` を持つノードでしか動かず、他のノードは監視されない"),
            )
            .fix(fix)
        }
        Gap::Affinity => Fault::at(
            route,
            phrase!(en: "sensor `{name}` is kept to some nodes by its node affinity: all others are not watched",
                    ja: "センサー `{name}` は node affinity で一部のノードに限られ、他のノードは監視されない"),
        ),
        Gap::Node => {
            let title =
                phrase!(en: "let `{name}` run on every node", ja: "`{name}` を全ノードで動かす");
            let fix = Fix::risky(title).remove(route.clone());
            Fault::at(
                route,
                phrase!(en: "sensor `{name}` is pinned to one node (`nodeName`)", ja: "センサー `{name}` は 1 つのノードに固定されている (`nodeName`)"),
            )
            .fix(fix)
        }
    }
}
