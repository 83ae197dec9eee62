use sekisho_model::{Fields, Pod, phrase};

use super::surroundings::is_controlled;
use crate::{Check, Context, Fault, Level, On, check};

const SYSTEM: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

check! {
    /// **What it shows.** A pod whose priority class does not exist in an estate that says it is complete, and a pod outside of
    /// `kube-system` that takes one of the two classes of Kubernetes itself. A DaemonSet may take `system-node-critical`:
    /// an agent that watches the node must not be the first to go.
    ///
    /// **Why it matters.** A pod with an unknown class is refused, so the next restart fails. A pod with a system class
    /// pushes others off full nodes, those of the platform included, and is never pushed itself: an easy way to
    /// starve a cluster.
    ///
    /// **Bad**
    /// ```yaml
    /// priorityClassName: system-cluster-critical
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// priorityClassName: shop-critical   # a PriorityClass of your own, value at most 1000000000
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>
    ///
    /// # 日本語
    /// **示すこと。** 完全だと宣言された estate に存在しない PriorityClass を使う Pod と、`kube-system` の外で Kubernetes 自身の 2 つの
    /// クラスを使う Pod。DaemonSet が `system-node-critical` を使うのは適合とする。ノードを監視するエージェントが最初に
    /// 追い出されてはならないためである。
    ///
    /// **理由。** 存在しないクラスの Pod は拒否され、次の再起動に失敗する。システム用クラスの Pod は、満杯のノードから
    /// プラットフォームのものを含む他の Pod を追い出し、自身は追い出されない。クラスタを容易に枯渇させられる。
    ///
    /// **悪い例**
    /// ```yaml
    /// priorityClassName: system-cluster-critical
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// priorityClassName: shop-critical   # 自前の PriorityClass (値は 1000000000 以下)
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>
    PriorityClass = "priority-class";
    control: "T1.9",
    severity: Low,
    profile: All,
    level: Level::Pod,
    fix: None,
    title: "A priority class that is missing or not theirs", "存在しない、または流用された PriorityClass",
}

impl Check for PriorityClass {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let class = pod.spec().text("priorityClassName").unwrap_or("");
        let object = pod.object;
        if class.is_empty() || is_controlled(object) {
            return;
        }
        let (kind, name) = (&object.kind, &object.name);
        let route = pod.at("priorityClassName");
        if SYSTEM.contains(&class) {
            let is_agent = kind == "DaemonSet" && class == "system-node-critical";
            match object.namespace.given() {
                _ if is_agent => on.pass(),
                Some("kube-system") => on.pass(),
                Some(_) => on.fail(Fault::at(
                    route,
                    phrase!(
                        en: "{kind} `{name}` takes `{class}`, a class of Kubernetes itself: it pushes other pods off full nodes, those of the platform too",
                        ja: "{kind} `{name}` は Kubernetes 自身のクラス `{class}` を使っており、プラットフォームを含む他の Pod をノードから追い出す",
                    ),
                )),
                None => {}
            }
            return;
        }
        let exists = cx
            .estate
            .of_kind("scheduling.k8s.io", "PriorityClass")
            .any(|(_, other)| other.name == class && other.place == object.place);
        if exists {
            on.pass();
        } else if cx.complete() {
            on.fail(Fault::at(
                route,
                phrase!(
                    en: "there is no PriorityClass `{class}`: the API server refuses the pods of {kind} `{name}`",
                    ja: "PriorityClass `{class}` は存在せず、API サーバーは {kind} `{name}` の Pod を拒否する",
                ),
            ));
        } else {
            on.unknown(phrase!(
                en: "PriorityClass `{class}` was not read; `estate.complete` says whether it exists elsewhere",
                ja: "PriorityClass `{class}` は読み込んでいない。他にないことは `estate.complete` で示す",
            ));
        }
    }
}
