use sekisho_model::{Fix, Resource, phrase};

use super::web_acl_rules::{Additions, Effect, Judged, Rule, rules, stops};
use super::writing::replaced_block;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A web ACL of AWS WAF, of Terraform or of an AWS account, none of whose rules stops anything: they only count, only
    /// allow, or there are none, and the default action allows.
    ///
    /// **Why it matters.** A web ACL that only counts looks like protection and is none: every attack is written down and then
    /// let through. Counting is meant for the days in which a new rule is tried out. `override_action { count {} }` turns a
    /// whole managed group of rules into a counter, whatever its rules say. Which attacks the blocking rules know, and single
    /// rules of a group that are overridden, are not judged here.
    ///
    /// **Bad**
    /// ```hcl
    /// override_action {
    ///   count {}
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// override_action {
    ///   none {}
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの AWS WAF の web ACL で、どの規則も何も止めないもの。規則がカウントだけ、許可だけ、または一つもなく、デフォルトアクションが許可である。
    ///
    /// **理由。** カウントだけの web ACL は守っているように見えて何も守らない。攻撃はすべて記録されたうえで通される。カウントは新しい規則を試す期間のためのものである。`override_action { count {} }` は、マネージドルールグループ全体を、中の規則にかかわらずカウントだけにする。遮断する規則がどの攻撃を知っているか、グループ内の個々の規則の上書きは、ここでは判定しない。
    ///
    /// **直し方。** グループには `override_action { none {} }`、規則には `action { block {} }` を指定する。
    WebAclBlocks = "web-acl-blocks";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A web ACL that blocks nothing", "何も遮断しない web ACL",
}

impl Check for WebAclBlocks {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let additions = Additions::of(cx);
        for (index, web_acl) in cx.estate.of_type("aws_wafv2_web_acl") {
            judge(
                cx,
                &additions,
                index,
                web_acl,
                &mut sheet.on_resource(index),
            );
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
    match stops(cx.links(), additions, index, web_acl) {
        Judged::Right => on.pass(),
        Judged::Unknown(why) => on.unknown(why),
        Judged::Wrong => on.fail(fault(cx, web_acl, &rules(cx.links(), web_acl).0)),
    }
}

fn fault(cx: &Context<'_>, web_acl: &Resource, rules: &[Rule]) -> Fault {
    let name = &web_acl.address;
    let counting: Vec<&Resource> = rules
        .iter()
        .filter_map(|rule| match &rule.effect {
            Effect::Counts(count, _) => Some(count),
            _ => None,
        })
        .collect();
    let first = counting.first().and_then(|count| count.values.origin());
    let number = counting.len();
    let message = if number > 0 {
        phrase!(
            en: "no rule of the web ACL `{name}` stops anything, {number} only count: every attack is written down and let through",
            ja: "web ACL `{name}` のどの規則も何も止めず、{number} 件はカウントするだけである。攻撃はすべて記録されたうえで通される",
        )
    } else {
        phrase!(
            en: "the web ACL `{name}` has no rule that stops anything, and its default action allows: everything passes",
            ja: "web ACL `{name}` には止める規則がなく、デフォルトアクションも許可のため、すべてが通る",
        )
    };
    let fault = Fault::of_value(cx.estate, web_acl, first, message);
    let changes: Option<Vec<_>> = rules
        .iter()
        .filter_map(|rule| match &rule.effect {
            Effect::Counts(count, instead) => Some((count, *instead)),
            _ => None,
        })
        .map(|(count, instead)| replaced_block(cx.estate, count, "count", instead))
        .collect();
    let title = phrase!(en: "Let the rules act", ja: "規則を有効にする");
    match changes.filter(|changes| !changes.is_empty()) {
        Some(changes) => {
            let fix = changes.into_iter().fold(Fix::risky(title), Fix::with);
            fault.fix(fix)
        }
        None => fault,
    }
}
