use sekisho_model::{Fields, Fix, Object, Phrase, Pod, phrase};
use serde_json::{Value, json};

use super::scaler::count;
use super::spreading::{Effect, Rule, Why, rules};
use super::surroundings::is_controlled;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A workload of several replicas that nothing keeps apart: no topology spread constraint and no pod
    /// anti-affinity over zones or nodes. A rule counts only when it works for the workload's own pods: its selector
    /// matches them, its `maxSkew` refuses something, and its label differs between nodes. One that only asks
    /// (`ScheduleAnyway`, `preferred…`) counts, since the other kind leaves pods unscheduled when a zone is lost.
    ///
    /// The scheduler's own default also asks, but allows a difference of five pods between zones and of three between nodes.
    ///
    /// **Why it matters.** Replicas on one node, or in one zone, go together.
    ///
    /// **Bad**
    /// ```yaml
    /// topologySpreadConstraints:
    ///   - maxSkew: 1
    ///     topologyKey: topology.kubernetes.io/zone
    ///     whenUnsatisfiable: DoNotSchedule   # no labelSelector: counts no pod
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// topologySpreadConstraints:
    ///   - maxSkew: 1
    ///     topologyKey: topology.kubernetes.io/zone
    ///     whenUnsatisfiable: ScheduleAnyway
    ///     labelSelector: { matchLabels: { app: web } }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/application.html>
    ///
    /// # 日本語
    /// **示すこと。** 複数のレプリカを離して配置する規則がないワークロード。ゾーンまたはノード単位の topology spread constraint も
    /// Pod anti-affinity もない。規則は自身の Pod に効くものだけを数える。すなわち selector が一致し、`maxSkew` が実際に何かを拒否し、
    /// ラベルの値がノードによって異なること。希望にとどまるもの (`ScheduleAnyway`、`preferred…`) も数える。必須にすると、ゾーン障害時に Pod が
    /// 配置できなくなるためである。
    ///
    /// スケジューラーの既定値も希望として分散させるが、ゾーン間で 5 個、ノード間で 3 個の差を許す。
    ///
    /// **理由。** 1 つのノードやゾーンに集まったレプリカは、同時に失われる。
    ///
    /// **悪い例**
    /// ```yaml
    /// topologySpreadConstraints:
    ///   - maxSkew: 1
    ///     topologyKey: topology.kubernetes.io/zone
    ///     whenUnsatisfiable: DoNotSchedule   # labelSelector がなく、どの Pod も数えない
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// topologySpreadConstraints:
    ///   - maxSkew: 1
    ///     topologyKey: topology.kubernetes.io/zone
    ///     whenUnsatisfiable: ScheduleAnyway
    ///     labelSelector: { matchLabels: { app: web } }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>
    Spread = "spread";
    control: "T1.9",
    severity: Low,
    profile: Default,
    level: Level::Pod,
    fix: Safe,
    title: "Replicas that nothing keeps apart", "レプリカが分散配置されない",
}

impl Check for Spread {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let object = pod.object;
        let Some(count) = count(cx.surroundings().beside(object), object) else {
            return;
        };
        if is_controlled(object) || count.most < 2 {
            return;
        }
        let rules = rules(pod, count.most);
        if rules
            .iter()
            .any(|rule| matches!(rule.effect, Effect::Spreads))
        {
            return on.pass();
        }
        let opaque = rules.iter().find_map(|rule| match &rule.effect {
            Effect::Opaque(key) => Some(key),
            _ => None,
        });
        let (kind, name) = (&object.kind, &object.name);
        if let Some(key) = opaque {
            return on.unknown(phrase!(
                en: "{kind} `{name}` is spread over `{key}`; whether that label separates zones or nodes is a fact of the cluster",
                ja: "{kind} `{name}` は `{key}` で分散している。このラベルがゾーンやノードを分けるかはクラスタ次第である",
            ));
        }
        let void = rules.iter().find_map(|rule| match &rule.effect {
            Effect::Void(why, reason) => Some((rule, *why, reason)),
            _ => None,
        });
        match void {
            Some((rule, why, reason)) => on.fail(void_rule(pod, rule, why, reason)),
            None => on.fail(
                Fault::at(
                    pod.at("topologySpreadConstraints"),
                    phrase!(
                        en: "nothing keeps the replicas of {kind} `{name}` apart: all may stand on one node or in one zone",
                        ja: "{kind} `{name}` のレプリカを離す規則がなく、すべてが 1 つのノードやゾーンに置かれうる",
                    ),
                )
                .fix(ask_for_zones(pod)),
            ),
        }
    }
}

fn void_rule(pod: &Pod<'_>, rule: &Rule, why: Why, reason: &Phrase) -> Fault {
    let (kind, name) = (&pod.object.kind, &pod.object.name);
    let (en, ja) = (&reason.en, &reason.ja);
    let field = match why {
        Why::Selector => "labelSelector",
        Why::Key => "topologyKey",
        Why::Skew => "maxSkew",
    };
    let route = rule.route.key(field);
    let message = phrase!(
        en: "this rule does not keep the replicas of {kind} `{name}` apart: {en}",
        ja: "この規則は {kind} `{name}` のレプリカを離さない: {ja}",
    );
    let fault = Fault::at(route.clone(), message);
    if !rule.is_constraint {
        return fault.fix(ask_for_zones(pod));
    }
    let title = phrase!(en: "set `{field}` so that the rule works", ja: "規則が効くように `{field}` を設定する");
    let fix = if rule.is_soft {
        Fix::safe(title)
    } else {
        Fix::risky(title)
    };
    fault.fix(match why {
        Why::Selector => fix.set(route, selector_of(pod.object)),
        Why::Key => fix.set(route, "topology.kubernetes.io/zone"),
        Why::Skew => fix.set(route, 1),
    })
}

/// A constraint that only asks cannot leave a pod unscheduled.
fn ask_for_zones(pod: &Pod<'_>) -> Fix {
    let title = phrase!(en: "ask the scheduler to spread over zones and nodes", ja: "ゾーンとノードへの分散をスケジューラーに求める");
    let constraint = |key: &str| {
        json!({
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": selector_of(pod.object),
        })
    };
    let both = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(constraint);
    Fix::safe(title).set(
        pod.at("topologySpreadConstraints"),
        Value::from(both.to_vec()),
    )
}

/// The selector of the workload itself; that of a ReplicationController is a plain map.
fn selector_of(workload: &Object) -> Value {
    let own = workload.value.at("spec.selector").cloned();
    match own {
        Some(labels) if workload.group().is_empty() => json!({ "matchLabels": labels }),
        Some(selector) => selector,
        None => Value::Null,
    }
}
