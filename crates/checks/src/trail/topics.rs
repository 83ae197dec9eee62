//! Who hears of it when something is called: a topic of SNS tells its subscribers, and nobody when it has none.

use sekisho_model::{Phrase, Resource, Seen};
use sekisho_terraform::Value;

use crate::Context;
use crate::links::{Joined, Link};

/// What calling something leads to.
pub(super) enum Reached<'a> {
    /// Something that is not a topic of ours, or a topic with a subscriber.
    Somebody,
    /// A topic without subscribers, by its address; one that is not there has none.
    Nobody(String, Option<&'a Resource>),
    /// It cannot be told.
    Unknown(Phrase),
}

const TOPIC: &str = "aws_sns_topic";

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
            Some(Link::To(index, topic)) if topic.kind == TOPIC => self.of_topic(cx, index, topic),
            Some(Link::Away(why)) if called.as_unknown().is_some() => Reached::Unknown(why),
            _ => match called.as_str().filter(|arn| is_own_topic(cx, stack, arn)) {
                Some(arn) => match cx.all_here(stack, TOPIC) {
                    Ok(()) => Reached::Nobody(arn.to_owned(), None),
                    Err(why) => Reached::Unknown(why),
                },
                // A function, an incident, a queue, a topic of another account.
                None => Reached::Somebody,
            },
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
            None => Reached::Nobody(topic.address.clone(), Some(topic)),
        }
    }
}

/// True for the ARN of a topic of the region of an account snapshot: that snapshot would tell it.
fn is_own_topic(cx: &Context<'_>, stack: usize, arn: &str) -> bool {
    let Some(own) = cx.estate.stacks().get(stack) else {
        return false;
    };
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "sns", region, account, _] => {
            cx.is_of_account(stack)
                && own.region.as_deref() == Some(*region)
                && own.account.as_deref() == Some(*account)
        }
        _ => false,
    }
}
