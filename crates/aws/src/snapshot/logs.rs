//! Amazon CloudWatch Logs.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let (service, operation) = ("logs", "describe-log-groups");
    let kind = "aws_cloudwatch_log_group";
    made.listed(&[kind], answers, service, operation);
    for group in answers.heard(service, operation, &[]).items("logGroups") {
        // The API ends the ARN of a group with `:*`, the provider does not.
        let arn = text(&group, "arn");
        let arn = arn.map(|arn| Value::string(arn.strip_suffix(":*").unwrap_or(&arn)));
        let shape = Shape::of(&group)
            .rename("log_group_name", "name")
            .with("arn", arn)
            .with("id", group.get("logGroupName"));
        made.resource(kind, &group, shape);
    }
}
