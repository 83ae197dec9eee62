//! When jobs and steps run.

use sekisho_model::{Fields, Job, Pipeline, PipelineKind};
use serde_json::Value;

/// True of a condition that is written out as false.
fn runs_never(value: &Value) -> bool {
    match value.at("if") {
        Some(Value::Bool(runs)) => !runs,
        Some(Value::String(text)) => bare(text) == "false",
        _ => false,
    }
}

fn bare(condition: &str) -> String {
    let text = condition.trim();
    let text = text
        .strip_prefix("${{")
        .and_then(|text| text.strip_suffix("}}"))
        .unwrap_or(text);
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('"', "'")
        .to_lowercase()
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Condition {
    pub(super) is_never: bool,
    pub(super) is_for_review: bool,
    pub(super) is_on_failure: bool,
}

impl Condition {
    pub(super) fn of_value(value: &Value) -> Self {
        let text = value.text("if").map(bare).unwrap_or_default();
        Self {
            is_never: runs_never(value),
            is_for_review: is_review(&text),
            // `always()` is for failures too.
            is_on_failure: (text.contains("failure()") && !text.contains("!failure()"))
                || (text.contains("always()") && !text.contains("success")),
        }
    }

    pub(super) fn of_job(pipeline: &Pipeline, job: &Job) -> Self {
        if pipeline.kind != PipelineKind::Gitlab {
            return Self::of_value(&job.value);
        }
        let rules = job.value.items("rules");
        let review = |text: &str| {
            text.contains("merge_request_event") && !text.contains("!=") && !text.contains("||")
        };
        let only = texts(job.value.key("only"));
        let is_never_rule = |rule: &Value| rule.text("when") == Some("never");
        let running: Vec<&Value> = rules.iter().filter(|rule| !is_never_rule(rule)).collect();
        Self {
            is_never: job.value.text("when") == Some("never")
                || (!rules.is_empty() && running.is_empty()),
            is_for_review: (!running.is_empty()
                && running
                    .iter()
                    .all(|rule| rule.text("if").is_some_and(review)))
                || (!only.is_empty() && only.iter().all(|name| name == "merge_requests")),
            is_on_failure: job.value.text("when") == Some("on_failure")
                || (!running.is_empty()
                    && running
                        .iter()
                        .all(|rule| rule.text("when") == Some("on_failure"))),
        }
    }
}

fn is_review(text: &str) -> bool {
    let is_or = text.contains("||");
    !is_or
        && [
            "github.event_name == 'pull_request'",
            "'pull_request' == github.event_name",
            "github.event_name == 'pull_request_target'",
        ]
        .iter()
        .any(|part| text.contains(part))
}

/// A text or a list of texts.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::Object(entries)) => texts(entries.get("refs")),
        _ => Vec::new(),
    }
}
