use sekisho_model::{Fix, Resource, Seen, phrase};

use crate::edge::writing::set;
use crate::links::{Joined, Link, Links};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A CloudWatch alarm, made by Terraform, that tells nobody: it has no `alarm_actions`, its actions are
    /// turned off, or the SNS topic it calls has no subscriber.
    ///
    /// **Why it matters.** An alarm without an action turns red on a page that nobody looks at. Alarms that a composite alarm or an
    /// EventBridge rule may take up are left to those.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_cloudwatch_metric_alarm" "denied" {
    ///   alarm_name      = "denied"
    ///   actions_enabled = false
    ///   alarm_actions   = [aws_sns_topic.alerts.arn]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_cloudwatch_metric_alarm" "denied" {
    ///   alarm_name    = "denied"
    ///   alarm_actions = [aws_sns_topic.alerts.arn]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform が作る CloudWatch アラームで、誰にも知らせないもの。`alarm_actions` がない、アクションが無効、または呼び出す SNS トピックに購読者がいない。
    ///
    /// **理由。** アクションのないアラームは、誰も見ない画面で赤くなるだけである。複合アラームや EventBridge のルールが受け取りうるアラームは、そちらに委ねる。
    ///
    /// **直し方。** `alarm_actions` に購読者のいる SNS トピックを指定し、`actions_enabled` を `true` にする。
    AlarmWithoutAction = "alarm-without-action";
    control: "O2.3",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "An alarm that tells nobody", "誰にも知らせないアラーム",
}

static TYPES: [&str; 2] = [
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_composite_alarm",
];

impl Check for AlarmWithoutAction {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let types = ["aws_sns_topic_subscription"];
        let subscribers = Joined::of(cx.estate, links, &types, "topic_arn");
        // A composite alarm or a rule may take up any alarm by its name.
        let is_single = cx.estate.of_type(TYPES[1]).next().is_none();
        let is_alone = is_single
            && cx
                .estate
                .of_type("aws_cloudwatch_event_rule")
                .next()
                .is_none();
        for (index, alarm) in TYPES.iter().flat_map(|kind| cx.estate.of_type(kind)) {
            let mut on = sheet.on_resource(index);
            match alarm.flag("actions_enabled").or_default(true) {
                Seen::Set(false, origin) => {
                    let message = phrase!(
                        en: "the actions of this alarm are turned off: it tells nobody",
                        ja: "このアラームのアクションは無効で、誰にも知らせない",
                    );
                    let fault = Fault::of_value(cx.estate, alarm, origin.as_ref(), message);
                    let title = phrase!(en: "Turn the actions on", ja: "アクションを有効にする");
                    on.fail(match set(cx.estate, alarm, "actions_enabled", "true") {
                        Some(change) => fault.fix(Fix::safe(title).with(change)),
                        None => fault,
                    });
                }
                Seen::Unknown(why) => on.unknown(why),
                _ => {
                    let taken_up = !is_alone && alarm.kind == TYPES[0];
                    actions(cx, links, &subscribers, alarm, taken_up, &mut on);
                }
            }
        }
    }
}

fn actions<'a>(
    cx: &Context<'a>,
    links: &Links<'a>,
    subscribers: &Joined<'a>,
    alarm: &Resource,
    taken_up: bool,
    on: &mut On<'_>,
) {
    let list = alarm
        .values
        .get("alarm_actions")
        .filter(|list| !list.is_null());
    let is_empty = list
        .as_ref()
        .is_none_or(|list| list.items().is_some_and(<[_]>::is_empty));
    if is_empty && taken_up {
        return on.unknown(phrase!(
            en: "a composite alarm or an EventBridge rule may take it up; an AWS snapshot tells",
            ja: "複合アラームか EventBridge のルールが受け取る可能性がある。AWS スナップショットがあれば分かる",
        ));
    }
    if is_empty {
        let origin = list.as_ref().and_then(|list| list.origin());
        let message = phrase!(
            en: "this alarm has no `alarm_actions`: it tells nobody",
            ja: "このアラームには `alarm_actions` がなく、誰にも知らせない",
        );
        return on.fail(Fault::of_value(cx.estate, alarm, origin, message));
    }
    let items = list.as_ref().and_then(|list| list.items());
    let Some(items) = items else {
        if let Seen::Unknown(why) = alarm.get("alarm_actions") {
            on.unknown(why);
        }
        return;
    };
    let (mut silent, mut doubt) = (None, None);
    for item in items {
        match links.meant(alarm.stack, item) {
            Some(Link::To(index, topic)) if topic.kind == "aws_sns_topic" => {
                if !subscribers.to(index).is_empty() {
                    return on.pass();
                }
                silent = Some(topic);
            }
            Some(Link::Away(why)) if item.as_unknown().is_some() => doubt = Some(why),
            // Something else than a topic of ours is called: a function, an incident, a topic of another account.
            _ => return on.pass(),
        }
    }
    if let Some(why) = doubt {
        return on.unknown(why);
    }
    let Some(topic) = silent else {
        return;
    };
    if let Some(why) = subscribers.loose(topic.stack) {
        return on.unknown(why.clone());
    }
    if let Err(why) = cx.all_here(topic.stack, "aws_sns_topic_subscription") {
        return on.unknown(why);
    }
    let name = &topic.address;
    let message = phrase!(
        en: "nobody has subscribed to `{name}`, which this alarm calls: it tells nobody",
        ja: "このアラームが呼び出す `{name}` に購読者がおらず、誰にも知らせない",
    );
    let origin = list.as_ref().and_then(|list| list.origin());
    let fault = Fault::of_value(cx.estate, alarm, origin, message);
    let text = phrase!(en: "the topic without subscribers", ja: "購読者のいないトピック");
    on.fail(fault.beside(cx.estate, topic, text));
}
