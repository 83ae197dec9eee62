use super::{Call, Scope};

/// AWS Systems Manager: names and types of parameters, never a value.
pub(super) static CALLS: &[Call] = &[Call {
    service: "ssm",
    operation: "describe-parameters",
    scope: Scope::Region,
    each: &[],
    arguments: &[],
    actions: &["ssm:DescribeParameters"],
}];
