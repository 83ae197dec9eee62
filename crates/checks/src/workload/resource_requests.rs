use sekisho_model::{Container, ContainerRole, Pod, phrase};

use super::amounts::{Amount, request};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container for which no CPU or no memory is kept free: no request of its own, of the whole pod, of
    /// a LimitRange or of a VerticalPodAutoscaler that was read. A limit alone counts, since the request takes its value.
    /// Init containers that end are left out: the node has room for them before the others start.
    ///
    /// **Why it matters.** The scheduler places a pod by its requests. One without them lands on a full node, gets CPU last
    /// and is evicted first; an autoscaler cannot measure it.
    ///
    /// **Bad**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     resources: {}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     resources:
    ///       requests: { cpu: 100m, memory: 128Mi }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>
    ///
    /// # 日本語
    /// **示すこと。** CPU またはメモリが確保されていないコンテナ。コンテナ自身・Pod 全体・読み込んだ LimitRange や
    /// VerticalPodAutoscaler のいずれの requests もない。limit だけあれば requests も同じ値になるため適合とする。
    /// 終了する init コンテナは、他のコンテナより先に動くため対象外とする。
    ///
    /// **理由。** スケジューラーは requests に基づいて Pod を配置する。requests のない Pod は満杯のノードに置かれ、CPU の配分は最後、
    /// 退避 (eviction) は最初になる。オートスケーラーも計測できない。
    ///
    /// **悪い例**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     resources: {}
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     resources:
    ///       requests: { cpu: 100m, memory: 128Mi }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/configuration/manage-resources-containers/>
    ResourceRequests = "resource-requests";
    control: "T1.9",
    severity: Low,
    profile: All,
    level: Level::Container,
    fix: None,
    title: "Nothing is kept free for a container", "リソースが確保されていないコンテナ",
}

impl Check for ResourceRequests {
    fn container(
        &self,
        cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        if matches!(
            container.role,
            ContainerRole::Ephemeral | ContainerRole::Init
        ) {
            return;
        }
        let name = container.name();
        let amounts = ["cpu", "memory"].map(|it| (it, request(cx, pod, container, it)));
        let missing: Vec<&str> = amounts
            .iter()
            .filter(|(_, amount)| matches!(amount, Amount::Absent | Amount::Zero))
            .map(|(resource, _)| *resource)
            .collect();
        if !missing.is_empty() {
            let (en, ja) = (missing.join(" and no "), missing.join("・"));
            let message = phrase!(
                en: "container `{name}` requests no {en}: it is placed without regard to it, and is the first to suffer on a full node",
                ja: "コンテナ `{name}` に {ja} の requests がない。考慮されずに配置され、ノードが逼迫すると最初に影響を受ける",
            );
            on.fail(Fault::at(container.at("resources.requests"), message));
        } else if amounts.iter().any(|(_, amount)| *amount == Amount::Perhaps) {
            on.unknown(phrase!(
                en: "whether a LimitRange or VerticalPodAutoscaler sets the requests of container `{name}` depends on the namespace, which a file leaves open",
                ja: "コンテナ `{name}` の requests を LimitRange や VerticalPodAutoscaler が設定するかは、ファイルが省略した namespace による",
            ));
        } else {
            on.pass();
        }
    }
}
