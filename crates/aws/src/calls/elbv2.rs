use super::{Call, Each, Scope};

const BALANCER: Each = Each {
    flag: "--load-balancer-arn",
    listed_by: ("elbv2", "describe-load-balancers"),
    query: "LoadBalancers[].LoadBalancerArn",
};

/// The ARN of a listener names its load balancer already, and the calls for it take no other.
const BALANCER_OF_LISTENER: Each = Each {
    flag: "",
    ..BALANCER
};

const LISTENER: Each = Each {
    flag: "--listener-arn",
    listed_by: ("elbv2", "describe-listeners"),
    query: "Listeners[].ListenerArn",
};

/// Elastic Load Balancing: application, network and gateway load balancers.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "elbv2",
        operation: "describe-load-balancers",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeLoadBalancers"],
    },
    Call {
        service: "elbv2",
        operation: "describe-load-balancer-attributes",
        scope: Scope::Region,
        each: &[BALANCER],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeLoadBalancerAttributes"],
    },
    Call {
        service: "elbv2",
        operation: "describe-tags",
        scope: Scope::Region,
        each: &[Each {
            flag: "--resource-arns",
            ..BALANCER
        }],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeTags"],
    },
    Call {
        service: "elbv2",
        operation: "describe-listeners",
        scope: Scope::Region,
        each: &[BALANCER],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeListeners"],
    },
    Call {
        service: "elbv2",
        operation: "describe-rules",
        scope: Scope::Region,
        each: &[BALANCER_OF_LISTENER, LISTENER],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeRules"],
    },
    Call {
        service: "elbv2",
        operation: "describe-listener-certificates",
        scope: Scope::Region,
        each: &[BALANCER_OF_LISTENER, LISTENER],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeListenerCertificates"],
    },
    Call {
        service: "elbv2",
        operation: "describe-target-groups",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["elasticloadbalancing:DescribeTargetGroups"],
    },
];
