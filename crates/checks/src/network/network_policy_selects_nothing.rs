use sekisho_model::{Fields, Fix, Namespace, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::makers::pod_maker;
use super::policies::Policy;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Every NetworkPolicy holds for some pod: its `podSelector` matches the labels of a pod or pod
    /// template of its namespace.
    ///
    /// **Why it matters.** A selector that matches nothing is no error. The policy stands there, reviews count on it, and
    /// the pods it was written for are neither isolated nor allowed what it allows.
    ///
    /// **Bad.** `podSelector: {matchLabels: {app: payment-api}}` where the pods are labelled `app: payments`.
    ///
    /// **Good.** The labels of the pod template (`spec.template.metadata.labels`), which the Deployment's own
    /// `spec.selector` repeats.
    ///
    /// **References.** [Kubernetes: Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)
    ///
    /// # 日本語
    /// **示すこと。** すべての NetworkPolicy が実在の Pod に効くこと。`podSelector` が同じ Namespace の Pod または Pod テンプレートの
    /// ラベルに一致すること。
    ///
    /// **理由。** 何にも一致しないセレクターはエラーにならない。ポリシーは存在し、レビューでも当てにされるが、対象のはずの Pod は隔離も
    /// 許可もされない。
    ///
    /// **悪い例。** Pod のラベルは `app: payments` なのに `podSelector: {matchLabels: {app: payment-api}}`。
    ///
    /// **良い例。** Pod テンプレートのラベル (`spec.template.metadata.labels`) を書く。
    NetworkPolicySelectsNothing = "network-policy-selects-nothing";
    control: "T2.2",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[
        ("networking.k8s.io", "NetworkPolicy"),
        ("networking.k8s.aws", "ApplicationNetworkPolicy"),
    ]),
    fix: Risky,
    title: "The NetworkPolicy matches no pod", "どの Pod にも一致しない NetworkPolicy",
}

impl Check for NetworkPolicySelectsNothing {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let Some(selector) = Policy::of(0, object).and_then(|policy| policy.selector) else {
            return;
        };
        if selector.is_empty() {
            return;
        }
        if cx.workloads().selected(object, &selector).next().is_some() {
            on.pass();
            return;
        }
        if !cx.complete() || matches!(object.namespace, Namespace::Open) {
            on.unknown(phrase!(
                en: "no pod in the files has these labels; `estate.complete: true` would settle it",
                ja: "ファイル内にこのラベルの Pod がない。`estate.complete: true` なら判定できる",
            ));
            return;
        }
        if let Some(maker) = pod_maker(cx.estate, object) {
            let id = maker.id();
            on.unknown(phrase!(
                en: "{id} may make pods with these labels, which no file shows",
                ja: "{id} がこのラベルの Pod を作る可能性があり、ファイルからは分からない",
            ));
            return;
        }
        on.fail(fault(cx, object));
    }
}

fn fault(cx: &Context<'_>, object: &Object) -> Fault {
    let namespace = object.namespace.given().unwrap_or("");
    let wanted = object.value.entries("spec.podSelector.matchLabels");
    let route = Route::of("spec.podSelector");
    // One label that no pod has, while another value of it is what every pod there has.
    for (key, value) in wanted.into_iter().flatten() {
        let value = value.as_str().unwrap_or("");
        let mut others: Vec<&str> = cx
            .workloads()
            .beside(object)
            .filter_map(|(_, pod)| pod.label(key))
            .collect();
        others.sort_unstable();
        others.dedup();
        if others.is_empty() || others.contains(&value) {
            continue;
        }
        let known = others.join("`, `");
        let place = route.key("matchLabels").key(key.clone());
        let fault = Fault::at(
            place.clone(),
            phrase!(
                en: "No pod of namespace `{namespace}` has the label `{key}: {value}`; the values there are `{known}`. The policy holds for nothing.",
                ja: "Namespace `{namespace}` にラベル `{key}: {value}` の Pod はない。実在する値は `{known}`。このポリシーは何にも効かない。",
            ),
        );
        let is_only_label = wanted.is_some_and(|labels| labels.len() == 1)
            && object
                .value
                .items("spec.podSelector.matchExpressions")
                .is_empty();
        return match others.as_slice() {
            [only] if is_only_label => fault.fix(
                Fix::risky(phrase!(en: "Select `{key}: {only}`", ja: "`{key}: {only}` を選ぶ"))
                    .set(place, Value::from(*only)),
            ),
            _ => fault,
        };
    }
    Fault::at(
        route,
        phrase!(
            en: "No pod of namespace `{namespace}` matches this selector: the policy holds for nothing.",
            ja: "Namespace `{namespace}` にこのセレクターに一致する Pod はなく、このポリシーは何にも効かない。",
        ),
    )
}
