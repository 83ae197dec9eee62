//! What the rules of a web ACL do (`aws_wafv2_web_acl`).

use sekisho_model::{Phrase, Resource, phrase};

use crate::Context;
use crate::links::Joined;

/// One rule.
pub(crate) struct Rule {
    pub(crate) block: Resource,
    pub(crate) effect: Effect,
}

/// What happens to a request that matches.
pub(crate) enum Effect {
    /// It is stopped: blocked, or asked for proof that a person sends it.
    Stops,
    /// It is only counted; the `count` block, and what would stand there instead.
    Counts(Resource, &'static str),
    /// It is let through.
    Allows,
    Unknown(Phrase),
}

/// The rules of the block itself; when there may be more, why they are not known.
pub(crate) fn rules(web_acl: &Resource) -> (Vec<Rule>, Option<Phrase>) {
    let (blocks, mut more) = web_acl.blocks("rule");
    if web_acl
        .values
        .get("rule_json")
        .is_some_and(|json| !json.is_null())
    {
        more = Some(phrase!(
            en: "the rules stand in `rule_json`, which is not read; an AWS snapshot tells them",
            ja: "規則は `rule_json` にあり、ここでは読まない。AWS スナップショットがあれば分かる",
        ));
    }
    let rules = blocks.into_iter().map(|block| Rule {
        effect: effect(&block),
        block,
    });
    (rules.collect(), more)
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
            Effect::Allows
        };
    }
    Effect::Unknown(phrase!(en: "a rule says no action", ja: "アクションのない規則がある"))
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
