//! Who takes up an alarm that calls nothing itself: a composite alarm that names it, or a rule of EventBridge.

use sekisho_model::{Phrase, Resource, Seen, phrase};
use serde_json::json;

use super::patterns::takes;
use super::regions::are_together;
use super::routes::{Route, Routes};
use crate::Context;

/// Whether something takes up this alarm; the phrase says why that is not known.
pub(super) fn is_taken_up<'a>(
    cx: &Context<'a>,
    routes: &Routes<'a>,
    alarm: &Resource,
) -> Result<bool, Phrase> {
    let name = match alarm.text("alarm_name") {
        Seen::Set(name, _) => Some(name),
        Seen::Unset | Seen::Unknown(_) => None,
    };
    let mut doubt = None;
    let composites = cx.estate.of_type("aws_cloudwatch_composite_alarm");
    for (_, composite) in composites.filter(|(_, other)| are_together(cx, other, alarm)) {
        match (composite.text("alarm_rule"), &name) {
            (Seen::Set(rule, _), Some(name)) if names(&rule, name) => return Ok(true),
            (Seen::Set(_, _), Some(_)) | (Seen::Unset, _) => {}
            (Seen::Unknown(_), _) | (_, None) => doubt = Some(may_be()),
        }
    }
    let event = json!({
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "detail": { "alarmName": name, "state": { "value": "ALARM" } },
    });
    let rules = cx.estate.of_type("aws_cloudwatch_event_rule");
    for (index, rule) in rules.filter(|(_, other)| are_together(cx, other, alarm)) {
        match rule.text("event_pattern") {
            Seen::Set(pattern, _) if takes(&pattern, &event) != Some(true) => {}
            Seen::Set(..) => match (routes.of_rule(cx, index, rule), &name) {
                (Route::Heard, Some(_)) => return Ok(true),
                (Route::Heard, None) => doubt = Some(may_be()),
                (Route::Unknown(why), _) => doubt = Some(why),
                _ => {}
            },
            Seen::Unset => {}
            Seen::Unknown(_) => doubt = Some(may_be()),
        }
    }
    match doubt {
        Some(why) => Err(why),
        None => Ok(false),
    }
}

fn may_be() -> Phrase {
    phrase!(
        en: "a composite alarm or an EventBridge rule may take it up: what it names depends on a value that is not known",
        ja: "複合アラームか EventBridge のルールが受け取る可能性がある (対象が未知の値に依存する)",
    )
}

/// `ALARM(denied) OR OK("other")`: a name as a whole, with or without quotes, or the end of an ARN.
fn names(rule: &str, name: &str) -> bool {
    rule.match_indices(name).any(|(at, _)| {
        let before = rule.get(..at).and_then(|text| text.chars().last());
        let after = rule
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        let ends = |c: Option<char>| {
            c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | ':'))
        };
        ends(before) && ends(after)
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_rule_names_whole_alarms() {
        assert!(names("ALARM(denied)", "denied"));
        assert!(names("OK(x) OR ALARM(\"denied\")", "denied"));
        assert!(names(
            "ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:denied)",
            "denied"
        ));
        assert!(!names("ALARM(denied-too)", "denied"));
        assert!(!names("ALARM(undenied)", "denied"));
    }
}
