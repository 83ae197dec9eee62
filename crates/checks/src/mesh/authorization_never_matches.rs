use sekisho_model::{Fields, Fix, Namespace, Object, Pod, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::layers::{
    checks_tokens, is_ambient, is_plain_tcp, meant_port, needs_http, rests_on_http,
};
use super::members::{held, selector};
use super::principals::{Known, nobody};
use super::rules::{Action, action, needs_token, operations, rules, sources, texts};
use crate::network::makers::pod_maker;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** Every AuthorizationPolicy can do what it says: its selector matches a workload, its principals are
    /// names that callers bear, its ports are those of the pods, and what it asks of a request can be seen there. A DENY
    /// policy without rules denies nothing.
    ///
    /// **Why it matters.** Istio accepts all of this without a word. An ALLOW rule that never matches cuts needed traffic,
    /// which is then let in by a wider rule; a DENY rule that never matches keeps nobody out.
    ///
    /// **Bad.**
    /// ```yaml
    /// principals: ["spiffe://cluster.local/ns/shop/sa/checkout"]
    /// ```
    ///
    /// **Good.** `cluster.local/ns/shop/sa/checkout`. Ports are those of the pod, not of the Service. Methods and paths need
    /// a port that speaks HTTP, claims need a RequestAuthentication.
    ///
    /// **References.** [Istio: AuthorizationPolicy](https://istio.io/latest/docs/reference/config/security/authorization-policy/)
    ///
    /// # 日本語
    /// **示すこと。** すべての AuthorizationPolicy が書かれたとおりに働くこと。セレクターが実在のワークロードに一致し、principal が実在する
    /// 呼び出し元の名前で、ポートが Pod のものであり、要求への条件がそこで見えること。ルールのない DENY は何も拒否しない。
    ///
    /// **理由。** Istio はこれらをすべて黙って受け付ける。一致しない ALLOW は必要な通信を止め、結局もっと広いルールで許可されることになる。
    /// 一致しない DENY は誰も締め出さない。
    ///
    /// **悪い例。** `principals: ["spiffe://cluster.local/ns/shop/sa/checkout"]`
    ///
    /// **良い例。** `cluster.local/ns/shop/sa/checkout`。ポートは Service ではなく Pod のもの。メソッドやパスには HTTP のポート、
    /// クレームには RequestAuthentication が必要である。
    AuthorizationNeverMatches = "authorization-never-matches";
    control: "T2.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "The AuthorizationPolicy never matches", "決して一致しない AuthorizationPolicy",
}

impl Check for AuthorizationNeverMatches {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let known = cx.complete().then(|| Known::of(cx));
        for (index, policy) in cx
            .estate
            .of_kind("security.istio.io", "AuthorizationPolicy")
        {
            let mut on = sheet.on(index);
            let mut look = Look {
                cx,
                policy,
                known: known.as_ref(),
                found: Vec::new(),
                unsure: false,
            };
            if look.whole(&mut on) {
                look.rules();
                match (look.found.is_empty(), look.unsure) {
                    (true, false) => on.pass(),
                    (true, true) => on.unknown(phrase!(
                        en: "whether the callers and tokens it names exist stands in other files; `estate.complete: true` would settle it",
                        ja: "指定された呼び出し元やトークン検証があるかは他のファイルによる。`estate.complete: true` なら判定できる",
                    )),
                    (false, _) => look.found.into_iter().for_each(|fault| on.fail(fault)),
                }
            }
        }
    }
}

struct Look<'c, 'a> {
    cx: &'c Context<'a>,
    policy: &'c Object,
    known: Option<&'c Known<'a>>,
    found: Vec<Fault>,
    unsure: bool,
}

impl Look<'_, '_> {
    /// The policy as a whole; false when nothing is left to look at.
    fn whole(&mut self, on: &mut On<'_>) -> bool {
        let has_rules = rules(self.policy).next().is_some();
        if action(self.policy) == Action::Deny && !has_rules {
            let route = Route::of("spec.action");
            let title = phrase!(en: "Allow nothing instead: this denies all", ja: "何も許可しない ALLOW に変える (すべて拒否)");
            on.fail(
                Fault::at(
                    route.clone(),
                    phrase!(
                        en: "A DENY policy without rules matches no request and denies nothing. What denies all is an ALLOW policy without rules.",
                        ja: "ルールのない DENY はどの要求にも一致せず、何も拒否しない。すべてを拒否するのはルールのない ALLOW である。",
                    ),
                )
                .fix(Fix::risky(title).set(route, "ALLOW")),
            );
            return false;
        }
        let is_bound = selector(self.policy).is_some();
        if !is_bound || held(self.cx, self.policy).next().is_some() {
            return true;
        }
        let is_known = self.cx.complete() && self.policy.namespace != Namespace::Open;
        if !is_known || pod_maker(self.cx.estate, self.policy).is_some() {
            on.unknown(phrase!(
                en: "no workload in the files has the labels of its selector",
                ja: "セレクターのラベルを持つワークロードがファイルにない",
            ));
            return false;
        }
        on.fail(Fault::at(
            Route::of("spec.selector"),
            phrase!(
                en: "No workload of its namespace has these labels: the policy holds for nothing.",
                ja: "Namespace にこのラベルのワークロードはなく、このポリシーは何にも効かない。",
            ),
        ));
        false
    }

    fn rules(&mut self) {
        for (number, rule) in rules(self.policy) {
            let route = Route::of("spec.rules").index(number);
            self.callers(rule, &route);
            self.paths(rule, &route);
            self.layers(rule, &route);
        }
    }

    fn callers(&mut self, rule: &Value, route: &Route) {
        for (number, source) in sources(rule) {
            let route = route.key("from").index(number).key("source");
            for field in ["principals", "notPrincipals"] {
                for (position, principal) in texts(source, field).enumerate() {
                    self.principal(principal, &route.key(field).index(position));
                }
            }
            for (position, namespace) in texts(source, "namespaces").enumerate() {
                let Some(known) = self.known else {
                    self.unsure |= !namespace.contains('*');
                    continue;
                };
                if !namespace.contains('*') && !known.has_namespace(&self.policy.place, namespace) {
                    self.found.push(Fault::at(
                        route.key("namespaces").index(position),
                        phrase!(
                            en: "There is no namespace `{namespace}`: no caller matches.",
                            ja: "Namespace `{namespace}` は存在せず、一致する呼び出し元がない。",
                        ),
                    ));
                }
            }
        }
        for (number, condition) in rule.items("when").iter().enumerate() {
            if condition.text("key") == Some("source.principal") {
                let route = route.key("when").index(number).key("values");
                for (position, principal) in texts(condition, "values").enumerate() {
                    self.principal(principal, &route.index(position));
                }
            }
        }
    }

    fn principal(&mut self, principal: &str, route: &Route) {
        let Some((why, meant)) = nobody(principal, &self.policy.place, self.known) else {
            self.unsure |= self.known.is_none() && !principal.contains('*');
            return;
        };
        let (en, ja) = (why.en, why.ja);
        let fault = Fault::at(
            route.clone(),
            phrase!(
                en: "No caller bears the principal `{principal}`: {en}.",
                ja: "principal `{principal}` の呼び出し元はない。{ja}。",
            ),
        );
        self.found.push(match meant {
            Some(meant) => {
                let title = phrase!(en: "Write `{meant}`", ja: "`{meant}` と書く");
                fault.fix(Fix::risky(title).set(route.clone(), meant))
            }
            None => fault,
        });
    }

    /// A star inside of a path is a plain letter; templates are written `{*}` and `{**}`.
    fn paths(&mut self, rule: &Value, route: &Route) {
        for (number, operation) in operations(rule) {
            for (position, path) in texts(operation, "paths").enumerate() {
                let inner = path.trim_start_matches('*').trim_end_matches('*');
                let is_twice = path.len() > 1 && path.starts_with('*') && path.ends_with('*');
                if (inner.contains('*') || is_twice) && !path.contains("{*") {
                    self.found.push(Fault::at(
                        route.key("to").index(number).key("operation").key("paths").index(position),
                        phrase!(
                            en: "No request has the path `{path}`: a star counts only at one end. Write `{{*}}` for one part of a path.",
                            ja: "パス `{path}` の要求はない。`*` が使えるのは先頭か末尾の一方だけである。パスの 1 区切りは `{{*}}` と書く。",
                        ),
                    ));
                }
            }
        }
    }

    /// What the workloads can see of a request.
    fn layers(&mut self, rule: &Value, route: &Route) {
        let (cx, policy) = (self.cx, self.policy);
        let pods: Vec<(usize, &Pod<'_>)> = held(cx, policy)
            .filter(|(index, _)| cx.mesh().membership(*index).is_member())
            .collect();
        if pods.is_empty() {
            return;
        }
        let action = action(policy);
        if needs_http(rule)
            && action == Action::Allow
            && pods.iter().all(|(_, pod)| is_plain_tcp(cx, pod))
        {
            self.found.push(Fault::at(
                route.clone(),
                phrase!(
                    en: "This rule asks for parts of an HTTP request, but the Services of these workloads name their ports as TCP or TLS: Istio drops the rule, and it allows nothing.",
                    ja: "このルールは HTTP の要素を条件にするが、対象の Service のポートは TCP や TLS である。Istio はルールを破棄し、何も許可されない。",
                ),
            ));
        } else if rests_on_http(rule)
            && action == Action::Deny
            && pods.iter().all(|(index, _)| is_ambient(cx, *index))
        {
            self.found.push(Fault::at(
                route.clone(),
                phrase!(
                    en: "This rule asks for parts of an HTTP request, which ztunnel does not see: in ambient mode it denies nothing. Attach the policy to a waypoint with `targetRefs`.",
                    ja: "このルールは HTTP の要素を条件にするが、ztunnel はそれを見ない。ambient モードでは何も拒否しないため、`targetRefs` で waypoint に適用する。",
                ),
            ));
        } else if needs_token(rule) && !pods.iter().any(|(_, pod)| checks_tokens(cx, pod)) {
            if !cx.complete() {
                self.unsure = true;
                return;
            }
            self.found.push(Fault::at(
                route.clone(),
                phrase!(
                    en: "This rule asks for a token, but no RequestAuthentication holds for these workloads: no request has a request principal.",
                    ja: "このルールはトークンを条件にするが、対象に効く RequestAuthentication がなく、リクエストプリンシパルを持つ要求はない。",
                ),
            ));
        }
        self.ports(rule, route, &pods);
    }

    /// Ports are compared with those of the pod, not with those of its Services.
    fn ports(&mut self, rule: &Value, route: &Route, pods: &[(usize, &Pod<'_>)]) {
        let cx = self.cx;
        for (number, operation) in operations(rule) {
            for (position, port) in texts(operation, "ports").enumerate() {
                let meant: Option<Vec<i64>> = pods
                    .iter()
                    .map(|(_, pod)| meant_port(cx, pod, port))
                    .collect();
                let Some([meant, rest @ ..]) = meant.as_deref() else {
                    continue;
                };
                let place = route
                    .key("to")
                    .index(number)
                    .key("operation")
                    .key("ports")
                    .index(position);
                let fault = Fault::at(
                    place.clone(),
                    phrase!(
                        en: "Port {port} is the Service's; the workload listens on {meant}, and that is what the rule is compared with.",
                        ja: "ポート {port} は Service のもので、ワークロードは {meant} で待ち受ける。ルールと比較されるのは後者である。",
                    ),
                );
                let is_one = rest.iter().all(|other| other == meant);
                let title =
                    phrase!(en: "Name the port of the workload", ja: "ワークロードのポートを書く");
                self.found.push(if is_one {
                    fault.fix(Fix::risky(title).set(place, meant.to_string()))
                } else {
                    fault
                });
            }
        }
    }
}
