use super::{Call, Each, Scope};

const TOPIC: Each = Each {
    flag: "--topic-arn",
    listed_by: ("sns", "list-topics"),
    query: "Topics[].TopicArn",
};

/// Amazon SNS.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "sns",
        operation: "list-subscriptions-by-topic",
        scope: Scope::Region,
        each: &[TOPIC],
        arguments: &[],
        actions: &["sns:ListSubscriptionsByTopic"],
    },
    Call {
        service: "sns",
        operation: "list-topics",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["sns:ListTopics"],
    },
];
