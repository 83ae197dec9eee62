//! AWS Secrets Manager: which secrets there are and how they rotate; never a value.

use super::answers::text;
use super::{Answers, Made, Shape};

const SECRET: &str = "aws_secretsmanager_secret";
const ROTATION: &str = "aws_secretsmanager_secret_rotation";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let (service, operation) = ("secretsmanager", "list-secrets");
    made.listed(&[SECRET, ROTATION], answers, service, operation);
    for told in answers.heard(service, operation, &[]).items("SecretList") {
        let shape = Shape::of(&told)
            .without("secret_versions_to_stages")
            .without("rotation_rules")
            .with("id", told.get("ARN"));
        made.resource(SECRET, &told, shape);
        let rotates = told.get("RotationEnabled").and_then(|on| on.as_bool());
        if rotates != Some(true) {
            continue;
        }
        let shape = Shape::of(&told);
        let rules = shape.get("rotation_rules").cloned();
        let mut rotation = Shape::new()
            .with("secret_id", told.get("ARN"))
            .with("rotation_enabled", told.get("RotationEnabled"))
            .with("rotation_rules", rules)
            .with("rotation_lambda_arn", told.get("RotationLambdaARN"));
        // What runs, and since when: the provider knows only what was asked for.
        for (api, name) in [
            ("CreatedDate", "created_date"),
            ("LastRotatedDate", "last_rotated_date"),
        ] {
            rotation = rotation.with(name, told.get(api));
        }
        let arn = text(&told, "ARN").unwrap_or_default();
        made.resource_named(ROTATION, &format!("{ROTATION} {arn}"), &told, rotation);
    }
}
