use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can change network policies (Kubernetes, cluster-wide, and those of the VPC CNI) and the
    /// mesh's AuthorizationPolicies, PeerAuthentications, RequestAuthentications and DestinationRules.
    ///
    /// **Why it matters.** Network policies add up: one more that allows everything outweighs all that are careful. In
    /// the mesh, a DestinationRule with `tls.mode: DISABLE` or a permissive PeerAuthentication brings plaintext back. Who
    /// may change them in his namespace opens it to everybody, and cluster-wide for all.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [networking.k8s.io]
    ///     resources: [networkpolicies]
    ///     verbs: [get, list, create, delete]
    /// ```
    ///
    /// **Good.** people read policies; the GitOps controller, named as an administrator, writes them.
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** NetworkPolicy (Kubernetes 標準・クラスタ全体・VPC CNI 独自) と、メッシュの AuthorizationPolicy・PeerAuthentication・RequestAuthentication・DestinationRule を変更できる主体。
    ///
    /// **理由。** NetworkPolicy は和で働き、すべてを許可するものが 1 つあれば慎重なポリシーはすべて無意味になる。メッシュでは `tls.mode: DISABLE` の DestinationRule や PERMISSIVE の PeerAuthentication で平文に戻せる。Namespace 内で変更できる者はそこを全員に開放でき、クラスタ全体なら全 Namespace を開放できる。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [networking.k8s.io]
    ///     resources: [networkpolicies]
    ///     verbs: [get, list, create, delete]
    /// ```
    ///
    /// **良い例。** 人はポリシーを参照するだけとし、変更は管理者として登録した GitOps のコントローラーが行う。
    NetworkPolicyEdit = "network-policy-edit";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change network or mesh policies", "NetworkPolicy・メッシュポリシーを変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::NetworkPolicyWrite, PowerKind::MeshPolicyWrite],
    named: Named::Less,
    can: (
        "change the policies that separate pods",
        "Pod 間を隔てるポリシーを変更できる",
    ),
    so: (
        "One policy that allows everything, or one deletion, joins what was separated. Let the GitOps controller alone change them.",
        "すべてを許可するポリシー 1 つ、または削除 1 回で、隔てられていたものがつながる。変更は GitOps のコントローラーだけに許可する。",
    ),
};

impl Check for NetworkPolicyEdit {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
