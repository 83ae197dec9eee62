use sekisho_model::{Fix, Object, Severity, phrase};
use sekisho_text::Route;

use super::account::{Account, InFront, Named, Real};
use super::alb::{Alb, annotation_route};
use super::envoy_limits::{self, Limit};
use super::gateway_tls::is_way_in;
use super::reach::{Reach, items};
use super::web_acl::{WebAcl, web_acl};
use crate::edge::web_acl_rules::{Judged, limits};
use crate::network::addresses::AddressSet;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A gateway or an Ingress that takes requests at any rate: no limit in Envoy, none in ingress-nginx, or one
    /// that is written and not enforced. The rate rule of a WAF is to be shown by Terraform or the account.
    ///
    /// **Why it matters.** Without a limit one caller can try passwords, scrape data or fill every worker until nobody else is
    /// served. Envoy's local limit refuses nothing unless both `filter_enabled` and `filter_enforced` say so: both begin at 0 %.
    ///
    /// **Bad**
    /// ```yaml
    /// token_bucket: { max_tokens: 500, tokens_per_fill: 500, fill_interval: 1s }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// token_bucket: { max_tokens: 500, tokens_per_fill: 500, fill_interval: 1s }
    /// filter_enabled: { default_value: { numerator: 100, denominator: HUNDRED } }
    /// filter_enforced: { default_value: { numerator: 100, denominator: HUNDRED } }
    /// ```
    ///
    /// **References.** [Istio: rate limits with Envoy](https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/) ·
    /// [ingress-nginx: rate limiting](https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#rate-limiting) ·
    /// [MITRE ATT&CK T1499](https://attack.mitre.org/techniques/T1499/)
    ///
    /// # 日本語
    /// **示すこと。** リクエストの量を制限しないゲートウェイや Ingress。Envoy にも ingress-nginx にも制限がないもの、書かれていても実施されないもの。Application Load Balancer では、Terraform か AWS スナップショットにある web ACL のレートルールを調べる。
    ///
    /// **理由。** 制限がなければ、一つの呼び出し元がパスワードの総当たり、データの収集、ワーカーの占有によって、ほかの利用者を締め出せる。Envoy のローカル制限は `filter_enabled` と `filter_enforced` の既定値がどちらも 0 % で、両方を指定しなければ何も拒否しない。
    ///
    /// **良い例**
    /// ```yaml
    /// token_bucket: { max_tokens: 500, tokens_per_fill: 500, fill_interval: 1s }
    /// filter_enabled: { default_value: { numerator: 100, denominator: HUNDRED } }
    /// filter_enforced: { default_value: { numerator: 100, denominator: HUNDRED } }
    /// ```
    ApiRateLimit = "api-rate-limit";
    control: "T5.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Requests at any rate", "流量制限のない公開入口",
}

impl Check for ApiRateLimit {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let limits: Vec<(&Object, Limit)> = cx
            .estate
            .of_kind("networking.istio.io", "EnvoyFilter")
            .map(|(index, filter)| {
                let limit = envoy_limits::of_filter(filter);
                match &limit {
                    Limit::Enforced => sheet.on(index).pass(),
                    Limit::Idle(route, missing) => sheet.on(index).fail(idle(route, missing)),
                    Limit::None => {}
                }
                (filter, limit)
            })
            .filter(|(_, limit)| *limit != Limit::None)
            .collect();
        for (index, gateway) in cx.estate.of_kind("networking.istio.io", "Gateway") {
            if is_way_in(gateway) {
                judge_gateway(cx, &limits, gateway, &mut sheet.on(index));
            }
        }
        for (index, ingress) in &cx.ingresses().nginx {
            judge_nginx(ingress, &mut sheet.on(*index));
        }
        let account = Account::of(cx);
        for alb in &cx.ingresses().albs {
            judge_alb(cx, &account, alb, sheet);
        }
    }
}

fn idle(route: &Route, missing: &[&'static str]) -> Fault {
    let names = missing.join("`, `");
    let mut fix = Fix::risky(phrase!(en: "Enforce the limit", ja: "制限を実施する"));
    for name in missing {
        let value = serde_json::json!({"numerator": 100, "denominator": "HUNDRED"});
        fix = fix.set(route.key(*name).at("default_value"), value);
    }
    Fault::at(
        route.clone(),
        phrase!(
            en: "this limit refuses nothing: `{names}` is 0 % unless it is set",
            ja: "この制限は何も拒否しません。`{names}` は指定しなければ 0 % です"
        ),
    )
    .fix(fix)
}

fn judge_gateway(cx: &Context<'_>, limits: &[(&Object, Limit)], gateway: &Object, on: &mut On<'_>) {
    let mut is_idle = false;
    for (filter, limit) in limits {
        if envoy_limits::applies(cx, filter, gateway) {
            if *limit == Limit::Enforced {
                on.pass();
                return;
            }
            is_idle = true;
        }
    }
    if is_idle {
        on.fail_told_by(&["api-rate-limit"]);
    } else if cx.complete() {
        on.fail(Fault::at(Route::of("spec.selector"), phrase!(
            en: "no EnvoyFilter limits the rate of requests at this gateway: one caller can try passwords or fill every worker; add a local or global rate limit",
            ja: "このゲートウェイのリクエスト量を制限する EnvoyFilter がなく、一つの呼び出し元がパスワードの総当たりやワーカーの占有を行えます。ローカルまたはグローバルのレート制限を加えてください"
        )));
    } else {
        on.unknown(phrase!(
            en: "no EnvoyFilter that limits rates at this gateway is in these files; the whole estate would tell",
            ja: "このゲートウェイの流量を制限する EnvoyFilter が見つかりません。全体がそろえば判定できます"
        ));
    }
}

/// `limit-rps`, `limit-rpm` and `limit-connections`; who is on the allow list is not limited.
fn judge_nginx(ingress: &Object, on: &mut On<'_>) {
    let read = |name: &str| ingress.annotation(&format!("nginx.ingress.kubernetes.io/{name}"));
    let is_limited = ["limit-rps", "limit-rpm", "limit-connections"]
        .iter()
        .any(|name| {
            let number = read(name).and_then(|text| text.trim().parse::<u32>().ok());
            number.is_some_and(|number| number > 0)
        });
    if !is_limited {
        on.fail(Fault::at(Route::of("metadata.annotations").key("nginx.ingress.kubernetes.io/limit-rps"), phrase!(
            en: "ingress-nginx takes requests for this Ingress at any rate: one caller can try passwords or fill every worker; set `nginx.ingress.kubernetes.io/limit-rps`",
            ja: "ingress-nginx はこの Ingress へのリクエストを無制限に受け付け、一つの呼び出し元がパスワードの総当たりやワーカーの占有を行えます。`nginx.ingress.kubernetes.io/limit-rps` を設定してください"
        )).severity(Severity::Low));
        return;
    }
    for name in ["limit-allowlist", "limit-whitelist"] {
        if let Some(listed) = read(name)
            && AddressSet::of_cidrs(items(listed)).covers_internet()
        {
            let route = Route::of("metadata.annotations")
                .key(format!("nginx.ingress.kubernetes.io/{name}"));
            on.fail(Fault::at(route, phrase!(
                en: "`{name}: {listed}` takes every address of the internet out of the limit: it binds nobody",
                ja: "`{name}: {listed}` はインターネットの全アドレスを制限から外しており、誰も制限されません"
            )));
            return;
        }
    }
    on.pass();
}

/// An Application Load Balancer limits no rates itself; the rate rule stands in its web ACL: the one that really stands
/// before it, or else the one that is named.
fn judge_alb<'a>(cx: &Context<'a>, account: &Account<'a>, alb: &Alb<'a>, sheet: &mut Sheet<'_>) {
    if alb.reach() != Reach::Public {
        return;
    }
    let real = account.balancer(alb);
    let named = web_acl(alb);
    let in_front = match &real {
        Real::Found(index, balancer) => match account.in_front(cx, *index, balancer) {
            InFront::Acl(index, web_acl) => Some((index, web_acl)),
            InFront::Unknown(why) => return alb.unknown(sheet, &why),
            InFront::None => {
                return alb.members.iter().for_each(|member| {
                    sheet.on(member.index).fail_told_by(&["ingress-waf"]);
                });
            }
        },
        Real::Absent | Real::Unclear(_) => None,
    };
    let (found, index, suffix) = match (in_front, &named) {
        (Some(found), WebAcl::Named { setting, suffix }) => (found, Some(setting.index), *suffix),
        (Some(found), _) => (found, None, "wafv2-acl-arn"),
        (None, WebAcl::Unknown(reason)) => return alb.unknown(sheet, reason),
        (None, WebAcl::None { .. }) => {
            return alb.members.iter().for_each(|member| {
                sheet.on(member.index).fail_told_by(&["ingress-waf"]);
            });
        }
        (None, WebAcl::Named { setting, suffix }) => {
            match account.web_acl(setting.value, *suffix == "wafv2-acl-name") {
                Named::To(at, web_acl) => ((at, web_acl), Some(setting.index), *suffix),
                Named::Nowhere => {
                    return alb.members.iter().for_each(|member| {
                        sheet.on(member.index).fail_told_by(&["ingress-waf"]);
                    });
                }
                Named::Untold => return alb.unknown(sheet, &phrase!(
                    en: "the rate rule of the web ACL would be told by Terraform or the AWS account",
                    ja: "web ACL のレートルールは、Terraform か AWS アカウントの情報があれば判定できます"
                )),
            }
        }
    };
    let (at, web_acl) = found;
    match account.judge(cx, at, web_acl, limits) {
        Judged::Right => alb.pass(sheet),
        Judged::Unknown(why) => alb.unknown(sheet, &why),
        Judged::Wrong => {
            let Some(teller) = alb.teller(index) else {
                return;
            };
            let name = &web_acl.address;
            let fault = Fault::at(
                annotation_route(suffix),
                phrase!(
                    en: "the web ACL `{name}` before this Ingress has no rate-based rule that blocks: one caller can try passwords or fill every worker",
                    ja: "この Ingress の前にある web ACL `{name}` には遮断するレートベースのルールがなく、一つの呼び出し元がパスワードの総当たりやワーカーの占有を行えます"
                ),
            );
            let fault = account.path(fault, &real, Some(web_acl));
            sheet.on(teller.index).fail(fault);
            alb.told_by(sheet, teller.index, &["api-rate-limit"]);
        }
    }
}
