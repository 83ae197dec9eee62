use sekisho_model::{Fix, Phrase, Pod, phrase};
use sekisho_policy::pod_security;
use sekisho_text::{Route, Step};

use super::standards::broken;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pod that shares the process, IPC or network namespace of its node: `hostPID`, `hostIPC`,
    /// `hostNetwork`.
    ///
    /// **Why it matters.** With the node's processes in sight a pod reads the environment and files of every other pod, and
    /// with a capability or root takes them over. On the node's network it goes round NetworkPolicy, reaches the instance
    /// metadata with the node's role, and listens on the node's addresses.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   hostNetwork: true
    ///   hostPID: true
    /// ```
    ///
    /// **Good.** Leave all three out. Give a node agent that cannot do without one a namespace of its own and a named
    /// exception.
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline>
    /// - <https://attack.mitre.org/techniques/T1611/>
    ///
    /// # 日本語
    /// **示すこと。** ノードのプロセス・IPC・ネットワーク名前空間を共有する Pod (`hostPID`、`hostIPC`、`hostNetwork`)。
    ///
    /// **理由。** ノードのプロセスが見えれば、他の Pod の環境変数やファイルを読め、root や一部のケーパビリティがあれば乗っ取れる。ノードのネットワーク上では NetworkPolicy が効かず、インスタンスメタデータからノードの IAM ロールを使え、ノードのアドレスで待ち受けられる。
    ///
    /// **直し方。** 3 つとも指定しない。どうしても必要なノードエージェントは専用の Namespace に置き、名前を挙げて例外とする。
    HostNamespaces = "host-namespaces";
    control: "T1.5",
    severity: High,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A pod shares a namespace of its node", "ノードの名前空間を共有する Pod",
}

impl Check for HostNamespaces {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let level = pod_security::Level::Baseline;
        broken(cx, pod, level, &["hostNamespaces"]).tell(on, |_, place| {
            let title = Phrase::new("Leave the node's namespace", "ノードの名前空間から離す");
            let fix = Fix::risky(title).set(place.clone(), false);
            let message = gain(&place);
            Fault::at(place, message).fix(fix)
        });
    }
}

fn gain(place: &Route) -> Phrase {
    match place.last() {
        Some(Step::Key(key)) if key == "hostPID" => phrase!(
            en: "`hostPID: true` shows the pod every process of its node, with their environment and files",
            ja: "`hostPID: true` により、ノードの全プロセスとその環境変数・ファイルが Pod から見える",
        ),
        Some(Step::Key(key)) if key == "hostIPC" => phrase!(
            en: "`hostIPC: true` lets the pod read and write the shared memory of everything on its node",
            ja: "`hostIPC: true` により、ノード上の共有メモリを Pod から読み書きできる",
        ),
        _ => phrase!(
            en: "`hostNetwork: true` puts the pod on its node's network: NetworkPolicy does not bind it, and the node's IAM role is in reach",
            ja: "`hostNetwork: true` により、Pod はノードのネットワークで動く。NetworkPolicy の対象外となり、ノードの IAM ロールにも届く",
        ),
    }
}
