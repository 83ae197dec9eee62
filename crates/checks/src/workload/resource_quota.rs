use sekisho_model::{Fields, Namespace, Object, phrase};
use sekisho_text::Route;

use super::surroundings::{Around, is_system};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A namespace with workloads, but without a ResourceQuota over all of its CPU and memory. A quota
    /// with scopes counts only some of the pods, so it is no ceiling of the namespace.
    ///
    /// **Why it matters.** Whoever may create pods in a namespace can fill the cluster with them: nothing is left for
    /// others, and nodes are bought until the account's limit is reached.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   hard: { configmaps: "50" }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   hard: { requests.cpu: "40", requests.memory: 80Gi, limits.memory: 120Gi }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/policy/resource-quotas/>
    ///
    /// # 日本語
    /// **示すこと。** ワークロードがあるのに、CPU とメモリの総量を制限する ResourceQuota がない Namespace。scope 付きの quota は
    /// 一部の Pod しか数えないため、Namespace の上限とはみなさない。
    ///
    /// **理由。** Namespace に Pod を作成できる者は、クラスタを Pod で埋め尽くせる。他のワークロードの余地がなくなり、
    /// アカウントの上限までノードが追加される。
    ///
    /// **悪い例**
    /// ```yaml
    /// spec:
    ///   hard: { configmaps: "50" }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// spec:
    ///   hard: { requests.cpu: "40", requests.memory: 80Gi, limits.memory: 120Gi }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/policy/resource-quotas/>
    ResourceQuota = "resource-quota";
    control: "T1.6",
    severity: Low,
    profile: All,
    level: Level::Object(&[("", "Namespace")]),
    fix: None,
    title: "No ceiling on what a namespace uses", "総量の上限がない Namespace",
}

impl Check for ResourceQuota {
    fn object(&self, cx: &Context<'_>, namespace: &Object, on: &mut On<'_>) {
        let name = namespace.name.as_str();
        let home = Namespace::Given(namespace.name.clone());
        let is_used = cx
            .workloads()
            .living(&namespace.place, &home)
            .next()
            .is_some();
        if is_system(name) || !is_used {
            return;
        }
        let surroundings = cx.surroundings();
        let around = surroundings.living(&namespace.place, &home);
        let missing = missing(around);
        if missing.is_empty() {
            return on.pass();
        }
        let mut elsewhere = surroundings.perhaps_living(&namespace.place, &home);
        if !cx.complete() || elsewhere.any(|around| !around.quotas.is_empty()) {
            return on.unknown(phrase!(
                en: "no ResourceQuota over the CPU and memory of namespace `{name}` was read; `estate.complete` says whether there is one elsewhere",
                ja: "Namespace `{name}` の CPU とメモリを制限する ResourceQuota は読み込んでいない。他にないことは `estate.complete` で示す",
            ));
        }
        let (en, ja) = (missing.join(" and "), missing.join("・"));
        let mut fault = Fault::at(
            Route::of("metadata.name"),
            phrase!(
                en: "no ResourceQuota bounds the {en} that all pods of namespace `{name}` use together",
                ja: "Namespace `{name}` の Pod 全体が使う {ja} を制限する ResourceQuota がない",
            ),
        );
        for (index, quota) in &around.quotas {
            let quota = &quota.name;
            fault = fault.related(
                *index,
                Route::of("spec"),
                phrase!(en: "`{quota}` counts something else", ja: "`{quota}` は別のものを数える"),
            );
        }
        on.fail(fault);
    }
}

/// What no quota over all pods counts.
fn missing(around: &Around<'_>) -> Vec<&'static str> {
    let counts = |resource: &str| {
        around.quotas.iter().any(|(_, quota)| {
            let spec = &quota.value;
            let is_partial =
                !spec.items("spec.scopes").is_empty() || spec.at("spec.scopeSelector").is_some();
            let hard = spec.entries("spec.hard");
            !is_partial
                && hard.is_some_and(|hard| {
                    hard.keys().any(|key| {
                        let plain = key
                            .strip_prefix("requests.")
                            .or_else(|| key.strip_prefix("limits."));
                        plain.unwrap_or(key) == resource
                    })
                })
        })
    };
    ["cpu", "memory"]
        .into_iter()
        .filter(|resource| !counts(resource))
        .collect()
}
