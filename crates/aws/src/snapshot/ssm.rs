//! AWS Systems Manager: parameters by name and type; never a value.

use super::{Answers, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let (service, operation) = ("ssm", "describe-parameters");
    let kind = "aws_ssm_parameter";
    made.listed(&[kind], answers, service, operation);
    for told in answers.heard(service, operation, &[]).items("Parameters") {
        let shape = Shape::of(&told)
            .without("policies")
            .with("id", told.get("Name"));
        made.resource(kind, &told, shape);
    }
}
