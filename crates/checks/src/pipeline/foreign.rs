//! Which text of a workflow comes from people without rights on the repository.

use sekisho_model::{Fields, Job, Pipeline, PipelineKind, Step};
use serde_json::Value;

use crate::deeds::events;
use crate::deeds::expression::{is_foreign, reaching};

/// Events that strangers cause and that run with the secrets and the token of the repository itself.
pub(crate) const OUTSIDE: [&str; 6] = [
    "pull_request_target",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
    "workflow_run",
];

/// True when strangers start the workflow with the rights of the repository.
pub(crate) fn is_started_from_outside(pipeline: &Pipeline) -> bool {
    events(pipeline)
        .iter()
        .any(|event| OUTSIDE.contains(&event.as_str()))
}

/// The first context in an expression that strangers write; what they write into `env` counts too.
pub(crate) fn foreign_context(
    pipeline: &Pipeline,
    job: &Job,
    step: Option<&Step>,
    expression: &str,
) -> Option<String> {
    let levels = [
        step.and_then(|step| step.value.key("env")),
        job.value.key("env"),
        pipeline.value.key("env"),
    ];
    reaching(expression).into_iter().find(|context| {
        let variable = context.strip_prefix("env.");
        is_foreign(context) || variable.is_some_and(|name| is_foreign_variable(&levels, name))
    })
}

fn is_foreign_variable(levels: &[Option<&Value>], name: &str) -> bool {
    let mut values = levels.iter().flatten().filter_map(|level| {
        let mut entries = level.as_object()?.iter();
        entries.find(|(key, _)| key.eq_ignore_ascii_case(name))
    });
    let Some((_, Value::String(text))) = values.next() else {
        return false;
    };
    let inside = crate::deeds::expression::expressions(text);
    let mut contexts = inside.into_iter().flat_map(|(_, _, inner)| reaching(inner));
    contexts.any(|context| is_foreign(&context))
}

/// True of the kinds that GitHub runs.
pub(crate) fn is_github(pipeline: &Pipeline) -> bool {
    matches!(
        pipeline.kind,
        PipelineKind::GithubWorkflow | PipelineKind::GithubAction
    )
}

/// The inputs of a step whose text is run as a program.
pub(crate) fn scripts(step: &Step) -> Vec<(&'static str, &str)> {
    let mut scripts = Vec::new();
    if let Some((run, _)) = &step.run {
        scripts.push(("run", run.as_str()));
    }
    for (field, name) in [
        ("with.script", "script"),
        ("with.inlineScript", "inlineScript"),
    ] {
        let inputs = step.value.key("with");
        if let Some(text) = inputs.and_then(|inputs| inputs.text(name)) {
            scripts.push((field, text));
        }
    }
    scripts
}
