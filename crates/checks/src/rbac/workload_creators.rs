use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, Phrase, Severity, phrase};

use super::held::{self, BINDINGS, Deed, Found, Named};
use super::{holders, power_words};
use crate::{Check, Context, Fault, Held, Level, On, check};

check! {
    /// **What it shows.** Who can create pods, or create and change what makes pods: Deployments, DaemonSets,
    /// StatefulSets, ReplicaSets, ReplicationControllers, Jobs and CronJobs; and who can change the image of running
    /// pods. The built-in roles `edit` and `admin` are told here once, with all that they contain.
    ///
    /// **Why it matters.** Starting a pod is more than it says. The pod chooses its service account, so it may use every
    /// token and AWS role of the namespace; it mounts every secret of the namespace, without any right to read secrets;
    /// and what admission lets through it may do to the node. `patch` on a Deployment does the same as creating one. In
    /// the whole cluster, the accounts of kube-system are within reach.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments, statefulsets]
    ///     verbs: [get, list, watch, patch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments, statefulsets]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1610 Deploy Container](https://attack.mitre.org/techniques/T1610/), [Kubernetes:
    /// Role Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** Pod を作成できる主体、Pod を生むもの (Deployment・DaemonSet・StatefulSet・ReplicaSet・ReplicationController・Job・CronJob) を作成・変更できる主体、実行中の Pod のイメージを変更できる主体。組み込みロール `edit`・`admin` は、含まれる権限とともにここで一度だけ報告する。
    ///
    /// **理由。** Pod の起動は見た目以上の権限である。Pod は ServiceAccount を選べるため、その Namespace の全トークン・全 AWS ロールを使える。Secret の読み取り権限がなくても全 Secret をマウントできる。アドミッションが許す範囲でノードにも手を出せる。Deployment への `patch` は作成と同じである。クラスタ全体なら kube-system の ServiceAccount にも届く。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments, statefulsets]
    ///     verbs: [get, list, watch, patch]
    /// ```
    ///
    /// **良い例。** 人には参照だけを許可し、変更は Argo CD などの GitOps コントローラーが行う。
    WorkloadCreators = "workload-creators";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can start workloads", "ワークロードを起動できる権限",
}

const DEED: Deed = Deed {
    kinds: &[
        PowerKind::CreatePods,
        PowerKind::CreateWorkloads,
        PowerKind::ChangePods,
    ],
    named: Named::Less,
    can: (
        "start or change pods and workloads",
        "Pod・ワークロードを起動・変更できる",
    ),
    so: (
        "A pod runs as any service account of its namespace, with its secrets mounted and its AWS role. Let the GitOps controller alone start workloads, or grant it in one namespace.",
        "Pod はその Namespace の任意の ServiceAccount として動き、Secret をマウントし、その AWS ロールを使える。起動は GitOps のコントローラーだけに許可するか、1 つの Namespace に限って付与する。",
    ),
};

impl Check for WorkloadCreators {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            if found.rights.iter().copied().any(held::is_stock) {
                stock(found, fault)
            } else {
                fault
            }
        });
    }
}

/// A built-in role for users, with everything that it contains: the other checks leave it to this finding.
fn stock(found: &Found<'_>, fault: Fault) -> Fault {
    let contained: Vec<(PowerKind, &Held)> = found
        .bound
        .held
        .iter()
        .filter(|(_, held)| held.rights.iter().any(held::is_stock))
        .map(|(kind, held)| (*kind, held))
        .collect();
    let severity = contained
        .iter()
        .map(|(kind, held)| power_words::gravity(*kind, held))
        .max()
        .unwrap_or(Severity::Low);
    let kinds: Vec<PowerKind> = contained.iter().map(|(kind, _)| *kind).collect();
    fault
        .severity(severity)
        .message(stock_message(found, &kinds))
}

fn stock_message(found: &Found<'_>, contained: &[PowerKind]) -> Phrase {
    let (who, who_ja) = holders::called_all(&found.subjects);
    let (place, place_ja) = holders::place(found.namespace());
    let role = holders::role(found.binding);
    let names: Vec<power_words::Text> = contained
        .iter()
        .map(|kind| power_words::name(*kind))
        .collect();
    let (list, list_ja) = holders::texts(&names, names.len());
    phrase!(
        en: "the built-in {role} is given to {who} {place}; it contains {list}. Bind a role with what is needed, or name them in `administrators`.",
        ja: "{who_ja} に{place_ja}で組み込みの {role} が付与されている。これには次が含まれる: {list_ja}。必要な権限だけのロールを付与するか、管理者なら `administrators` に登録する。",
    )
}
