//! What keeps the pods of one workload apart. Semantics: `podtopologyspread` and `interpodaffinity` of the Kubernetes
//! scheduler (`pkg/scheduler/framework/plugins`).

use sekisho_model::{Fields, Phrase, Pod, Selector, phrase};
use sekisho_text::Route;
use serde_json::Value;

/// What one rule does for the pods of its own workload.
#[derive(Debug)]
pub(crate) enum Effect {
    /// It keeps them apart, over zones or nodes.
    Spreads,
    /// It does nothing for them, and why.
    Void(Why, Phrase),
    /// Its label divides nodes in a way that only the cluster knows.
    Opaque(String),
}

/// What must change for a rule to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Selector,
    Key,
    Skew,
}

/// One rule, its place and what it does.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) route: Route,
    pub(crate) effect: Effect,
    /// Whether it only asks; a topology constraint always stands in a list that a fix can change.
    pub(crate) is_soft: bool,
    pub(crate) is_constraint: bool,
}

/// Every rule of a pod that speaks of keeping pods apart.
pub(crate) fn rules(pod: &Pod<'_>, most: i64) -> Vec<Rule> {
    let spec = pod.spec();
    let mut rules = Vec::new();
    for (index, constraint) in spec.items("topologySpreadConstraints").iter().enumerate() {
        rules.push(Rule {
            route: pod.at("topologySpreadConstraints").index(index),
            effect: constraint_effect(pod, constraint, most),
            is_soft: constraint.text("whenUnsatisfiable") == Some("ScheduleAnyway"),
            is_constraint: true,
        });
    }
    for (list, is_soft) in [
        ("requiredDuringSchedulingIgnoredDuringExecution", false),
        ("preferredDuringSchedulingIgnoredDuringExecution", true),
    ] {
        let base = pod.at("affinity.podAntiAffinity").key(list);
        let terms = spec
            .at("affinity.podAntiAffinity")
            .map_or(&[][..], |it| it.items(list));
        for (index, term) in terms.iter().enumerate() {
            let (route, term) = if is_soft {
                let term = term.at("podAffinityTerm").unwrap_or(&Value::Null);
                (base.index(index).key("podAffinityTerm"), term)
            } else {
                (base.index(index), term)
            };
            rules.push(Rule {
                route,
                effect: term_effect(pod, term),
                is_soft,
                is_constraint: false,
            });
        }
    }
    rules
}

fn constraint_effect(pod: &Pod<'_>, constraint: &Value, most: i64) -> Effect {
    if let Some(void) = selects_itself(pod, constraint) {
        return void;
    }
    let skew = constraint.int("maxSkew").unwrap_or(1);
    let is_hard = constraint.text("whenUnsatisfiable") != Some("ScheduleAnyway");
    // With all pods in one domain the skew is their number, so a constraint that allows it refuses nothing.
    if is_hard && skew >= most {
        return Effect::Void(
            Why::Skew,
            phrase!(en: "`maxSkew: {skew}` lets all {most} of them stand in one place", ja: "`maxSkew: {skew}` では {most} 個すべてが 1 か所に置かれうる"),
        );
    }
    over(constraint.text("topologyKey").unwrap_or(""))
}

fn term_effect(pod: &Pod<'_>, term: &Value) -> Effect {
    if let Some(void) = selects_itself(pod, term) {
        return void;
    }
    let own = pod.object.namespace.given();
    let namespaces = term.items("namespaces");
    let elsewhere = own.is_some_and(|own| {
        !namespaces.is_empty() && namespaces.iter().all(|namespace| namespace != own)
    });
    if elsewhere && term.at("namespaceSelector").is_none() {
        return Effect::Void(
            Why::Selector,
            phrase!(en: "its `namespaces` leave out the pod's own", ja: "`namespaces` に自身の Namespace が含まれない"),
        );
    }
    // `mismatchLabelKeys` becomes `key NotIn [own value]`, and pods of one template share their labels.
    let mismatched = term
        .items("mismatchLabelKeys")
        .iter()
        .filter_map(Value::as_str)
        .find(|key| pod.label(key).is_some());
    if let Some(key) = mismatched {
        return Effect::Void(
            Why::Selector,
            phrase!(en: "`mismatchLabelKeys` leaves out pods with the same `{key}`, which all of them have", ja: "`mismatchLabelKeys` は `{key}` が同じ Pod を除外するが、全 Pod で同じ値である"),
        );
    }
    over(term.text("topologyKey").unwrap_or(""))
}

/// A rule counts pods that its selector matches; without a selector it counts none.
fn selects_itself(pod: &Pod<'_>, rule: &Value) -> Option<Effect> {
    let selector = rule
        .at("labelSelector")
        .filter(|selector| !selector.is_null());
    let Some(selector) = selector else {
        return Some(Effect::Void(
            Why::Selector,
            phrase!(en: "it has no `labelSelector`, so it counts no pod", ja: "`labelSelector` がなく、どの Pod も数えない"),
        ));
    };
    let matches = Selector::read(selector).is_some_and(|selector| selector.matches(pod.labels()));
    (!matches).then(|| {
        Effect::Void(
            Why::Selector,
            phrase!(en: "its `labelSelector` does not match the labels of these pods", ja: "`labelSelector` がこの Pod のラベルに一致しない"),
        )
    })
}

fn over(key: &str) -> Effect {
    match key {
        "topology.kubernetes.io/zone"
        | "topology.k8s.aws/zone-id"
        | "failure-domain.beta.kubernetes.io/zone"
        | "kubernetes.io/hostname" => Effect::Spreads,
        "topology.kubernetes.io/region"
        | "failure-domain.beta.kubernetes.io/region"
        | "kubernetes.io/os"
        | "beta.kubernetes.io/os" => Effect::Void(
            Why::Key,
            phrase!(en: "`{key}` is the same on every node they may run on", ja: "`{key}` は配置先のどのノードでも同じ値である"),
        ),
        other => Effect::Opaque(other.to_owned()),
    }
}
