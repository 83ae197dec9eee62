//! Logs that AWS services deliver by way of CloudWatch Logs.

use super::{Answers, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let (kind, call) = (
        "aws_cloudwatch_log_delivery_source",
        "describe-delivery-sources",
    );
    made.listed(&[kind], answers, "logs", call);
    for source in answers.heard("logs", call, &[]).items("deliverySources") {
        // A source stands for one resource; the API has it as a list.
        let resources = source.get("resourceArns");
        let first = resources
            .as_ref()
            .and_then(|all| all.items()?.first().cloned());
        let shape = Shape::of(&source)
            .with("id", source.get("name"))
            .with("resource_arn", first)
            .without("resource_arns");
        made.resource(kind, &source, shape);
    }
}
