//! Amazon EventBridge: rules and their targets.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

const SERVICE: &str = "events";
const RULE: &str = "aws_cloudwatch_event_rule";
const TARGET: &str = "aws_cloudwatch_event_target";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let buses = answers.heard(SERVICE, "list-event-buses", &[]);
    made.listed(&[RULE, TARGET], answers, SERVICE, "list-event-buses");
    for bus in buses.items("EventBuses") {
        let bus = text(&bus, "Name").unwrap_or_default();
        let rules = answers.heard(SERVICE, "list-rules", &[&bus]);
        made.listed_unless(&[RULE, TARGET], rules.doubt(SERVICE, "list-rules"));
        for rule in rules.items("Rules") {
            let name = text(&rule, "Name").unwrap_or_default();
            let id = identity(&bus, &name);
            let shape = Shape::of(&rule).with("id", Value::string(&id));
            made.resource(RULE, &rule, shape);
            targets(answers, &bus, &name, made);
        }
    }
}

fn targets(answers: &Answers, bus: &str, rule: &str, made: &mut Made<'_>) {
    let operation = "list-targets-by-rule";
    let listed = answers.heard(SERVICE, operation, &[bus, rule]);
    made.listed_unless(&[TARGET], listed.doubt(SERVICE, operation));
    for target in listed.items("Targets") {
        let own = text(&target, "Id").unwrap_or_default();
        let id = format!("{}/{own}", identity(bus, rule));
        let shape = Shape::of(&target)
            .rename("id", "target_id")
            .with("id", Value::string(&id))
            .with("rule", Value::string(rule))
            .with("event_bus_name", Value::string(bus));
        // Its ARN is that of what it calls.
        made.resource_named(TARGET, &id, &target, shape);
    }
}

/// The provider leaves the default bus out of its ids.
fn identity(bus: &str, rule: &str) -> String {
    match bus {
        "default" => rule.to_owned(),
        other => format!("{other}/{rule}"),
    }
}
