use sekisho_model::{Fix, Namespace, Object, phrase};
use sekisho_text::Route;
use serde_json::json;

use super::amounts::{Amount, of_ranges};
use super::surroundings::is_system;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A namespace with workloads, but without a LimitRange that gives containers a default memory limit.
    /// `max` counts, since the default takes its value; `min`, other types than `Container`, and a default of `0` do not.
    ///
    /// **Why it matters.** The next container that somebody forgets to limit is unlimited. With a LimitRange it is not.
    ///
    /// **Bad.** A namespace without a LimitRange.
    ///
    /// **Good**
    /// ```yaml
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata: { name: defaults, namespace: shop }
    /// spec:
    ///   limits:
    ///     - type: Container
    ///       default: { memory: 512Mi }
    ///       defaultRequest: { cpu: 100m, memory: 256Mi }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/policy/limit-range/>
    ///
    /// # 日本語
    /// **示すこと。** ワークロードがあるのに、コンテナに既定のメモリ limit を与える LimitRange がない Namespace。
    /// `max` は既定値にもなるため適合とする。`min`、`Container` 以外の type、既定値 `0` は数えない。
    ///
    /// **理由。** limit を書き忘れたコンテナは無制限になる。LimitRange があればそうならない。
    ///
    /// **悪い例。** LimitRange のない Namespace。
    ///
    /// **良い例**
    /// ```yaml
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata: { name: defaults, namespace: shop }
    /// spec:
    ///   limits:
    ///     - type: Container
    ///       default: { memory: 512Mi }
    ///       defaultRequest: { cpu: 100m, memory: 256Mi }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/policy/limit-range/>
    LimitRange = "limit-range";
    control: "T1.6",
    severity: Low,
    profile: All,
    level: Level::Object(&[("", "Namespace")]),
    fix: Risky,
    title: "No default limits in a namespace", "既定の limit がない Namespace",
}

impl Check for LimitRange {
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
        let gives = |amount| matches!(amount, Amount::Given(_));
        if gives(of_ranges(around, "default", "memory")) {
            return on.pass();
        }
        let may_give = surroundings
            .perhaps_living(&namespace.place, &home)
            .any(|around| gives(of_ranges(around, "default", "memory")));
        if may_give || !cx.complete() {
            return on.unknown(phrase!(
                en: "no LimitRange with a default memory limit was read for namespace `{name}`; `estate.complete` says whether there is one elsewhere",
                ja: "Namespace `{name}` に既定のメモリ limit を与える LimitRange は読み込んでいない。他にないことは `estate.complete` で示す",
            ));
        }
        let mut fault = Fault::at(
            Route::of("metadata.name"),
            phrase!(
                en: "no LimitRange of namespace `{name}` gives containers a default memory limit: one that is forgotten is unlimited",
                ja: "Namespace `{name}` に、コンテナへ既定のメモリ limit を与える LimitRange がない。書き忘れたコンテナは無制限になる",
            ),
        );
        for (index, range) in &around.ranges {
            let range = &range.name;
            fault = fault.related(
                *index,
                Route::of("spec.limits"),
                phrase!(en: "`{range}` sets no default memory limit for containers", ja: "`{range}` はコンテナの既定のメモリ limit を設定しない"),
            );
        }
        let taken = around
            .ranges
            .iter()
            .any(|(_, range)| range.name == "defaults");
        let title = phrase!(
            en: "add a LimitRange: 512Mi of memory where a container says nothing",
            ja: "LimitRange を追加する: 指定のないコンテナのメモリを 512Mi に制限",
        );
        on.fail(fault.fix(Fix::risky(title).new_object(json!({
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {
                "name": if taken { "container-defaults" } else { "defaults" },
                "namespace": name,
            },
            "spec": { "limits": [{
                "type": "Container",
                "default": { "memory": "512Mi" },
                "defaultRequest": { "cpu": "100m", "memory": "256Mi" },
            }] },
        }))));
    }
}
