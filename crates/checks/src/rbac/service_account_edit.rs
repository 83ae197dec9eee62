use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can create, update or patch service accounts.
    ///
    /// **Why it matters.** `eks.amazonaws.com/role-arn` on a service account says which IAM role its pods take; a trust
    /// policy that admits `system:serviceaccount:shop:*` admits a new account as well. Pod Identity associations and
    /// bindings may name accounts that do not exist yet: whoever creates one inherits what waits for it.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [serviceaccounts]
    ///     verbs: [get, list, create, patch]
    /// ```
    ///
    /// **Good.** service accounts come from Git, beside the workload; people read them.
    ///
    /// **References.** [Amazon EKS: IAM roles for service
    /// accounts](https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html), [Kubernetes: Role
    /// Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** ServiceAccount を作成・更新・パッチできる主体。
    ///
    /// **理由。** ServiceAccount の `eks.amazonaws.com/role-arn` が、Pod の引き受ける IAM ロールを決める。`system:serviceaccount:shop:*` を認める信頼ポリシーは新しい ServiceAccount も認める。Pod Identity の関連付けやバインディングは、まだ存在しない ServiceAccount を指していることがあり、作成した者がその権限を引き継ぐ。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [serviceaccounts]
    ///     verbs: [get, list, create, patch]
    /// ```
    ///
    /// **良い例。** ServiceAccount はワークロードとともに Git から適用し、人には参照だけを許可する。
    ServiceAccountEdit = "service-account-edit";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change service accounts", "ServiceAccount を変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::ServiceAccountWrite],
    named: Named::Less,
    can: (
        "create or change service accounts",
        "ServiceAccount を作成・変更できる",
    ),
    so: (
        "The annotation of the AWS role stands there, and an account of a name that a trust policy or a binding already waits for gets its rights at once.",
        "AWS ロールの指定はそのアノテーションにある。また、信頼ポリシーやバインディングが待っている名前で作成すれば、その権限が直ちに得られる。",
    ),
};

impl Check for ServiceAccountEdit {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
