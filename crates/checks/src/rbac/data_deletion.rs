use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can delete persistent volumes, claims, secrets or namespaces.
    ///
    /// **Why it matters.** A deleted claim takes its disk along (`reclaimPolicy: Delete` is the default of provisioned
    /// volumes), and a deleted namespace takes everything in it. `deletecollection` does it with one request. A backup
    /// that was tested helps afterwards; not giving the right helps before.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [persistentvolumeclaims, secrets]
    ///     verbs: [get, list, create, delete]
    /// ```
    ///
    /// **Good.** a controller deletes only what it made, limited by `resourceNames` or to its namespace; people have no
    /// `delete` here.
    ///
    /// **References.** [MITRE ATT&CK T1485 Data Destruction](https://attack.mitre.org/techniques/T1485/), [Kubernetes:
    /// Role Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** PersistentVolume・PVC・Secret・Namespace を削除できる主体。
    ///
    /// **理由。** PVC を削除すると、動的に払い出されたボリュームでは既定の `reclaimPolicy: Delete` によりディスクも消える。Namespace の削除は中身すべてを道連れにする。`deletecollection` なら 1 リクエストで済む。事後には検証済みのバックアップが、事前には権限を与えないことが効く。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [persistentvolumeclaims, secrets]
    ///     verbs: [get, list, create, delete]
    /// ```
    ///
    /// **良い例。** コントローラーの削除対象は `resourceNames` または自身の Namespace に限定し、人には `delete` を与えない。
    DataDeletion = "data-deletion";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can delete volumes, secrets or namespaces", "ボリューム・Secret・Namespace を削除できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::DeleteData],
    named: Named::Less,
    can: (
        "delete data: volumes, claims, secrets or whole namespaces",
        "データ (ボリューム・PVC・Secret・Namespace 全体) を削除できる",
    ),
    so: (
        "That is how a cluster is held to ransom or put out of service. Name the objects, or leave deletion to the GitOps controller.",
        "身代金要求やサービス停止に使われる権限である。対象を名前で限定するか、削除は GitOps のコントローラーに任せる。",
    ),
};

impl Check for DataDeletion {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
