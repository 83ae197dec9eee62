//! Who hears of it when something is called: a topic of SNS tells its subscribers, and nobody when it has none.

use sekisho_model::{Phrase, Resource, Seen};
use sekisho_terraform::Value;

use crate::Context;
use crate::links::{Joined, Link};

/// What calling something leads to.
pub(super) enum Reached<'a> {
    /// Something that is not a topic of ours, or a topic with a subscriber.
    Somebody,
    /// A topic without subscribers.
    Nobody(&'a Resource),
    /// It cannot be told.
    Unknown(Phrase),
}

/// Every topic's subscribers.
pub(super) struct Topics<'a> {
    subscribers: Joined<'a>,
}

impl<'a> Topics<'a> {
    pub(super) fn of(cx: &Context<'a>) -> Self {
        let types = ["aws_sns_topic_subscription"];
        Self {
            subscribers: Joined::of(cx.estate, cx.links(), &types, "topic_arn"),
        }
    }

    /// Who hears of a call of what this value names, in a stack.
    pub(super) fn reach(&self, cx: &Context<'a>, stack: usize, called: &Value) -> Reached<'a> {
        match cx.links().meant(stack, called) {
            Some(Link::To(index, topic)) if topic.kind == "aws_sns_topic" => {
                self.of_topic(cx, index, topic)
            }
            Some(Link::Away(why)) if called.as_unknown().is_some() => Reached::Unknown(why),
            // A function, an incident, a queue, a topic of another account.
            _ => Reached::Somebody,
        }
    }

    fn of_topic(&self, cx: &Context<'a>, index: usize, topic: &'a Resource) -> Reached<'a> {
        let mut doubt = None;
        for (_, subscription) in self.subscribers.to(index) {
            // Until its owner confirms it, nothing is sent; Terraform does not say it.
            match subscription.flag("pending_confirmation") {
                Seen::Set(true, _) => {}
                Seen::Set(false, _) | Seen::Unset => return Reached::Somebody,
                Seen::Unknown(why) => doubt = Some(why),
            }
        }
        let loose = self.subscribers.loose(topic.stack).cloned();
        let elsewhere = cx.all_here(topic.stack, "aws_sns_topic_subscription").err();
        match doubt.or(loose).or(elsewhere) {
            Some(why) => Reached::Unknown(why),
            None => Reached::Nobody(topic),
        }
    }
}
