use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can update or patch the ConfigMap from which CoreDNS reads its zones and rewrites.
    ///
    /// **Why it matters.** CoreDNS reloads its configuration by itself. A `rewrite` or a `hosts` line sends a name of a
    /// service or of an AWS endpoint to an address of the attacker, for the whole cluster at once. The right seldom
    /// stands there by name: writing ConfigMaps in the whole cluster, or in kube-system, contains it.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     verbs: [get, update]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     resourceNames: [istio-ca-root-cert]
    ///     verbs: [get, update]
    /// ```
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** CoreDNS がゾーンと書き換え規則を読む ConfigMap を更新・パッチできる主体。
    ///
    /// **理由。** CoreDNS は設定を自動で再読込する。`rewrite` や `hosts` の 1 行で、サービス名や AWS エンドポイントの名前をクラスタ全体で攻撃者のアドレスに向けられる。この権限が名指しで書かれることは少なく、クラスタ全体または kube-system での ConfigMap の書き込み権限に含まれている。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     verbs: [get, update]
    /// ```
    ///
    /// **良い例。** 書き込む ConfigMap を `resourceNames` で限定するか、必要な Namespace の RoleBinding で付与する。
    DnsEdit = "dns-edit";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change the cluster's DNS", "クラスタの DNS を変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::CoreDnsEdit],
    named: Named::Same,
    can: (
        "change the ConfigMap `coredns` of kube-system",
        "kube-system の ConfigMap `coredns` を変更できる",
    ),
    so: (
        "Every name look-up of every pod is then answered as they like: traffic to databases, to AWS and to other services goes to their own address. Limit writing of ConfigMaps to names or to other namespaces.",
        "全 Pod の名前解決を思いのままにでき、データベース・AWS・他サービスへの通信を自分のアドレスへ向けられる。ConfigMap への書き込みは、名前または他の Namespace に限定する。",
    ),
};

impl Check for DnsEdit {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
