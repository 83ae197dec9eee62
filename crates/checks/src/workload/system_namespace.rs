use sekisho_model::{Namespace, Pod, phrase};
use sekisho_text::Route;

use super::surroundings::{is_controlled, is_system};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A workload in `kube-system`, `kube-public` or `kube-node-lease` that is no piece of the platform. The
    /// pieces that EKS puts there are known to sekisho by name and image.
    ///
    /// **Why it matters.** Admission policies, Pod Security and mesh rules commonly leave these namespaces out, so a pod there
    /// may do what is refused elsewhere. And service accounts of `kube-system` hold the rights of controllers: who can start
    /// a pod there can borrow one and administer the cluster.
    ///
    /// **Bad**
    /// ```yaml
    /// metadata: { name: report, namespace: kube-system }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// metadata: { name: report, namespace: reporting }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/>
    ///
    /// # 日本語
    /// **示すこと。** プラットフォームの構成要素ではないのに、`kube-system`・`kube-public`・`kube-node-lease` に置かれたワークロード。
    /// EKS がそこに置くものは、sekisho が名前とイメージで把握している。
    ///
    /// **理由。** アドミッションポリシー・Pod Security・メッシュの規則は、これらの Namespace を対象外とすることが多く、他では拒否される
    /// Pod も動かせる。さらに `kube-system` の ServiceAccount はコントローラーの権限を持つ。そこで Pod を起動できる者は、
    /// それを使ってクラスタを管理できる。
    ///
    /// **悪い例**
    /// ```yaml
    /// metadata: { name: report, namespace: kube-system }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// metadata: { name: report, namespace: reporting }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    SystemNamespace = "system-namespace";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: None,
    title: "A workload in a namespace of Kubernetes itself", "Kubernetes 自身の Namespace にあるワークロード",
}

impl Check for SystemNamespace {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let Namespace::Given(namespace) = &pod.object.namespace else {
            return;
        };
        if is_controlled(pod.object) {
            return;
        }
        if !is_system(namespace) {
            return on.pass();
        }
        let (kind, name) = (&pod.object.kind, &pod.object.name);
        on.fail(Fault::at(
            Route::of("metadata.namespace"),
            phrase!(
                en: "{kind} `{name}` lives in `{namespace}`, which policies leave out and whose service accounts administer the cluster; give it a namespace of its own",
                ja: "{kind} `{name}` は `{namespace}` にある。ポリシーの対象外になりやすく、クラスタを管理できる ServiceAccount と同居する。専用の Namespace に移す",
            ),
        ));
    }
}
