use sekisho_model::{Fix, Resource, phrase};

use super::web_acl_rules::{Additions, Effect, Judged, limits, rules};
use super::writing::replaced_block;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A web ACL of AWS WAF, of Terraform or of an AWS account, without a rate-based rule that stops whoever sends too much.
    ///
    /// **Why it matters.** Shield Standard stops floods of packets, not floods of requests: guessed passwords, scraped
    /// catalogues and expensive searches come as well-formed requests from few addresses. A rate-based rule counts per address
    /// (or another key) and blocks who goes past its limit. One that only counts writes the flood down and lets it in.
    ///
    /// **Bad.** Only managed groups, or a rate-based rule with `count {}`.
    ///
    /// **Good**
    /// ```hcl
    /// rule {
    ///   name     = "rate"
    ///   priority = 0
    ///   action {
    ///     block {}
    ///   }
    ///   statement {
    ///     rate_based_statement {
    ///       limit = 2000
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html> ·
    /// [MITRE ATT&CK T1499](https://attack.mitre.org/techniques/T1499/)
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの AWS WAF の web ACL で、送りすぎる相手を止めるレートベースのルールがないもの。
    ///
    /// **理由。** Shield Standard が止めるのはパケットのフラッドであり、リクエストのフラッドではない。パスワードの総当たり、カタログの収集、重い検索は、少数のアドレスから正しい形のリクエストとして届く。レートベースのルールはアドレスなどのキーごとに数え、上限を超えた相手を遮断する。カウントだけのルールは、フラッドを記録して通すだけである。
    ///
    /// **直し方。** `rate_based_statement` を持つ規則に `action { block {} }` を指定する。
    WebAclRateLimit = "web-acl-rate-limit";
    control: "T5.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A web ACL without a rate limit", "レート制限のない web ACL",
}

impl Check for WebAclRateLimit {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let additions = Additions::of(cx);
        for (index, web_acl) in cx.estate.of_type("aws_wafv2_web_acl") {
            let mut on = sheet.on_resource(index);
            judge(cx, &additions, index, web_acl, &mut on);
        }
    }
}

fn judge(
    cx: &Context<'_>,
    additions: &Additions<'_>,
    index: usize,
    web_acl: &Resource,
    on: &mut On<'_>,
) {
    match limits(cx.links(), additions, index, web_acl) {
        Judged::Right => return on.pass(),
        Judged::Unknown(why) => return on.unknown(why),
        Judged::Wrong => {}
    }
    let rules = rules(cx.links(), web_acl).0;
    let counting = rules.iter().find_map(|rule| match &rule.effect {
        Effect::Counts(count, instead) if rule.rate.is_counted() => Some((count, *instead)),
        _ => None,
    });
    let name = &web_acl.address;
    let Some((count, instead)) = counting else {
        let message = phrase!(
            en: "the web ACL `{name}` has no rate-based rule: nobody is stopped who floods the application with requests or guesses passwords",
            ja: "web ACL `{name}` にレートベースのルールがなく、リクエストで溢れさせる相手もパスワードを総当たりする相手も止められない",
        );
        return on.fail(Fault::of_value(cx.estate, web_acl, None, message));
    };
    let origin = count.values.origin();
    let message = phrase!(
        en: "the rate-based rule of the web ACL `{name}` only counts: whoever floods the application is written down and let in",
        ja: "web ACL `{name}` のレートベースのルールはカウントするだけで、溢れさせる相手も記録されて通される",
    );
    let fault = Fault::of_value(cx.estate, web_acl, origin, message);
    let title = phrase!(en: "Block who goes past the limit", ja: "上限を超えた相手を遮断する");
    let change = replaced_block(cx.estate, count, "count", instead);
    on.fail(match change {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    });
}
