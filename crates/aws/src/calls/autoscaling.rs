use super::{Call, Scope};

/// Amazon EC2 Auto Scaling.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "autoscaling",
        operation: "describe-auto-scaling-groups",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["autoscaling:DescribeAutoScalingGroups"],
    },
    Call {
        service: "autoscaling",
        operation: "describe-launch-configurations",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["autoscaling:DescribeLaunchConfigurations"],
    },
];
