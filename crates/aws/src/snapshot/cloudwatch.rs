//! Amazon CloudWatch: alarms.

use super::{Answers, Made, Shape};

const METRIC: &str = "aws_cloudwatch_metric_alarm";
const COMPOSITE: &str = "aws_cloudwatch_composite_alarm";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let (service, operation) = ("cloudwatch", "describe-alarms");
    made.listed(&[METRIC, COMPOSITE], answers, service, operation);
    let alarms = answers.heard(service, operation, &[]);
    for (list, kind) in [("MetricAlarms", METRIC), ("CompositeAlarms", COMPOSITE)] {
        for alarm in alarms.items(list) {
            let shape = Shape::of(&alarm)
                .rename("alarm_arn", "arn")
                .rename("alarm_description", "description")
                .with("id", alarm.get("AlarmName"));
            made.resource(kind, &alarm, shape);
        }
    }
}
