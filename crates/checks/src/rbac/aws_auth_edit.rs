use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can create, update or patch the ConfigMap that maps AWS identities to Kubernetes groups.
    ///
    /// **Why it matters.** As long as the cluster's authentication mode includes `CONFIG_MAP`, this map decides who is
    /// who, and RBAC's check against giving more than one holds does not look at it. Writing ConfigMaps in the whole
    /// cluster contains the right, and so does the built-in role `edit` when it is bound there or in kube-system.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     verbs: [create, update, patch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: Role # bound in the namespace that needs it
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     verbs: [create, update, patch]
    /// ```
    ///
    /// **References.** [Amazon EKS: Grant IAM users access to Kubernetes with EKS access
    /// entries](https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html), [Kubernetes: Role Based Access
    /// Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** AWS の ID を Kubernetes のグループに対応付ける ConfigMap を作成・更新・パッチできる主体。
    ///
    /// **理由。** クラスタの認証モードに `CONFIG_MAP` が含まれる限り、誰が誰であるかはこの対応表で決まり、自分が持つ以上の権限を与えさせない RBAC の検査は働かない。クラスタ全体での ConfigMap の書き込み権限はこれを含む。組み込みロール `edit` をクラスタ全体や kube-system で紐付けた場合も同じである。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     verbs: [create, update, patch]
    /// ```
    ///
    /// **良い例。** 必要な Namespace の Role と RoleBinding で付与し、認証モードは `API` にする。
    AwsAuthEdit = "aws-auth-edit";
    control: "T1.11",
    severity: Critical,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change aws-auth", "aws-auth を変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::AwsAuthEdit],
    named: Named::Same,
    can: (
        "write the ConfigMap `aws-auth` of kube-system",
        "kube-system の ConfigMap `aws-auth` に書き込める",
    ),
    so: (
        "One line in it makes any AWS identity a member of `system:masters`. Use EKS access entries (authentication mode `API`), and limit writing of ConfigMaps to names or to other namespaces.",
        "1 行加えるだけで、任意の AWS の ID を `system:masters` のメンバーにできる。EKS アクセスエントリ (認証モード `API`) を使い、ConfigMap への書き込みは名前または他の Namespace に限定する。",
    ),
};

impl Check for AwsAuthEdit {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
