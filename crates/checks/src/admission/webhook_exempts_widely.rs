use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::exemptions::{Gap, of_condition, of_namespace_selector, of_object_selector};
use super::system_namespaces::is_system;
use super::webhooks::{self, Webhook};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A webhook or admission policy that guards what runs, and that leaves out more than system namespaces, or lets
    /// those it judges leave by themselves: by a label of the object, a label of the namespace, a condition. The
    /// namespaces that Gatekeeper's `Config` excludes count too.
    ///
    /// **Why it matters.** An attacker needs only one namespace, or one label, that the guard does not look at.
    ///
    /// **Bad**
    /// ```yaml
    /// webhooks:
    ///   - name: images.example.com
    ///     objectSelector:
    ///       matchExpressions:
    ///         - { key: skip-image-policy, operator: DoesNotExist }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// webhooks:
    ///   - name: images.example.com
    ///     namespaceSelector:
    ///       matchExpressions:
    ///         - { key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system] }
    /// ```
    ///
    /// **References.** [Kubernetes: good practices for admission webhooks](https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/) ·
    /// [Gatekeeper: exempting namespaces](https://open-policy-agent.github.io/gatekeeper/website/docs/exempt-namespaces/)
    ///
    /// # 日本語
    /// **示すこと。** ワークロードを守る Webhook やアドミッションポリシーのうち、システム以外の Namespace も除外しているもの、または判定される側がオブジェクトのラベル・Namespace のラベル・条件によって自ら対象外になれるもの。Gatekeeper の `Config` が除外する Namespace も含む。
    ///
    /// **理由。** 攻撃者に必要なのは、防御が見ていない Namespace かラベルが 1 つあることだけである。
    ///
    /// **悪い例**
    /// ```yaml
    /// webhooks:
    ///   - name: images.example.com
    ///     objectSelector:
    ///       matchExpressions:
    ///         - { key: skip-image-policy, operator: DoesNotExist }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// webhooks:
    ///   - name: images.example.com
    ///     namespaceSelector:
    ///       matchExpressions:
    ///         - { key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system] }
    /// ```
    WebhookExemptsWidely = "webhook-exempts-widely";
    control: "T1.6",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("config.gatekeeper.sh", "Config"),
    ]),
    fix: Risky,
    title: "A guard that can be stepped around", "避けて通れる防御",
}

impl Check for WebhookExemptsWidely {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        match object.kind.as_str() {
            "ValidatingAdmissionPolicy" => {
                let found = of_policy(cx, object, "spec.matchConstraints");
                tell(object, &object.name, found, on);
            }
            "ValidatingAdmissionPolicyBinding" => {
                let found = of_policy(cx, object, "spec.matchResources");
                tell(object, &object.name, found, on);
            }
            "Config" => {
                let found = of_gatekeeper(cx, object);
                tell(object, &object.name, found, on);
            }
            _ => {
                let guards = webhooks::guards(object);
                for webhook in &guards {
                    let found = of_webhook(cx, webhook, &protected(&guards));
                    tell(object, webhook.name, found, on);
                }
            }
        }
    }
}

fn tell(object: &Object, name: &str, gaps: Vec<Gap>, on: &mut On<'_>) {
    if gaps.is_empty() {
        on.pass();
    }
    let kind = match object.kind.as_str() {
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => "webhook",
        kind => kind,
    };
    for gap in gaps {
        let (en, ja) = (gap.how.en, gap.how.ja);
        let message = phrase!(en: "{kind} `{name}` can be stepped around: {en}",
                              ja: "{kind} `{name}` は避けて通れる: {ja}");
        let mut fault = Fault::at(gap.route.clone(), message);
        if let Some(should) = gap.should {
            let title = phrase!(en: "let `{name}` judge all but system namespaces", ja: "`{name}` にシステム以外のすべての Namespace を判定させる");
            fault = fault.fix(Fix::risky(title).set(gap.route, should));
        }
        on.fail(fault);
    }
}

/// Gatekeeper's second webhook refuses the label that takes a namespace out of the first, unless the name is exempt.
fn protected(guards: &[Webhook<'_>]) -> Vec<&'static str> {
    guards
        .iter()
        .filter(|webhook| {
            webhook.name == "check-ignore-label.gatekeeper.sh" && !webhook.fails_open()
        })
        .map(|_| "admission.gatekeeper.sh/ignore")
        .collect()
}

fn of_webhook(cx: &Context<'_>, webhook: &Webhook<'_>, protected: &[&str]) -> Vec<Gap> {
    let field = |name| webhook.value.key(name).unwrap_or(&Value::Null);
    let namespaces = of_namespace_selector(
        cx,
        field("namespaceSelector"),
        webhook.route.key("namespaceSelector"),
        webhook.home(),
        protected,
        true,
    );
    let objects = of_object_selector(field("objectSelector"), webhook.route.key("objectSelector"));
    let conditions = conditions(cx, webhook.value, &webhook.route);
    namespaces
        .into_iter()
        .chain(objects)
        .chain(conditions)
        .collect()
}

/// A binding for named namespaces alone is the usual way to bring a policy in by steps; another binding covers the rest.
fn of_policy(cx: &Context<'_>, object: &Object, base: &'static str) -> Vec<Gap> {
    let Some(matched) = object.value.at(base) else {
        return Vec::new();
    };
    let base = Route::of(base);
    let field = |name| matched.key(name).unwrap_or(&Value::Null);
    let namespaces = of_namespace_selector(
        cx,
        field("namespaceSelector"),
        base.key("namespaceSelector"),
        None,
        &[],
        false,
    );
    let objects = of_object_selector(field("objectSelector"), base.key("objectSelector"));
    let spec = object.value.key("spec").unwrap_or(&Value::Null);
    let conditions = conditions(cx, spec, &Route::of("spec"));
    namespaces
        .into_iter()
        .chain(objects)
        .chain(conditions)
        .collect()
}

fn conditions(cx: &Context<'_>, owner: &Value, route: &Route) -> Vec<Gap> {
    let items = owner.items("matchConditions").iter().enumerate();
    let gaps = items.filter_map(|(index, condition)| {
        let route = route.key("matchConditions").index(index).key("expression");
        of_condition(cx, condition.text("expression")?, route)
    });
    gaps.collect()
}

fn of_gatekeeper(cx: &Context<'_>, config: &Object) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (index, entry) in config.value.items("spec.match").iter().enumerate() {
        let at_webhook = entry
            .items("processes")
            .iter()
            .any(|process| process == "*" || process == "webhook");
        if !at_webhook {
            continue;
        }
        // Names that begin with `kube-` are Kubernetes' own, and Gatekeeper must not judge itself.
        let (kept, open): (Vec<&str>, Vec<&str>) = entry
            .items("excludedNamespaces")
            .iter()
            .filter_map(Value::as_str)
            .partition(|name| {
                is_system(cx, name) || matches!(*name, "kube-*" | "gatekeeper-system")
            });
        if open.is_empty() {
            continue;
        }
        let route = Route::of("spec.match")
            .index(index)
            .key("excludedNamespaces");
        let open = open.join("`, `");
        gaps.push(Gap {
            route,
            how: phrase!(en: "it leaves out more than system namespaces: `{open}`; no constraint is asked there",
                         ja: "システム以外の Namespace `{open}` も除外しており、そこでは制約が評価されない"),
            should: Some(kept.into()),
        });
    }
    gaps
}
