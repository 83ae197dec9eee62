use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can update or patch nodes and their status.
    ///
    /// **Why it matters.** Where a pod runs is decided by what nodes say of themselves. Somebody who took one node and
    /// can mark the others as full, not ready or tainted moves the pods with the secrets he wants to his own. Kubelets
    /// need this right for their own node and have it by another authorizer; RBAC cannot say "your own node", so every
    /// agent that is given it holds it for all.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes, nodes/status]
    ///     verbs: [get, list, patch]
    /// ```
    ///
    /// **Good.** agents read nodes; what changes them is the autoscaler and the control plane.
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** ノードとその status を更新・パッチできる主体。
    ///
    /// **理由。** Pod の配置は、ノードが自ら申告する内容で決まる。1 台のノードを奪った者が他のノードを満杯・NotReady・taint 付きにできれば、狙った Secret を持つ Pod を自分のノードに移せる。kubelet は自ノードに対する権限を別の認可で得ている。RBAC では「自ノードのみ」を表せないため、付与されたエージェントは全ノードに対する権限を持つ。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes, nodes/status]
    ///     verbs: [get, list, patch]
    /// ```
    ///
    /// **良い例。** エージェントには参照だけを許可し、変更はオートスケーラーとコントロールプレーンに任せる。
    NodeTampering = "node-tampering";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change nodes", "ノードを変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::NodeWrite],
    named: Named::Less,
    can: (
        "change nodes or their status",
        "ノードまたはその status を変更できる",
    ),
    so: (
        "With taints, labels and capacity they draw sensitive pods onto a node that they hold, or off all others.",
        "taint・ラベル・容量を書き換え、機密性の高い Pod を自分が支配するノードへ引き寄せ、あるいは他のノードから追い出せる。",
    ),
};

impl Check for NodeTampering {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
