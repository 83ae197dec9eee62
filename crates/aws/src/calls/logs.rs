use super::{Call, Scope};

/// Amazon CloudWatch Logs.
pub(super) static CALLS: &[Call] = &[Call {
    service: "logs",
    operation: "describe-log-groups",
    scope: Scope::Region,
    each: &[],
    arguments: &[],
    actions: &["logs:DescribeLogGroups"],
}];
