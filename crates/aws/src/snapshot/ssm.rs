//! AWS Systems Manager: the document with the preferences of Session Manager, and parameters by name and type; never a value.

use sekisho_terraform::Value;

use super::{Answers, Made, Shape};

/// The document that holds them, in each region (Systems Manager User Guide, Session document schema).
const NAME: &str = "SSM-SessionManagerRunShell";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    preferences(answers, made);
    parameters(answers, made);
}

fn parameters(answers: &Answers, made: &mut Made<'_>) {
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

fn preferences(answers: &Answers, made: &mut Made<'_>) {
    let heard = answers.heard("ssm", "get-document", &[]);
    // Only this document was asked for. That there is none is an answer, too.
    let doubt = heard
        .doubt("ssm", "get-document")
        .filter(|_| !heard.is_error("InvalidDocument"));
    made.listed_unless(&["aws_ssm_document"], doubt);
    if let Some(told) = heard.told() {
        let shape = Shape::of(told).with("id", Value::string(NAME)).with(
            "arn",
            Value::string(&made.arn("ssm", &format!("document/{NAME}"))),
        );
        made.resource("aws_ssm_document", told, shape);
    }
}
