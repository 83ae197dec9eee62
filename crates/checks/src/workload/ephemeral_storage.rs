use sekisho_model::{Container, ContainerRole, Pod, phrase};

use super::amounts::{Amount, limit};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container that may fill the disk of its node: no `ephemeral-storage` limit of its own or from a
    /// LimitRange of its namespace that was read. What counts against it: logs, the writable layer, and the `emptyDir`
    /// volumes of the pod. A limit of `0` is none.
    ///
    /// **Why it matters.** When the disk of a node is full, the kubelet evicts pods, and no image can be pulled. A log that
    /// grows with each request is enough.
    ///
    /// **Bad**
    /// ```yaml
    /// resources:
    ///   limits: { memory: 256Mi }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// resources:
    ///   limits: { memory: 256Mi, ephemeral-storage: 1Gi }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/storage/ephemeral-storage/>
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>
    ///
    /// # 日本語
    /// **示すこと。** ノードのディスクを埋め尽くせるコンテナ。自身の `ephemeral-storage` limit も、読み込んだ同じ Namespace の
    /// LimitRange の既定値もない。ログ・書き込み可能レイヤー・Pod の `emptyDir` が対象となる。`0` は制限なしと同じである。
    ///
    /// **理由。** ノードのディスクが満杯になると、kubelet は Pod を退避させ、イメージも取得できなくなる。リクエストごとに増えるログだけで起こせる。
    ///
    /// **悪い例**
    /// ```yaml
    /// resources:
    ///   limits: { memory: 256Mi }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// resources:
    ///   limits: { memory: 256Mi, ephemeral-storage: 1Gi }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/docs/concepts/storage/ephemeral-storage/>
    EphemeralStorage = "ephemeral-storage";
    control: "T1.9",
    severity: Low,
    profile: All,
    level: Level::Container,
    fix: None,
    title: "No bound on the disk of the node", "ノードのディスク使用に上限がない",
}

impl Check for EphemeralStorage {
    fn container(
        &self,
        cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        if container.role == ContainerRole::Ephemeral {
            return;
        }
        let name = container.name();
        match limit(cx, pod, container, "ephemeral-storage") {
            Amount::Given(_) => on.pass(),
            Amount::Perhaps => on.unknown(phrase!(
                en: "whether a LimitRange bounds the disk of container `{name}` depends on the namespace, which a file leaves open",
                ja: "コンテナ `{name}` のディスクを LimitRange が制限するかは、ファイルが省略した namespace による",
            )),
            Amount::Zero | Amount::Absent => on.fail(Fault::at(
                container.at("resources.limits").key("ephemeral-storage"),
                phrase!(
                    en: "container `{name}` has no limit of ephemeral-storage: its logs and files can fill the disk of the node",
                    ja: "コンテナ `{name}` に ephemeral-storage の limit がなく、ログやファイルがノードのディスクを埋め尽くせる",
                ),
            )),
        }
    }
}
