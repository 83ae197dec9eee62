use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, Phrase, phrase};

use super::held::{self, BINDINGS, Deed, Found, Named};
use super::holders;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Bindings that give complete control, in the cluster or in a namespace: `cluster-admin`, and any
    /// role of another name with a rule that says `*` for verbs, groups and resources. Those who are named in
    /// `administrators` pass.
    ///
    /// **Why it matters.** A standing administrator is the prize of every attack: one stolen token, one compromised
    /// pipeline, and all secrets, all nodes and all guards are taken. Roles of harmless names with the same rule are
    /// overlooked in reviews. In one namespace, complete control is one step less grave, in kube-system it is the
    /// cluster.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterRoleBinding
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
    /// subjects:
    ///   - { kind: ServiceAccount, name: deployer, namespace: ci }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: RoleBinding
    /// metadata: { name: ci-deployer, namespace: shop }
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer }
    /// subjects:
    ///   - { kind: ServiceAccount, name: deployer, namespace: ci }
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1098.006](https://attack.mitre.org/techniques/T1098/006/), [Kubernetes: Role Based
    /// Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** クラスタまたは Namespace の完全な制御を与えるバインディング。`cluster-admin` のほか、動詞・グループ・リソースのすべてに `*` を書いた別名のロールも含む。`administrators` に登録された主体への付与は適合とする。
    ///
    /// **理由。** 常設の管理者はあらゆる攻撃の目標である。トークン 1 つ、パイプライン 1 つの侵害で、全 Secret・全ノード・全防御が奪われる。同じ規則を持つ無害な名前のロールはレビューで見落とされる。1 つの Namespace 内なら 1 段階軽いが、kube-system ではクラスタ全体と同じである。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterRoleBinding
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
    /// subjects:
    ///   - { kind: ServiceAccount, name: deployer, namespace: ci }
    /// ```
    ///
    /// **良い例。** 必要な権限だけを持つ Role を作り、必要な Namespace の RoleBinding で付与する。
    ClusterAdminBinding = "cluster-admin-binding";
    control: "T1.11",
    severity: Critical,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Complete control is given", "完全な制御権限の付与",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::CompleteControl],
    named: Named::Less,
    can: ("do everything", "あらゆる操作ができる"),
    so: (
        "That is a standing administrator: whoever takes this identity has everything in it. Give the rights that are needed, name the few who must have all in `administrators`, or raise them for an hour through an EKS access entry.",
        "常設の管理者であり、この ID を奪えば対象のすべてを得られる。必要な権限だけを付与し、すべてが必要な少数の者は `administrators` に登録するか、EKS アクセスエントリで一時的に昇格させる。",
    ),
};

impl Check for ClusterAdminBinding {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            fault.message(message(found))
        });
    }
}

fn message(found: &Found<'_>) -> Phrase {
    let (who, who_ja) = holders::called_all(&found.subjects);
    let (place, place_ja) = holders::place(found.namespace());
    let role = holders::role(found.binding);
    let (so, so_ja) = DEED.so;
    phrase!(
        en: "{role} gives {who} complete control {place}. {so}",
        ja: "{who_ja} は {role} により{place_ja}を完全に制御できる。{so_ja}",
    )
}
