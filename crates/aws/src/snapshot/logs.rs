//! Amazon CloudWatch Logs: groups, how long they keep, and their keys.

use super::{Answers, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(
        &["aws_cloudwatch_log_group"],
        answers,
        "logs",
        "describe-log-groups",
    );
    let heard = answers.heard("logs", "describe-log-groups", &[]);
    for group in heard.items("logGroups") {
        // `arn` of the API ends in `:*`; the provider has the one without.
        let shape = Shape::of(&group)
            .without("arn")
            .rename("log_group_arn", "arn")
            .rename("log_group_name", "name")
            .with("id", group.get("logGroupName"));
        made.resource("aws_cloudwatch_log_group", &group, shape);
    }
}
