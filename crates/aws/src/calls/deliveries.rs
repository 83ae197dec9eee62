use super::{Call, Scope};

/// CloudWatch Logs, where AWS services deliver logs by way of it (CloudFront's in us-east-1).
pub(super) static CALLS: &[Call] = &[Call {
    service: "logs",
    operation: "describe-delivery-sources",
    scope: Scope::Region,
    each: &[],
    arguments: &[],
    actions: &["logs:DescribeDeliverySources"],
}];
