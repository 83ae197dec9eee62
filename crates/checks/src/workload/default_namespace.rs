use sekisho_model::{Namespace, Pod, phrase};
use sekisho_text::Route;

use super::surroundings::is_controlled;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A workload in the namespace `default`. A file that names no namespace is not judged: whoever applies
    /// it chooses.
    ///
    /// **Why it matters.** Network policies, quotas, Pod Security labels and roles hold for a namespace. In `default` they
    /// hold for everything that somebody forgot to place, so they are loose or absent, and what lands there by mistake
    /// shares them.
    ///
    /// **Bad**
    /// ```yaml
    /// metadata: { name: web, namespace: default }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// metadata: { name: web, namespace: shop }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/>
    ///
    /// # 日本語
    /// **示すこと。** Namespace `default` にあるワークロード。namespace を書かないファイルは、適用する人が選ぶため判定しない。
    ///
    /// **理由。** NetworkPolicy・quota・Pod Security ラベル・ロールは Namespace 単位で効く。`default` には置き場所を決め忘れた
    /// ものが集まるため、設定は緩いか存在せず、誤って置かれたものも同じ設定を共有する。
    ///
    /// **悪い例**
    /// ```yaml
    /// metadata: { name: web, namespace: default }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// metadata: { name: web, namespace: shop }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/overview/working-with-objects/namespaces/>
    DefaultNamespace = "default-namespace";
    control: "T1.6",
    severity: Low,
    profile: All,
    level: Level::Pod,
    fix: None,
    title: "A workload in the namespace default", "Namespace default のワークロード",
}

impl Check for DefaultNamespace {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let Namespace::Given(namespace) = &pod.object.namespace else {
            return;
        };
        if is_controlled(pod.object) {
            return;
        }
        if namespace != "default" {
            return on.pass();
        }
        let (kind, name) = (&pod.object.kind, &pod.object.name);
        on.fail(Fault::at(
            Route::of("metadata.namespace"),
            phrase!(
                en: "{kind} `{name}` lives in the namespace `default`, beside everything that nobody placed; give it a namespace of its own",
                ja: "{kind} `{name}` は Namespace `default` にあり、置き場所を決めていないものと同居している。専用の Namespace に置く",
            ),
        ));
    }
}
