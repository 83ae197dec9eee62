//! From a rule of EventBridge to somebody who hears of its events.

use std::collections::BTreeMap;

use sekisho_model::{Phrase, Resource, Seen};
use sekisho_terraform::Origin;

use super::topics::{Reached, Topics};
use crate::Context;
use crate::links::Link;

const RULE: &str = "aws_cloudwatch_event_rule";
const TARGET: &str = "aws_cloudwatch_event_target";

/// Where the events of a rule arrive.
pub(super) enum Route<'a> {
    Heard,
    /// The rule is switched off, by the value that stands there.
    Off(Option<Origin>),
    NoTarget,
    /// It calls topics to which nobody listens.
    Silent(String, Option<&'a Resource>),
    Unknown(Phrase),
}

/// The targets of every rule.
pub(super) struct Routes<'a> {
    pub(super) topics: Topics<'a>,
    targets: BTreeMap<usize, Vec<&'a Resource>>,
    /// Why there may be more targets for any rule of a stack.
    loose: BTreeMap<usize, Phrase>,
}

impl<'a> Routes<'a> {
    pub(super) fn of(cx: &Context<'a>) -> Self {
        let mut routes = Self {
            topics: Topics::of(cx),
            targets: BTreeMap::new(),
            loose: BTreeMap::new(),
        };
        for (_, target) in cx.estate.of_type(TARGET) {
            match cx.links().of_attribute(target, "rule", &[RULE]) {
                Some(Link::To(rule, own)) if bus(own) == bus(target) => {
                    routes.targets.entry(rule).or_default().push(target);
                }
                Some(Link::Away(why)) if matches!(target.text("rule"), Seen::Unknown(_)) => {
                    routes.loose.insert(target.stack, why);
                }
                _ => {}
            }
        }
        routes
    }

    /// Where the events of this rule arrive.
    pub(super) fn of_rule(&self, cx: &Context<'a>, index: usize, rule: &Resource) -> Route<'a> {
        for (switch, off) in [("state", "DISABLED"), ("is_enabled", "false")] {
            match rule.get(switch) {
                Seen::Set(value, origin) => {
                    let is_off = value.as_str() == Some(off) || value.as_bool() == Some(false);
                    if is_off {
                        return Route::Off(origin);
                    }
                }
                Seen::Unset => {}
                Seen::Unknown(why) => return Route::Unknown(why),
            }
        }
        let (mut silent, mut doubt) = (None, None);
        for target in self.targets.get(&index).into_iter().flatten() {
            let called = target
                .values
                .get("arn")
                .unwrap_or_else(sekisho_terraform::Value::null);
            match self.topics.reach(cx, target.stack, &called) {
                Reached::Somebody => return Route::Heard,
                Reached::Nobody(name, topic) => silent = Some((name, topic)),
                Reached::Unknown(why) => doubt = Some(why),
            }
        }
        let loose = self.loose.get(&rule.stack).cloned();
        let elsewhere = || cx.all_here(rule.stack, TARGET).err();
        match (doubt.or(loose).or_else(elsewhere), silent) {
            (Some(why), _) => Route::Unknown(why),
            (None, Some((name, topic))) => Route::Silent(name, topic),
            (None, None) => Route::NoTarget,
        }
    }
}

/// The bus of a rule or target, when it is known; AWS's own events arrive on `default`.
pub(super) fn bus(of: &Resource) -> Option<String> {
    match of.text("event_bus_name") {
        Seen::Set(name, _) => Some(name),
        Seen::Unset => Some("default".to_owned()),
        Seen::Unknown(_) => None,
    }
}
