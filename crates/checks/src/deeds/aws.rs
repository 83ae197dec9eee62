//! The AWS identities that jobs take.

use sekisho_model::{Fields, Job, Pipeline, PipelineKind};
use sekisho_text::Route;
use serde_json::Value;

use super::actions;
use super::expression::expressions;
use super::shell::Command;

/// One way into AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) means: Means,
    /// Where it is named.
    pub(crate) route: Route,
    /// It stands in another file.
    pub(crate) is_called: bool,
}

/// By what a job becomes somebody in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Means {
    /// A role, by a token of the platform; as it is written when it hangs on variables.
    Role(String),
    /// A long-lived access key: where it comes from.
    Key(String),
}

/// The identity of a step that uses `aws-actions/configure-aws-credentials`, or that hands a key to any other action.
pub(super) fn of_action(uses: &str, step: &Value, route: &Route) -> Option<Identity> {
    let name = actions::name(uses);
    let inputs = step.entries("with")?;
    let key = inputs.iter().find(|(input, value)| {
        let input: String = input
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        let text = value.as_str().unwrap_or("");
        // ECR takes the key as the user of the registry.
        let is_login = name == "docker/login-action"
            && input.eq_ignore_ascii_case("username")
            && text.to_ascii_uppercase().contains("AWS_ACCESS_KEY");
        (input.eq_ignore_ascii_case("awsaccesskeyid") || is_login) && is_lasting(text)
    });
    let (means, field) = match (key, step.text("with.role-to-assume")) {
        (Some((input, key)), _) => (Means::Key(key.as_str()?.to_owned()), input.clone()),
        (None, Some(role)) if name == "aws-actions/configure-aws-credentials" => (
            Means::Role(role.trim().to_owned()),
            "role-to-assume".to_owned(),
        ),
        _ => return None,
    };
    Some(Identity {
        means,
        route: route.key("with").key(field),
        is_called: false,
    })
}

/// Keys in `env` or `variables`: `AWS_ACCESS_KEY_ID`.
pub(super) fn of_variables(value: &Value, field: &'static str, route: &Route) -> Option<Identity> {
    let variables = value.entries(field)?;
    let (name, key) = variables
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("AWS_ACCESS_KEY_ID"))?;
    let key = key.as_str().or_else(|| key.text("value"))?;
    is_lasting(key).then(|| Identity {
        means: Means::Key(key.to_owned()),
        route: route.at(field).key(name.clone()),
        is_called: false,
    })
}

/// What commands take: `aws sts assume-role-with-web-identity`, `aws configure set aws_access_key_id`.
pub(super) fn of_command(command: &Command, route: &Route) -> Option<Identity> {
    if command.program() != "aws" {
        return None;
    }
    let words: Vec<&str> = command.plain().collect();
    let means = match words.as_slice() {
        ["sts", "assume-role-with-web-identity" | "assume-role", ..] => {
            Means::Role(command.option("--role-arn").unwrap_or_default())
        }
        // Options with values may stand between.
        words if words.contains(&"configure") && words.contains(&"set") => {
            let name = words
                .iter()
                .position(|word| word.ends_with("aws_access_key_id"))?;
            let key = words.get(name + 1).filter(|key| is_lasting(key))?;
            Means::Key((*key).to_owned())
        }
        _ => return None,
    };
    Some(Identity {
        means,
        route: route.clone(),
        is_called: false,
    })
}

/// GitLab: `AWS_ROLE_ARN` with a web identity token, which the SDKs take by themselves.
pub(super) fn of_gitlab(pipeline: &Pipeline, job: &Job) -> Option<Identity> {
    if pipeline.kind != PipelineKind::Gitlab || job.value.entries("id_tokens").is_none() {
        return None;
    }
    let role = job.value.at("variables.AWS_ROLE_ARN")?;
    let role = role.as_str().or_else(|| role.text("value"))?;
    Some(Identity {
        means: Means::Role(role.to_owned()),
        route: job.route.clone(),
        is_called: false,
    })
}

/// Keys that come out of an earlier step, or of a role that was taken, end with the job.
fn is_lasting(key: &str) -> bool {
    let key = key.trim();
    let is_made = ["steps.", "needs.", "outputs."]
        .iter()
        .any(|part| key.contains(part));
    !key.is_empty()
        && !is_made
        && !key.starts_with("ASIA")
        && !key.starts_with("$(")
        && !key.starts_with('`')
}

/// `${{ env.ROLE }}` and `$ROLE` with what the job or the pipeline says.
pub(crate) fn settled(pipeline: &Pipeline, job: &Job, text: &str) -> String {
    let levels = [
        job.value.key("env"),
        pipeline.value.key("env"),
        job.value.key("variables"),
    ];
    let found = expressions(text);
    let name = match found.as_slice() {
        [(_, _, inner)] => inner.strip_prefix("env."),
        _ => text
            .strip_prefix('$')
            .map(|name| name.trim_matches(|letter| letter == '{' || letter == '}')),
    };
    let known = name.and_then(|name| {
        levels
            .into_iter()
            .flatten()
            .find_map(|level| level.text(name))
    });
    known.unwrap_or(text).split_whitespace().collect()
}
