use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::members::{has_target, held, is_gateway};
use super::rules::{Action, action, is_dry_run, rules, sources, texts};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** No DENY rule rests on an identity that a caller can leave at home: where a rule denies by
    /// principal, namespace or service account, the workloads take mutual TLS only, or the rule also denies callers
    /// without an identity.
    ///
    /// **Why it matters.** A plaintext request has no principal and no namespace, so such a rule does not match it. The pod
    /// that is to be kept out gets in by calling past its own sidecar.
    ///
    /// **Bad.** `action: DENY` with `from: [{source: {namespaces: [batch]}}]` where mutual TLS is `PERMISSIVE`.
    ///
    /// **Good.** `STRICT`, or an ALLOW policy that names who may come in: a caller without an identity matches none of its
    /// principals and is refused.
    ///
    /// **References.** [Istio: AuthorizationPolicy](https://istio.io/latest/docs/reference/config/security/authorization-policy/)
    ///
    /// # 日本語
    /// **示すこと。** 呼び出し元が示さずに済む ID に、DENY のルールが依存していないこと。principal・Namespace・ServiceAccount で拒否する場合、
    /// ワークロードが mTLS だけを受け付けるか、ID のない呼び出しも同じルールで拒否していること。
    ///
    /// **理由。** 平文の要求には principal も Namespace もなく、そのようなルールには一致しない。締め出したい Pod は、自分のサイドカーを
    /// 通さずに呼び出すだけで通過できる。
    ///
    /// **悪い例。** mTLS が `PERMISSIVE` のまま、`namespaces: [batch]` を DENY する。
    ///
    /// **良い例。** `STRICT` にするか、許可する相手を ALLOW で書く。ID のない呼び出しはどの principal にも一致せず拒否される。
    AuthorizationPlaintext = "authorization-plaintext";
    control: "T2.4",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Plaintext passes the DENY rule", "平文ですり抜けられる DENY ルール",
}

impl Check for AuthorizationPlaintext {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, policy) in cx
            .estate
            .of_kind("security.istio.io", "AuthorizationPolicy")
        {
            if action(policy) != Action::Deny || is_dry_run(policy) || has_target(policy) {
                continue;
            }
            let faults: Vec<(Route, bool)> = rules(policy)
                .filter_map(|(number, rule)| {
                    let rests = rests_on_identity(rule)?;
                    let route = Route::of("spec.rules").index(number);
                    Some((route, rests))
                })
                .collect();
            if faults.is_empty() {
                continue;
            }
            let Some(takes_plaintext) = takes_plaintext(cx, policy) else {
                continue;
            };
            let mut on = sheet.on(index);
            if !takes_plaintext {
                on.pass();
                continue;
            }
            for (route, by_source) in faults {
                on.fail(fault(&route, by_source));
            }
        }
    }
}

/// Whether a rule matches only callers with an identity; true when its sources say so, false when its conditions do.
/// A rule that lists callers without an identity beside (`notPrincipals: ["*"]`) catches them too.
fn rests_on_identity(rule: &Value) -> Option<bool> {
    let by_condition = rule.items("when").iter().any(|condition| {
        let key = condition.text("key").unwrap_or("");
        matches!(
            key,
            "source.principal" | "source.namespace" | "source.serviceAccount"
        ) && texts(condition, "values").next().is_some()
    });
    if by_condition {
        return Some(false);
    }
    let fields = [
        "principals",
        "namespaces",
        "serviceAccounts",
        "trustDomains",
    ];
    let by_identity = |source: &Value| {
        fields
            .iter()
            .any(|field| texts(source, field).next().is_some())
    };
    let catches_rest = sources(rule).any(|(_, source)| {
        !by_identity(source)
            && ["notPrincipals", "notNamespaces"]
                .iter()
                .any(|field| texts(source, field).any(|value| value == "*"))
    });
    let rests = sources(rule).any(|(_, source)| by_identity(source));
    (rests && !catches_rest).then_some(true)
}

/// Whether some workload that the policy holds for takes plaintext; `None` when it holds for none that is known.
fn takes_plaintext(cx: &Context<'_>, policy: &Object) -> Option<bool> {
    let mesh = cx.mesh();
    let mut found = None;
    for (index, pod) in held(cx, policy) {
        if mesh.membership(index).is_member() && !is_gateway(pod) {
            // Without any PeerAuthentication the mode is known only when the files are all there is.
            let is_known = mesh.modes(pod).iter().any(|mode| mode.by.is_some()) || cx.complete();
            if is_known {
                found = Some(found == Some(true) || !mesh.is_strict(pod));
            }
        }
    }
    found
}

fn fault(route: &Route, by_source: bool) -> Fault {
    let message = phrase!(
        en: "This rule denies by identity, but the workloads take plaintext: a caller without an identity is not denied. Require mutual TLS, or deny those callers too.",
        ja: "このルールは ID によって拒否するが、ワークロードは平文も受け付けるため、ID のない呼び出しは拒否されない。mTLS を必須にするか、ID のない呼び出しも拒否する。",
    );
    if !by_source {
        return Fault::at(route.key("when"), message);
    }
    let title =
        phrase!(en: "Deny callers without an identity too", ja: "ID のない呼び出しも拒否する");
    let nobody = json!({"source": {"notPrincipals": ["*"]}});
    let from = route.key("from");
    Fault::at(from.clone(), message).fix(Fix::risky(title).append(from, nobody))
}
