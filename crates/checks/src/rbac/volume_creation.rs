use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can create PersistentVolumes.
    ///
    /// **Why it matters.** Pod Security refuses `hostPath` in a pod, but looks at the claim only, not at the volume
    /// behind it. A PersistentVolume of type `hostPath` or `local`, claimed by a harmless-looking pod, is the node's file
    /// system: its credentials, the tokens of all its pods, its boot scripts. Claims are served by the provisioner, so
    /// nobody else needs this right.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [persistentvolumes, persistentvolumeclaims]
    ///     verbs: [get, list, create]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [persistentvolumeclaims]
    ///     verbs: [get, list, create]
    /// ```
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** PersistentVolume を作成できる主体。
    ///
    /// **理由。** Pod Security は Pod の `hostPath` を拒否するが、見るのは PVC だけで、その背後のボリュームは見ない。`hostPath` や `local` の PersistentVolume を無害に見える Pod が PVC で使えば、ノードのファイルシステム (認証情報・全 Pod のトークン・起動スクリプト) に届く。PVC にはプロビジョナーが応えるため、他の誰にも必要ない権限である。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [persistentvolumes, persistentvolumeclaims]
    ///     verbs: [get, list, create]
    /// ```
    ///
    /// **良い例。** 利用者には `persistentvolumeclaims` だけを許可する。
    VolumeCreation = "volume-creation";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can create persistent volumes", "PersistentVolume を作成できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::PersistentVolumes],
    named: Named::Less,
    can: ("create persistent volumes", "PersistentVolume を作成できる"),
    so: (
        "A volume may stand for any path of a node, and a claim brings it into a pod that `restricted` admits. Let people claim from a StorageClass instead.",
        "PersistentVolume はノードの任意のパスを指すことができ、PVC を介せば `restricted` が許可する Pod にも持ち込める。利用者には StorageClass からの払い出しだけを許可する。",
    ),
};

impl Check for VolumeCreation {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
