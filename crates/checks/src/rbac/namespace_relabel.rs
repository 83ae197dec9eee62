use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can update or patch namespaces. A RoleBinding reaches its own namespace.
    ///
    /// **Why it matters.** Guards choose namespaces by label: `pod-security.kubernetes.io/enforce`, `namespaceSelector`
    /// of webhooks and policies, of network policies, of secret stores. Who changes a namespace chooses which guards
    /// apply to him. Creating a namespace is left out: a new one holds nothing yet, and the guards of the whole cluster
    /// apply to it.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [namespaces]
    ///     verbs: [get, list, create, patch]
    /// ```
    ///
    /// **Good.** namespaces and their labels come from Git; a portal that makes namespaces has `create` only.
    ///
    /// **References.** [Kubernetes: Pod Security
    /// Admission](https://kubernetes.io/docs/concepts/security/pod-security-admission/), [Kubernetes: Role Based Access
    /// Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** Namespace を更新・パッチできる主体。RoleBinding の場合は自身の Namespace に対して有効である。
    ///
    /// **理由。** 防御はラベルで Namespace を選ぶ。`pod-security.kubernetes.io/enforce`、Webhook・ポリシー・NetworkPolicy・シークレットストアの `namespaceSelector` がそれである。Namespace を変更できる者は、自分に適用される防御を選べる。作成だけの権限は対象外とする。新しい Namespace にはまだ何もなく、クラスタ全体の防御が適用されるためである。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [namespaces]
    ///     verbs: [get, list, create, patch]
    /// ```
    ///
    /// **良い例。** Namespace とラベルは Git から適用する。払い出しツールには `create` だけを許可する。
    NamespaceRelabel = "namespace-relabel";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change the labels of namespaces", "Namespace のラベルを変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::NamespaceLabels],
    named: Named::Less,
    can: (
        "change namespaces and their labels",
        "Namespace とそのラベルを変更できる",
    ),
    so: (
        "One label switches Pod Security off, takes the namespace out of a webhook, or lets it through a network policy that trusts that label.",
        "ラベル 1 つで、Pod Security を無効にし、Webhook の対象から外し、ラベルを信頼する NetworkPolicy を通過できる。",
    ),
};

impl Check for NamespaceRelabel {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
