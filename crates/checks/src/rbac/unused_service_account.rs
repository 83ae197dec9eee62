use sekisho_model::{Object, phrase};
use sekisho_text::Route;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Service accounts with rights (a binding that names them, or an AWS role) as which no workload
    /// runs. Only in a complete estate, and outside of kube-system, whose controllers run in the control plane.
    ///
    /// **Why it matters.** Rights that nobody uses are missed by nobody when they are misused. Either the account is left
    /// over, or its token is used from outside of the cluster, where it has no pod to be bound to and tends to live long.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ServiceAccount
    /// metadata: { name: old-importer, namespace: batch } # bound, and no pod runs as it
    /// ```
    ///
    /// **Good.** delete it with its bindings, or give what uses it from outside a role of its own through an EKS access
    /// entry.
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** 権限 (名指しのバインディングまたは AWS ロール) を持つのに、どのワークロードも使っていない ServiceAccount。全体が揃った環境に限り、コントローラーがコントロールプレーンで動く kube-system は除く。
    ///
    /// **理由。** 使われていない権限は、悪用されても誰も気付かない。残骸であるか、トークンがクラスタ外で使われているかのどちらかで、後者は Pod に紐付かず長期間有効になりがちである。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ServiceAccount
    /// metadata: { name: old-importer, namespace: batch } # bound, and no pod runs as it
    /// ```
    ///
    /// **良い例。** バインディングとともに削除するか、クラスタ外からの利用には EKS アクセスエントリで専用の権限を与える。
    UnusedServiceAccount = "unused-service-account";
    control: "T1.11",
    severity: Low,
    profile: All,
    level: Level::Object(&[("", "ServiceAccount")]),
    fix: None,
    title: "Rights that no workload uses", "使われていない ServiceAccount の権限",
}

impl Check for UnusedServiceAccount {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        if !cx.complete() || object.namespace.given() == Some("kube-system") {
            return;
        }
        let accounts = cx.accounts();
        let is_bound = accounts.is_bound(object);
        let has_role = object.annotation("eks.amazonaws.com/role-arn").is_some();
        if !is_bound && !has_role {
            return;
        }
        if accounts.is_used(object) {
            return on.pass();
        }
        let name = &object.name;
        let message = phrase!(
            en: "service account `{name}` has rights, but no workload runs as it: delete it with its bindings, or find out who uses its token from outside",
            ja: "ServiceAccount `{name}` は権限を持つが、どのワークロードも使っていない。バインディングとともに削除するか、クラスタ外でトークンを使う者を確認する",
        );
        on.fail(Fault::at(Route::of("metadata.name"), message));
    }
}
