use sekisho_model::{Fields, Fix, Object, Pod, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::concerned::{counted, naming};
use super::members::{has_target, held};
use super::rules::{
    Action, Callers, Reach, action, callers, is_dry_run, needs_token, reach, rules, sources, texts,
};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Where a RequestAuthentication checks tokens, a token is also required: an AuthorizationPolicy of the
    /// same workloads allows by `requestPrincipals` or a claim and lets nobody in without, or denies whoever has no request
    /// principal.
    ///
    /// **Why it matters.** A RequestAuthentication refuses a bad token and lets a request without any pass. Alone it is no
    /// authentication: leaving the header away is enough.
    ///
    /// **Bad.** A RequestAuthentication, and no AuthorizationPolicy that names `requestPrincipals`.
    ///
    /// **Good.**
    /// ```yaml
    /// kind: AuthorizationPolicy
    /// spec: { rules: [{ from: [{ source: { requestPrincipals: ["https://login.example.com/*"] } }] }] }
    /// ```
    ///
    /// **References.** [Istio: RequestAuthentication](https://istio.io/latest/docs/reference/config/security/request_authentication/)
    /// · [Istio: JWT Token authorization](https://istio.io/latest/docs/tasks/security/authorization/authz-jwt/)
    ///
    /// # 日本語
    /// **示すこと。** RequestAuthentication がトークンを検証する場合、トークンが必須でもあること。同じワークロードの AuthorizationPolicy が
    /// `requestPrincipals` やクレームで許可し、トークンのない者を通さないか、リクエストプリンシパルのない要求を拒否していること。
    ///
    /// **理由。** RequestAuthentication は不正なトークンを拒否するが、トークンのない要求は通す。単独では認証にならず、ヘッダーを
    /// 付けないだけで通過できる。
    ///
    /// **悪い例。** RequestAuthentication があり、`requestPrincipals` を指定する AuthorizationPolicy がない。
    ///
    /// **良い例。** `requestPrincipals` を指定する ALLOW の AuthorizationPolicy を組み合わせる。
    JwtNotRequired = "jwt-not-required";
    control: "T5.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A request without a token passes", "トークンのない要求が通る",
}

impl Check for JwtNotRequired {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, object) in cx
            .estate
            .of_kind("security.istio.io", "RequestAuthentication")
        {
            if object.value.items("spec.jwtRules").is_empty() || has_target(object) {
                continue;
            }
            let pods = held(cx, object).filter(|(pod, _)| cx.mesh().membership(*pod).is_member());
            let mut seen = false;
            let mut open = Vec::new();
            for (pod_index, pod) in pods {
                seen = true;
                if !requires_token(cx, pod) {
                    open.push(pod_index);
                }
            }
            let mut on = sheet.on(index);
            if seen && open.is_empty() {
                on.pass();
            } else if !cx.complete() {
                on.unknown(phrase!(
                    en: "an AuthorizationPolicy that requires the token may stand in other files; `estate.complete: true` would settle it",
                    ja: "トークンを必須とする AuthorizationPolicy が他のファイルにある可能性がある。`estate.complete: true` なら判定できる",
                ));
            } else if seen {
                on.fail(fault(cx, object, &open));
            }
        }
    }
}

/// Whether a request without a token is refused: denied as such, or allowed by no rule. A rule for named workloads
/// (metrics, health) may do without.
fn requires_token(cx: &Context<'_>, pod: &Pod<'_>) -> bool {
    let mut is_asked = false;
    let mut is_open = false;
    for (_, policy) in cx.mesh().attached(pod, "AuthorizationPolicy") {
        if is_dry_run(policy) {
            continue;
        }
        for (_, rule) in rules(policy) {
            match action(policy) {
                Action::Deny if denies_tokenless(rule) => return true,
                Action::Allow => {
                    is_asked |= needs_token(rule);
                    is_open |= !needs_token(rule) && callers(rule) != Callers::Named;
                }
                Action::Deny | Action::Other => {}
            }
        }
    }
    is_asked && !is_open
}

fn denies_tokenless(rule: &Value) -> bool {
    let mut all = sources(rule);
    let is_whole = reach(rule) != Reach::Paths && rule.items("when").is_empty();
    is_whole
        && all.any(|(_, source)| {
            let is_only = source.as_object().is_some_and(|fields| fields.len() == 1);
            is_only && texts(source, "notRequestPrincipals").any(|value| value == "*")
        })
}

fn fault(cx: &Context<'_>, object: &Object, open: &[usize]) -> Fault {
    let (count, said) = (open.len(), counted(open));
    let issuer = object
        .value
        .items("spec.jwtRules")
        .iter()
        .find_map(|rule| rule.text("issuer"))
        .unwrap_or("");
    let name = format!("require-token-{}", object.name);
    let mut metadata = json!({"name": name});
    if let (Some(namespace), Some(metadata)) = (object.namespace.given(), metadata.as_object_mut())
    {
        metadata.insert("namespace".to_owned(), Value::from(namespace));
    }
    let mut spec = json!({
        "action": "DENY",
        "rules": [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}],
    });
    if let (Some(selector), Some(spec)) = (object.value.at("spec.selector"), spec.as_object_mut()) {
        spec.insert("selector".to_owned(), selector.clone());
    }
    let title = phrase!(en: "Deny requests without a token", ja: "トークンのない要求を拒否する");
    let policy = json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": metadata,
        "spec": spec,
    });
    let fault = Fault::at(
        Route::of("spec.jwtRules"),
        phrase!(
            en: "Tokens of `{issuer}` are checked but not required: a request without any token passes ({said}).",
            ja: "`{issuer}` のトークンは検証されるが必須ではなく、{count} 個のワークロードがトークンのない要求を通す。",
        ),
    )
    .fix(Fix::risky(title).new_object(policy));
    naming(cx, fault, open)
}
