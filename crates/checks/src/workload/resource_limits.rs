use sekisho_model::{Container, ContainerRole, Fields, Fix, Pod, phrase};

use super::amounts::{Amount, limit, read};
use crate::{Check, Context, Fault, Level, On, check};

/// 32 TiB, the memory of the largest EC2 instance; a limit above it is never reached.
const LARGEST_NODE: i128 = (32_i128 << 40) * 1_000_000_000;

check! {
    /// **What it shows.** A container (init containers too) whose memory has no bound: neither its own limit, nor a limit of
    /// the whole pod (`spec.resources`, Kubernetes 1.34), nor the default of a LimitRange of its namespace that was read.
    /// A limit of `0` is none, and so is one above the memory of every EC2 instance.
    ///
    /// Only memory is asked for. Memory cannot be taken back: a pod that takes all of it makes the kernel kill its
    /// neighbours. CPU can: under pressure it is shared by requests, and a CPU limit throttles a service even on an idle node.
    ///
    /// **Why it matters.** Pod Security `restricted` says nothing about resources. With one request that makes a process
    /// grow, an attacker stops what else runs on the node, the agents that watch it among them.
    ///
    /// **Bad**
    /// ```yaml
    /// resources:
    ///   requests: { cpu: 100m, memory: 256Mi }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// resources:
    ///   requests: { cpu: 100m, memory: 256Mi }
    ///   limits: { memory: 256Mi }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html>
    ///
    /// # 日本語
    /// **示すこと。** メモリに上限がないコンテナ (init コンテナを含む)。コンテナ自身の limit、Pod 全体の limit
    /// (`spec.resources`、Kubernetes 1.34)、読み込んだ同じ Namespace の LimitRange の既定値のいずれもない。`0` は制限なしと同じで、
    /// どの EC2 インスタンスのメモリよりも大きい値も同様に扱う。
    ///
    /// 求めるのはメモリだけである。メモリは取り返せず、使い切られるとカーネルが隣の Pod を終了させる。CPU は取り返せる。
    /// 競合時は requests に応じて配分され、CPU limit はノードが空いていてもサービスを遅くする。
    ///
    /// **理由。** Pod Security の `restricted` はリソースについて何も定めない。攻撃者はメモリを肥大させるリクエスト 1 つで、
    /// 監視エージェントを含む同じノードの他の Pod を止められる。
    ///
    /// **悪い例**
    /// ```yaml
    /// resources:
    ///   requests: { cpu: 100m, memory: 256Mi }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// resources:
    ///   requests: { cpu: 100m, memory: 256Mi }
    ///   limits: { memory: 256Mi }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/configuration/manage-resources-containers/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html>
    ResourceLimits = "resource-limits";
    control: "T1.6",
    severity: Medium,
    profile: Default,
    level: Level::Container,
    fix: Risky,
    title: "No bound on memory", "メモリに上限がない",
}

impl Check for ResourceLimits {
    fn container(
        &self,
        cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        // The API server refuses resources of ephemeral containers.
        if container.role == ContainerRole::Ephemeral {
            return;
        }
        let name = container.name();
        let message = match limit(cx, pod, container, "memory") {
            Amount::Given(nano) if nano <= LARGEST_NODE => return on.pass(),
            Amount::Perhaps => {
                return on.unknown(phrase!(
                    en: "whether a LimitRange bounds the memory of container `{name}` depends on the namespace, which a file leaves open",
                    ja: "コンテナ `{name}` のメモリを LimitRange が制限するかは、ファイルが省略した namespace による",
                ));
            }
            Amount::Given(_) => phrase!(
                en: "container `{name}` may use more memory than any EC2 instance has, so its limit is never reached",
                ja: "コンテナ `{name}` のメモリ limit はどの EC2 インスタンスのメモリよりも大きく、制限にならない",
            ),
            Amount::Zero => phrase!(
                en: "the memory limit of container `{name}` is 0, which means no limit: it can take all memory of its node",
                ja: "コンテナ `{name}` のメモリ limit は 0、つまり無制限であり、ノードのメモリを使い切れる",
            ),
            Amount::Absent => phrase!(
                en: "container `{name}` has no memory limit: it can take all memory of its node, and other pods are killed for it",
                ja: "コンテナ `{name}` にメモリ limit がない。ノードのメモリを使い切り、他の Pod を巻き込める",
            ),
        };
        let mut fault = Fault::at(container.at("resources.limits.memory"), message);
        let request = container.value.at("resources.requests.memory");
        let is_bound = matches!(
            read(container.value, "resources.requests", "memory"),
            Some(Amount::Given(nano)) if nano <= LARGEST_NODE
        );
        if let (Some(request), true) = (request, is_bound) {
            let amount = request.as_str().unwrap_or("");
            let title = phrase!(
                en: "limit the memory of `{name}` to what it requests, {amount}",
                ja: "`{name}` のメモリを requests と同じ {amount} に制限する",
            );
            let fix = Fix::risky(title);
            fault = fault.fix(fix.set(container.at("resources.limits.memory"), request.clone()));
        }
        on.fail(fault);
    }
}
