use super::{Call, Scope};

/// Amazon CloudWatch. Composite alarms are told only when they are asked for.
pub(super) static CALLS: &[Call] = &[Call {
    service: "cloudwatch",
    operation: "describe-alarms",
    scope: Scope::Region,
    each: &[],
    arguments: &["--alarm-types", "MetricAlarm", "CompositeAlarm"],
    actions: &["cloudwatch:DescribeAlarms"],
}];
