use sekisho_model::{Fix, Resource, Seen, phrase};

use super::routes::Routes;
use super::taken_up::is_taken_up;
use super::topics::Reached;
use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A CloudWatch alarm that tells nobody: it has no `alarm_actions`, its actions are turned off, or the
    /// SNS topic it calls has no subscriber, or only such that never confirmed.
    ///
    /// **Why it matters.** An alarm without an action turns red on a page that nobody looks at. Alarms that a composite alarm or an
    /// EventBridge rule takes up are left to those.
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
    /// **示すこと。** 誰にも知らせない CloudWatch アラーム。`alarm_actions` がない、アクションが無効、または呼び出す SNS トピックに (確認済みの) 購読者がいない。
    ///
    /// **理由。** アクションのないアラームは、誰も見ない画面で赤くなるだけである。複合アラームや EventBridge のルールが受け取るアラームは、そちらに委ねる。
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
        let routes = Routes::of(cx);
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
                _ => actions(cx, &routes, alarm, &mut on),
            }
        }
    }
}

fn actions<'a>(cx: &Context<'a>, routes: &Routes<'a>, alarm: &Resource, on: &mut On<'_>) {
    let list = alarm
        .values
        .get("alarm_actions")
        .filter(|list| !list.is_null());
    let is_empty = list
        .as_ref()
        .is_none_or(|list| list.items().is_some_and(<[_]>::is_empty));
    if is_empty {
        return match is_taken_up(cx, routes, alarm) {
            Ok(true) => on.pass(),
            Err(why) => on.unknown(why),
            Ok(false) => {
                let origin = list.as_ref().and_then(|list| list.origin());
                let message = phrase!(
                    en: "this alarm has no `alarm_actions`: it tells nobody",
                    ja: "このアラームには `alarm_actions` がなく、誰にも知らせない",
                );
                on.fail(Fault::of_value(cx.estate, alarm, origin, message));
            }
        };
    }
    let Some((list, items)) = list.as_ref().and_then(|list| Some((list, list.items()?))) else {
        if let Seen::Unknown(why) = alarm.get("alarm_actions") {
            on.unknown(why);
        }
        return;
    };
    let (mut silent, mut doubt) = (None, None);
    for item in items {
        match routes.topics.reach(cx, alarm.stack, item) {
            Reached::Somebody => return on.pass(),
            Reached::Nobody(name, topic) => silent = Some((name, topic)),
            Reached::Unknown(why) => doubt = Some(why),
        }
    }
    if let Some(why) = doubt {
        return on.unknown(why);
    }
    let Some((name, topic)) = silent else {
        return;
    };
    let message = phrase!(
        en: "nobody has subscribed to `{name}`, which this alarm calls: it tells nobody",
        ja: "このアラームが呼び出す `{name}` に購読者がおらず、誰にも知らせない",
    );
    let fault = Fault::of_value(cx.estate, alarm, list.origin(), message);
    let text = phrase!(en: "the topic without subscribers", ja: "購読者のいないトピック");
    on.fail(match topic {
        Some(topic) => fault.beside(cx.estate, topic, text),
        None => fault,
    });
}
