use sekisho_model::{Fix, Namespace, Object, Severity, phrase};
use sekisho_text::Route;
use serde_json::json;

use super::members::{has_target, is_gateway, selects};
use super::rules::{Action, Callers, Reach, action, callers, is_dry_run, reach, rules};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** No ALLOW rule lets everybody in: each names callers by principal, namespace, address or token. A
    /// path that is named (`/healthz`) may be open to all. `principals: ["*"]` only says that the caller has some identity;
    /// a source that only excludes (`notPrincipals`, `notNamespaces`) lets in whoever has none.
    ///
    /// **Why it matters.** One rule that lets everybody in takes the effect from every other ALLOW policy of the workload,
    /// the default deny included.
    ///
    /// **Bad.**
    /// ```yaml
    /// spec: { rules: [{}] }
    /// ```
    ///
    /// **Good.**
    /// ```yaml
    /// spec: { rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/checkout] } }] }] }
    /// ```
    ///
    /// **References.** [Istio: AuthorizationPolicy](https://istio.io/latest/docs/reference/config/security/authorization-policy/)
    ///
    /// # 日本語
    /// **示すこと。** ALLOW のどのルールも全員を通さないこと。principal・Namespace・アドレス・トークンのいずれかで呼び出し元を特定している
    /// こと。明示したパス (`/healthz`) だけは全員に開いてよい。`principals: ["*"]` は何らかの ID があることしか求めず、除外だけの指定
    /// (`notPrincipals`、`notNamespaces`) は ID のない者も通す。
    ///
    /// **理由。** 全員を通すルールが 1 つあれば、そのワークロードの他の ALLOW ポリシーは既定拒否を含めてすべて無効になる。
    ///
    /// **悪い例。** `rules: [{}]`
    ///
    /// **良い例。** `principals: [cluster.local/ns/shop/sa/checkout]` のように呼び出し元を書く。
    AuthorizationAllowsAll = "authorization-allows-all";
    control: "T2.4",
    severity: High,
    profile: Default,
    level: Level::Object(&[("security.istio.io", "AuthorizationPolicy")]),
    fix: Risky,
    title: "The AuthorizationPolicy lets everybody in", "全員を許可する AuthorizationPolicy",
}

impl Check for AuthorizationAllowsAll {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        if action(object) != Action::Allow || is_dry_run(object) {
            return;
        }
        let at_edge = at_edge(cx, object);
        let mut is_narrow = true;
        for (number, rule) in rules(object) {
            let (callers, reach) = (callers(rule), reach(rule));
            let is_wide = match (callers, reach) {
                (Callers::Named, _) | (_, Reach::Paths) => false,
                // Who comes to a gateway has no identity in the mesh: hosts and ports are what it can name.
                (_, Reach::Part) => !at_edge,
                (_, Reach::Everything) => true,
            };
            if is_wide {
                is_narrow = false;
                let route = Route::of("spec.rules").index(number);
                on.fail(fault(cx, object, at_edge, &route, callers, reach));
            }
        }
        if is_narrow {
            on.pass();
        }
    }
}

/// Whether the policy holds for gateways alone.
fn at_edge(cx: &Context<'_>, policy: &Object) -> bool {
    if has_target(policy) {
        return true;
    }
    let mut pods = cx
        .workloads()
        .beside(policy)
        .filter(|(_, pod)| selects(policy, pod))
        .peekable();
    pods.peek().is_some() && pods.all(|(_, pod)| is_gateway(pod))
}

fn fault(
    cx: &Context<'_>,
    policy: &Object,
    at_edge: bool,
    route: &Route,
    callers: Callers,
    reach: Reach,
) -> Fault {
    let (severity, message) = match (callers, reach) {
        (Callers::AnyWorkload, _) => (
            Severity::Medium,
            phrase!(
                en: "This rule lets every workload of the mesh in: it asks for an identity, but not for whose. Name the principals.",
                ja: "このルールはメッシュの全ワークロードを通す。ID の有無しか見ていないため、許可する principal を書く。",
            ),
        ),
        (_, Reach::Everything) => (
            Severity::High,
            phrase!(
                en: "This rule lets everybody in, also without an identity; other ALLOW policies of the same workloads lose their effect.",
                ja: "このルールは ID のない者も含めて全員を通し、同じワークロードの他の ALLOW ポリシーを無効にする。",
            ),
        ),
        (_, _) => (
            Severity::Medium,
            phrase!(
                en: "This rule bounds the operation but not the caller: everybody may do it, also without an identity. Name the principals.",
                ja: "このルールは操作を限定するが呼び出し元を限定せず、ID のない者も含めて誰でも実行できる。許可する principal を書く。",
            ),
        ),
    };
    let fault = Fault::at(route.clone(), message).severity(severity);
    let namespace = policy.namespace.given();
    let root = cx.mesh().root(&policy.place);
    let is_mesh_wide = namespace.is_some_and(|name| root == Namespace::Given(name.to_owned()));
    match namespace {
        Some(namespace) if !at_edge && !is_mesh_wide => {
            let title = phrase!(en: "Let in workloads of `{namespace}` only", ja: "`{namespace}` のワークロードだけを許可する");
            let source = json!([{"source": {"namespaces": [namespace]}}]);
            fault.fix(Fix::risky(title).set(route.key("from"), source))
        }
        _ => fault,
    }
}
