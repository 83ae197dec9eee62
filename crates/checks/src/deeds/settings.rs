//! What a job and its steps are set to: shell, variables, inputs, and what their failure does.

use std::collections::BTreeMap;

use sekisho_model::{Fields, Job, Pipeline, PipelineKind, Step};
use serde_json::Value;

use super::Soft;
use super::shell::{Command, Fate, Options, commands};

/// Whether the job's own failure counts.
pub(super) fn job_fate(pipeline: &Pipeline, job: &Job) -> (Fate, Option<Soft>) {
    if pipeline.kind == PipelineKind::Gitlab {
        let route = job.route.key("allow_failure");
        return match job.value.at("allow_failure") {
            Some(Value::Bool(true)) => (Fate::Ignored, Some(Soft::Field(route))),
            Some(Value::Object(_)) => (Fate::Unclear, None),
            // A job that somebody starts by hand does not hold the others up.
            None if job.value.text("when") == Some("manual") => {
                (Fate::Ignored, Some(Soft::Field(job.route.key("when"))))
            }
            _ => (Fate::Fails, None),
        };
    }
    match job.value.at("continue-on-error") {
        Some(Value::Bool(true)) => (
            Fate::Ignored,
            Some(Soft::Field(job.route.key("continue-on-error"))),
        ),
        Some(Value::String(_)) => (Fate::Unclear, None),
        _ => (Fate::Fails, None),
    }
}

/// GitHub starts `bash -e`, and `bash -eo pipefail` when a step asks for bash; GitLab's runner sets both itself.
pub(super) fn options(pipeline: &Pipeline, job: &Job, step: &Value) -> Options {
    if pipeline.kind == PipelineKind::Gitlab {
        return Options {
            errexit: true,
            pipefail: true,
        };
    }
    let shell = step
        .text("shell")
        .or_else(|| job.value.text("defaults.run.shell"))
        .or_else(|| pipeline.value.text("defaults.run.shell"));
    match shell.map(str::trim) {
        None | Some("sh") => Options {
            errexit: true,
            pipefail: false,
        },
        Some("bash") => Options {
            errexit: true,
            pipefail: true,
        },
        Some(custom) => {
            let flags: Vec<&str> = custom
                .split_whitespace()
                .skip(1)
                .filter(|word| word.starts_with('-') && !word.starts_with("--"))
                .collect();
            Options {
                errexit: flags.iter().any(|flag| flag.contains('e')),
                pipefail: custom.contains("pipefail"),
            }
        }
    }
}

/// The variables of a job that are written out: of the workflow, then of the job.
pub(super) fn environment(pipeline: &Pipeline, job: &Job) -> BTreeMap<String, String> {
    if pipeline.kind == PipelineKind::Gitlab {
        return known_variables(&job.value, "variables");
    }
    let mut known = known_variables(&pipeline.value, "env");
    known.extend(known_variables(&job.value, "env"));
    known
}

pub(super) fn known_variables(value: &Value, field: &str) -> BTreeMap<String, String> {
    let entries = value.entries(field).into_iter().flatten();
    entries
        .filter_map(|(name, value)| {
            let text = match value.key("value").unwrap_or(value) {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                _ => return None,
            };
            (!text.contains('$')).then(|| (name.clone(), text))
        })
        .collect()
}

/// An input of a step, without regard to case; numbers and booleans as text.
pub(super) fn input_of(step: &Value, input: &str) -> Option<String> {
    let entries = step.entries("with")?;
    let (_, value) = entries
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(input))?;
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The commands of each step of a job.
pub(crate) fn job_commands<'a>(pipeline: &Pipeline, job: &'a Job) -> Vec<(&'a Step, Vec<Command>)> {
    let known = environment(pipeline, job);
    let steps = job
        .steps
        .iter()
        .filter_map(|step| Some((step, step.run.as_ref()?)));
    steps
        .map(|(step, (script, _))| {
            let mut known = known.clone();
            known.extend(known_variables(&step.value, "env"));
            (
                step,
                commands(script, options(pipeline, job, &step.value), &known),
            )
        })
        .collect()
}

/// Names of steps that only prepare: `Install e2e tools`.
pub(super) fn is_setup(step: &Value) -> bool {
    step.text("name").is_some_and(|name| {
        super::words::parts(name).any(|word| {
            matches!(
                word.as_str(),
                "install" | "setup" | "build" | "upload" | "download" | "prepare"
            )
        })
    })
}
