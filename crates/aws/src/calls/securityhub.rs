use super::{Call, Scope};

/// AWS Security Hub: whether it is on.
pub(super) static CALLS: &[Call] = &[Call {
    service: "securityhub",
    operation: "describe-hub",
    scope: Scope::Region,
    each: &[],
    arguments: &[],
    actions: &["securityhub:DescribeHub"],
}];
