//! What the rules of a web ACL do (`aws_wafv2_web_acl`), and those of the groups that it takes in (`aws_wafv2_rule_group`).

use sekisho_aws::web_acl;
use sekisho_model::{Phrase, Resource, phrase, reason_unknown};
use sekisho_terraform::Value;

use crate::Context;
use crate::links::{Joined, Link, Links};

/// One rule.
pub(crate) struct Rule {
    pub(crate) effect: Effect,
    pub(crate) rate: Rate,
}

/// What happens to a request that matches.
pub(crate) enum Effect {
    /// It is stopped: blocked, or asked for proof that a person sends it.
    Stops,
    /// It is only counted; the `count` block, and what would stand there instead.
    Counts(Resource, &'static str),
    /// It is let through, or the rule takes in a group of which no rule stops anything.
    Passes,
    Unknown(Phrase),
}

/// Whether a rule counts requests per address or another key.
pub(crate) enum Rate {
    Counted,
    No,
    Unknown(Phrase),
}

/// What is known of a property of a web ACL.
pub(crate) enum Judged {
    Right,
    Wrong,
    Unknown(Phrase),
}

/// The rules of a web ACL; when there may be more, why they are not known.
pub(crate) fn rules(links: &Links<'_>, web_acl: &Resource) -> (Vec<Rule>, Option<Phrase>) {
    let (mut blocks, mut more) = web_acl.blocks("rule");
    if let Some(json) = web_acl.raw("rule_json").filter(|json| !json.is_null()) {
        match of_json(web_acl, &json) {
            Ok(of_json) => blocks.extend(of_json),
            Err(why) => more = Some(why),
        }
    }
    let rules = blocks.iter().map(|block| read(links, block));
    (rules.collect(), more)
}

/// `rule_json` holds the rules as the API of AWS WAF has them.
fn of_json(web_acl: &Resource, json: &Value) -> Result<Vec<Resource>, Phrase> {
    if let Some(why) = reason_unknown(json) {
        return Err(why);
    }
    let value = json.as_str().and_then(|text| Value::from_json(text).ok());
    let Some(rules) = value.filter(|value| value.items().is_some()) else {
        return Err(phrase!(
            en: "`rule_json` is no JSON list of rules",
            ja: "`rule_json` が規則の JSON リストではない",
        ));
    };
    let rules = web_acl::rules(&rules);
    let rules = rules.items().unwrap_or_default().iter();
    Ok(rules
        .map(|rule| {
            let rule = match json.origin() {
                Some(origin) => rule.clone().at(origin.clone()),
                None => rule.clone(),
            };
            web_acl.block(&rule)
        })
        .collect())
}

fn read(links: &Links<'_>, rule: &Resource) -> Rule {
    let (effect, rate) = (effect(rule), rate(rule));
    let Some(group) = group_of(links, rule) else {
        return Rule { effect, rate };
    };
    // What the group does counts as long as the rule leaves it to the group.
    match group {
        Ok(rules) => {
            let inside: Vec<Rule> = rules
                .iter()
                .map(|rule| Rule {
                    effect: self::effect(rule),
                    rate: self::rate(rule),
                })
                .collect();
            let stops = |rule: &&Rule| matches!(rule.effect, Effect::Stops);
            let rate = match inside
                .iter()
                .filter(stops)
                .find(|rule| rule.rate.is_counted())
            {
                Some(_) => Rate::Counted,
                None => Rate::No,
            };
            let unsettled = inside.iter().find_map(|rule| match &rule.effect {
                Effect::Unknown(why) => Some(why.clone()),
                _ => None,
            });
            let effect = match effect {
                Effect::Stops if inside.iter().any(|rule| stops(&rule)) => Effect::Stops,
                Effect::Stops => unsettled.map_or(Effect::Passes, Effect::Unknown),
                other => other,
            };
            Rule { effect, rate }
        }
        Err(why) => Rule {
            effect,
            rate: Rate::Unknown(why),
        },
    }
}

impl Rate {
    pub(crate) fn is_counted(&self) -> bool {
        matches!(self, Self::Counted)
    }
}

/// The rules of the group that a rule takes in, or why they are not known.
fn group_of(links: &Links<'_>, rule: &Resource) -> Option<Result<Vec<Resource>, Phrase>> {
    let arn = rule.raw("statement.rule_group_reference_statement.arn")?;
    if rule
        .raw("statement.rule_group_reference_statement")
        .is_some_and(|it| it.as_unknown().is_some())
    {
        // What the statement is, is not known: nothing says that it is a group.
        return None;
    }
    Some(
        match links.follow(rule.stack, &arn, &["aws_wafv2_rule_group"]) {
            Link::To(_, group) => {
                let (rules, more) = group.blocks("rule");
                let json = group.raw("rules_json").filter(|json| !json.is_null());
                match (json.map(|json| of_json(group, &json)), more) {
                    (_, Some(why)) | (Some(Err(why)), _) => Err(why),
                    (Some(Ok(rules)), None) => Ok(rules),
                    (None, None) => Ok(rules),
                }
            }
            Link::Away(why) => Err(why),
        },
    )
}

/// A rule has an `action`, one that takes in a group of rules an `override_action`, whose `none` leaves the actions of
/// the group as they are.
fn effect(rule: &Resource) -> Effect {
    for (name, instead) in [("action", "block {}"), ("override_action", "none {}")] {
        let (actions, unknown) = rule.blocks(name);
        if let Some(why) = unknown {
            return Effect::Unknown(why);
        }
        let Some(action) = actions.first() else {
            continue;
        };
        let (mut counts, unknown) = action.blocks("count");
        if let Some(why) = unknown {
            return Effect::Unknown(why);
        }
        if let Some(count) = counts.pop() {
            return Effect::Counts(count, instead);
        }
        return if action.blocks("allow").0.is_empty() {
            Effect::Stops
        } else {
            Effect::Passes
        };
    }
    Effect::Unknown(phrase!(en: "a rule says no action", ja: "アクションのない規則がある"))
}

fn rate(rule: &Resource) -> Rate {
    let (statements, unknown) = rule.blocks("statement");
    if let Some(why) = unknown {
        return Rate::Unknown(why);
    }
    for statement in &statements {
        let (found, unknown) = statement.blocks("rate_based_statement");
        if let Some(why) = unknown {
            return Rate::Unknown(why);
        }
        if !found.is_empty() {
            return Rate::Counted;
        }
    }
    Rate::No
}

/// Whether a web ACL stops anything at all.
pub(crate) fn stops(
    links: &Links<'_>,
    additions: &Additions<'_>,
    index: usize,
    web_acl: &Resource,
) -> Judged {
    let (defaults, unknown_default) = web_acl.blocks("default_action");
    let blocks_rest = defaults
        .iter()
        .any(|action| !action.blocks("block").0.is_empty());
    let (rules, more) = rules(links, web_acl);
    let is_stop = |rule: &Rule| matches!(rule.effect, Effect::Stops);
    if blocks_rest || rules.iter().any(is_stop) {
        return Judged::Right;
    }
    let unsettled = rules.iter().find_map(|rule| match &rule.effect {
        Effect::Unknown(why) => Some(why.clone()),
        _ => None,
    });
    let unsettled = unsettled.or(unknown_default).or(more);
    match unsettled.or_else(|| additions.to(index, web_acl.stack)) {
        Some(why) => Judged::Unknown(why),
        None => Judged::Wrong,
    }
}

/// Whether a web ACL stops whoever sends too much.
pub(crate) fn limits(
    links: &Links<'_>,
    additions: &Additions<'_>,
    index: usize,
    web_acl: &Resource,
) -> Judged {
    let (rules, more) = rules(links, web_acl);
    let mut unsettled = more.or_else(|| additions.to(index, web_acl.stack));
    for rule in &rules {
        match (&rule.rate, &rule.effect) {
            (Rate::Counted, Effect::Stops) => return Judged::Right,
            (Rate::Counted, Effect::Unknown(why)) | (Rate::Unknown(why), _) => {
                unsettled = Some(why.clone());
            }
            _ => {}
        }
    }
    unsettled.map_or(Judged::Wrong, Judged::Unknown)
}

/// Why web ACLs may have rules that their own blocks do not show, by index: other resources add them.
pub(crate) struct Additions<'a> {
    joined: Joined<'a>,
    groups: Joined<'a>,
}

impl<'a> Additions<'a> {
    pub(crate) fn of(cx: &Context<'a>) -> Self {
        let links = cx.links();
        let of = |kind: &str| Joined::of(cx.estate, links, &[kind], "web_acl_arn");
        Self {
            joined: of("aws_wafv2_web_acl_rule"),
            groups: of("aws_wafv2_web_acl_rule_group_association"),
        }
    }

    pub(crate) fn to(&self, web_acl: usize, stack: usize) -> Option<Phrase> {
        for joined in [&self.joined, &self.groups] {
            if let Some((_, rule)) = joined.to(web_acl).first() {
                let address = &rule.address;
                return Some(phrase!(
                    en: "`{address}` adds a rule to it, which is not looked into; an AWS snapshot tells it",
                    ja: "`{address}` が規則を加えるが、その中は調べていない。AWS スナップショットがあれば分かる",
                ));
            }
            if let Some(why) = joined.loose(stack) {
                return Some(why.clone());
            }
        }
        None
    }
}
