//! AWS Security Hub: whether it is on.

use super::{Answers, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let (service, operation) = ("securityhub", "describe-hub");
    let kind = "aws_securityhub_account";
    let hub = answers.heard(service, operation, &[]);
    // This error says that the account has no hub in the region.
    if hub.is_error("InvalidAccessException") {
        return made.listed_unless(&[kind], None);
    }
    made.listed(&[kind], answers, service, operation);
    if let Some(answer) = hub.told() {
        let shape = Shape::of(answer)
            .rename("hub_arn", "arn")
            .with("id", sekisho_terraform::Value::string(made.account()));
        made.resource(kind, answer, shape);
    }
}
