use std::collections::BTreeSet;

use sekisho_model::{Fields, Fix, Phrase, Pod, phrase};
use serde_json::Value;

use super::surroundings::is_controlled;
use crate::{Check, Context, Fault, Level, On, check};

const CONTROL_PLANE: [&str; 2] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
];

/// The node controller sets these on a node that is gone, to move its pods.
const GONE: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

check! {
    /// **What it shows.** A pod that is bound to one node (`nodeName`, a selector or an affinity for a single host name), and
    /// a pod, other than of a DaemonSet, that tolerates what keeps pods away: every taint (`operator: Exists` without a
    /// key), the taint of control-plane nodes, or, without an end, the taint of a node that is gone.
    ///
    /// **Why it matters.** A pod that is bound to its node goes with it. One that tolerates a dead node stays on it and is
    /// not replaced. One that tolerates everything lands on nodes that are kept for others, or emptied for maintenance.
    ///
    /// **Bad**
    /// ```yaml
    /// tolerations:
    ///   - operator: Exists
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// tolerations:
    ///   - { key: workload, operator: Equal, value: batch, effect: NoSchedule }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>
    ///
    /// # 日本語
    /// **示すこと。** 1 つのノードに固定された Pod (`nodeName`、または単一のホスト名に対する selector や affinity) と、Pod を遠ざける taint を
    /// 許容する Pod (DaemonSet を除く)。すなわち、すべての taint (キーのない `operator: Exists`)、コントロールプレーンノードの taint、
    /// または失われたノードの taint を無期限に許容するもの。
    ///
    /// **理由。** ノードに固定された Pod は、ノードとともに失われる。失われたノードを許容する Pod はそこに残り、置き換えられない。
    /// すべてを許容する Pod は、他の用途のノードや保守のために空けたノードにも置かれる。
    ///
    /// **悪い例**
    /// ```yaml
    /// tolerations:
    ///   - operator: Exists
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// tolerations:
    ///   - { key: workload, operator: Equal, value: batch, effect: NoSchedule }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/scheduling-eviction/taint-and-toleration/>
    /// - <https://kubernetes.io/ja/docs/concepts/scheduling-eviction/assign-pod-node/>
    Placement = "placement";
    control: "T1.9",
    severity: Low,
    profile: All,
    level: Level::Pod,
    fix: Risky,
    title: "A pod that cannot move, or goes everywhere", "動けない、またはどこにでも置かれる Pod",
}

impl Check for Placement {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        if is_controlled(pod.object) {
            return;
        }
        let before = on.count();
        one_node(pod, on);
        if pod.object.kind != "DaemonSet" {
            tolerations(pod, on);
        }
        if on.count() == before {
            on.pass();
        }
    }
}

fn one_node(pod: &Pod<'_>, on: &mut On<'_>) {
    let (kind, name, spec) = (&pod.object.kind, &pod.object.name, pod.spec());
    // In a live cluster the scheduler has written the node into each pod.
    let is_written = pod.object.source.is_some();
    let node_name = spec
        .text("nodeName")
        .filter(|node| !node.is_empty() && is_written);
    if let Some(node) = node_name {
        let title = phrase!(en: "let the scheduler choose the node", ja: "ノードの選択をスケジューラーに任せる");
        let message = phrase!(
            en: "{kind} `{name}` is bound to node `{node}` past the scheduler; when that node goes, it does not come back",
            ja: "{kind} `{name}` はスケジューラーを経ずにノード `{node}` に固定されており、ノードが失われると復旧しない",
        );
        let fix = Fix::risky(title).remove(pod.at("nodeName"));
        on.fail(Fault::at(pod.at("nodeName"), message).fix(fix));
        return;
    }
    let selected = spec
        .at("nodeSelector")
        .and_then(|it| it.key("kubernetes.io/hostname"));
    let (node, route) = match selected.and_then(Value::as_str) {
        Some(node) => (node, pod.at("nodeSelector").key("kubernetes.io/hostname")),
        None => match affine_node(spec) {
            Some(node) => (node, pod.at("affinity.nodeAffinity")),
            None => return,
        },
    };
    on.fail(Fault::at(
        route,
        phrase!(
            en: "{kind} `{name}` may run on node `{node}` alone; when that node goes, it does not come back",
            ja: "{kind} `{name}` はノード `{node}` でしか動けず、ノードが失われると復旧しない",
        ),
    ));
}

/// The only node that required affinity leaves. Terms are alternatives, so each of them must name it.
fn affine_node(spec: &Value) -> Option<&str> {
    let required =
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    let terms = spec.items(required);
    let mut nodes = BTreeSet::new();
    for term in terms {
        let hosts = term
            .items("matchExpressions")
            .iter()
            .filter(|it| it.text("key") == Some("kubernetes.io/hostname"));
        let names = term
            .items("matchFields")
            .iter()
            .filter(|it| it.text("key") == Some("metadata.name"));
        let only = hosts.chain(names).find_map(|requirement| {
            match (requirement.text("operator")?, requirement.items("values")) {
                ("In", [node]) => node.as_str(),
                _ => None,
            }
        });
        nodes.insert(only?);
    }
    let first = nodes.pop_first()?;
    nodes.is_empty().then_some(first)
}

/// One finding for all of them, since taking one away gives the others new places.
fn tolerations(pod: &Pod<'_>, on: &mut On<'_>) {
    let list = pod.at("tolerations");
    let mut found = pod
        .spec()
        .items("tolerations")
        .iter()
        .enumerate()
        .filter_map(|(index, it)| Some((index, GONE.contains(&key_of(it)), too_much(pod, it)?)));
    let Some((first, is_gone, message)) = found.next() else {
        return;
    };
    let me = on.object();
    let mut fault = Fault::at(list.index(first), message);
    let mut places = vec![(first, is_gone)];
    for (index, is_gone, message) in found {
        places.push((index, is_gone));
        if let Some(me) = me {
            fault = fault.related(me, list.index(index), message);
        }
    }
    let title = phrase!(en: "tolerate only what the pod needs", ja: "必要な taint だけを許容する");
    let (gone, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(|(_, is_gone)| *is_gone);
    let fix = gone.into_iter().fold(Fix::risky(title), |fix, (index, _)| {
        let at = list.index(index);
        // Five minutes are what the API server sets where nothing is written.
        fix.set(at.key("effect"), "NoExecute")
            .set(at.key("tolerationSeconds"), 300)
    });
    let fix = rest
        .into_iter()
        .rev()
        .fold(fix, |fix, (index, _)| fix.remove(list.index(index)));
    on.fail(fault.fix(fix));
}

fn key_of(toleration: &Value) -> &str {
    toleration.text("key").unwrap_or("")
}

fn too_much(pod: &Pod<'_>, toleration: &Value) -> Option<Phrase> {
    let (kind, name, key) = (&pod.object.kind, &pod.object.name, key_of(toleration));
    let is_endless = toleration.int("tolerationSeconds").is_none();
    let bears_execution = matches!(toleration.text("effect"), None | Some("" | "NoExecute"));
    if key.is_empty() {
        return Some(phrase!(
            en: "{kind} `{name}` tolerates every taint: it runs on nodes kept for others and stays on nodes that are emptied",
            ja: "{kind} `{name}` はすべての taint を許容し、他の用途のノードでも動き、空けるべきノードにも残る",
        ));
    }
    if CONTROL_PLANE.contains(&key) {
        return Some(phrase!(
            en: "{kind} `{name}` tolerates `{key}`: it may run beside the control plane",
            ja: "{kind} `{name}` は `{key}` を許容し、コントロールプレーンのノードで動きうる",
        ));
    }
    (GONE.contains(&key) && is_endless && bears_execution).then(|| {
        phrase!(
            en: "{kind} `{name}` tolerates `{key}` without an end: it is never moved off a dead node; set `tolerationSeconds`",
            ja: "{kind} `{name}` は `{key}` を無期限に許容し、失われたノードから移動しない。`tolerationSeconds` を設定する",
        )
    })
}
