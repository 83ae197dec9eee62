use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Fix, Namespace, Place, phrase};
use sekisho_text::Route;
use serde_json::json;

use super::concerned::{counted, naming};
use super::members::is_gateway;
use super::rules::{Action, action, is_dry_run, is_open, rules};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Every workload of the mesh refuses what nobody allowed: an ALLOW policy holds for it, best one
    /// without rules in the root namespace. Istio lets everything through as long as no ALLOW policy holds for a workload.
    /// Neither a policy that is only tried out (`istio.io/dry-run`) nor one that allows everybody counts.
    ///
    /// **Why it matters.** Mutual TLS says who calls; only a default deny makes it matter. Otherwise every workload of the
    /// mesh may call every other one, and a new one is open from its first minute.
    ///
    /// **Bad.** A namespace with sidecars and no AuthorizationPolicy.
    ///
    /// **Good.**
    /// ```yaml
    /// kind: AuthorizationPolicy
    /// metadata: { name: default-deny, namespace: istio-system }
    /// spec: {}
    /// ```
    ///
    /// **References.** [Istio: AuthorizationPolicy](https://istio.io/latest/docs/reference/config/security/authorization-policy/)
    /// · [Istio: Security best practices](https://istio.io/latest/docs/ops/best-practices/security/)
    ///
    /// # 日本語
    /// **示すこと。** メッシュの全ワークロードが、許可されていない通信を拒否すること。ALLOW のポリシーが有効であること (ルート Namespace に
    /// ルールのないものを置くのが望ましい)。ALLOW のポリシーが 1 つも効かないワークロードでは、Istio はすべてを通す。試行中のポリシー
    /// (`istio.io/dry-run`) と、全員を許可するポリシーは数えない。
    ///
    /// **理由。** mTLS は誰が呼んでいるかを示すだけで、既定拒否があって初めて意味を持つ。なければ全ワークロードが互いを呼び出せ、新しい
    /// ワークロードは最初から無防備になる。
    ///
    /// **悪い例。** サイドカーがあり、AuthorizationPolicy のない Namespace。
    ///
    /// **良い例。** ルート Namespace に `spec: {}` の AuthorizationPolicy を置く。
    AuthorizationDefaultDeny = "authorization-default-deny";
    control: "T2.4",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "The mesh does not deny by default", "メッシュで既定拒否になっていない",
}

impl Check for AuthorizationDefaultDeny {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut open: BTreeMap<(Arc<Place>, Namespace), Vec<usize>> = BTreeMap::new();
        for (index, pod) in cx.workloads().all() {
            if !cx.mesh().membership(*index).is_member() || is_gateway(pod) {
                continue;
            }
            let mut denies = false;
            let mut opened = None;
            for (policy, object) in cx.mesh().attached(pod, "AuthorizationPolicy") {
                if action(object) == Action::Allow && !is_dry_run(object) {
                    denies = true;
                    if rules(object).any(|(_, rule)| is_open(rule)) {
                        opened = Some(policy);
                    }
                }
            }
            match (opened, denies) {
                (Some(policy), _) => sheet.on(policy).fail_told_by(&["authorization-allows-all"]),
                (None, true) => sheet.on(*index).pass(),
                (None, false) => {
                    let home = (Arc::clone(&pod.object.place), pod.object.namespace.clone());
                    open.entry(home).or_default().push(*index);
                }
            }
        }
        for ((place, namespace), pods) in open {
            judge(cx, &place, &namespace, &pods, sheet);
        }
    }
}

fn judge(
    cx: &Context<'_>,
    place: &Arc<Place>,
    namespace: &Namespace,
    pods: &[usize],
    sheet: &mut Sheet<'_>,
) {
    let Some(first) = pods.first() else { return };
    let (Some(name), true) = (namespace.given(), cx.complete()) else {
        for pod in pods {
            sheet.on(*pod).unknown(phrase!(
                en: "no AuthorizationPolicy of the files holds for it; `estate.complete: true` would settle it",
                ja: "これに効く AuthorizationPolicy がファイルにない。`estate.complete: true` なら判定できる",
            ));
        }
        return;
    };
    let own = cx.namespaces().get(place, name).map(|(index, _)| index);
    let (count, said) = (pods.len(), counted(pods));
    let route = if own.is_some() {
        Route::of("metadata.name")
    } else {
        Route::of("metadata.namespace")
    };
    let taken: Vec<&str> = cx
        .mesh()
        .living(place, namespace, "AuthorizationPolicy")
        .map(|(_, policy)| policy.name.as_str())
        .collect();
    let mut policy = "default-deny".to_owned();
    while taken.contains(&policy.as_str()) {
        policy.push_str("-too");
    }
    let title = phrase!(en: "Refuse what no policy allows", ja: "許可されていない通信を拒否する");
    let object = json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": policy, "namespace": name},
        "spec": {},
    });
    let fault = Fault::at(
        route,
        phrase!(
            en: "No ALLOW policy holds for {said} of namespace `{name}`: everybody in the mesh may call.",
            ja: "Namespace `{name}` の {count} 個のワークロードに効く ALLOW のポリシーがなく、メッシュ内の誰からでも呼び出せる。",
        ),
    )
    .fix(Fix::risky(title).new_object(object));
    sheet
        .on(own.unwrap_or(*first))
        .fail(naming(cx, fault, pods));
}
