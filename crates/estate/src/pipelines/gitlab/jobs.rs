use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Called, Gap, Job, Phrase, Step, phrase};
use serde_json::Value;

use super::includes::Sources;
use super::inherit::inherit;
use super::merge::{Book, Merged, Origin};
use super::references::settled;

/// Keys of the top level that are no jobs.
const RESERVED: [&str; 11] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];

/// The names of the jobs that run; a template's begins with a dot.
pub(super) fn names(sources: &Sources) -> BTreeSet<String> {
    let all = sources
        .layers
        .iter()
        .filter_map(|layer| layer.value.as_object())
        .flatten();
    all.filter(|(name, value)| {
        value.is_object() && !name.starts_with('.') && !RESERVED.contains(&name.as_str())
    })
    .map(|(name, _)| name.clone())
    .collect()
}

/// One job as it runs.
pub(super) fn job(book: &mut Book<'_>, name: &str) -> Option<Job> {
    let mut merged = Merged::clone(book.named(name)?.as_ref());
    inherit(book, &mut merged);
    let own = merged.own.clone()?;
    let mut reasons: Vec<Phrase> = Vec::new();
    for base in &merged.missing {
        reasons.push(phrase!(
            en: "job `{name}` extends `{base}`, which was not read",
            ja: "job `{name}` が extends する `{base}` を読み取れない"
        ));
    }
    let value = settled(book, &Value::Object(merged.value.clone()), &mut reasons);
    if value.get("run").is_some() {
        reasons.push(phrase!(
            en: "job `{name}` is made of CI steps (`run`), which are not read",
            ja: "job `{name}` の CI steps (`run`) は読み取っていない"
        ));
    }
    let calls = called(&value, name, &mut reasons);
    let at = |reason| Gap {
        route: own.route.clone(),
        reason,
    };
    Some(Job {
        id: name.to_owned(),
        steps: steps(&merged, &value, &own),
        needs: Vec::new(),
        calls,
        gaps: reasons.into_iter().map(at).collect(),
        home: own.home.clone(),
        route: own.route.clone(),
        value,
    })
}

/// One step for each command. A command that comes from another file is told at the job.
fn steps(merged: &Merged, value: &Value, own: &Origin) -> Vec<Step> {
    let mut steps = Vec::new();
    for section in ["before_script", "script", "after_script"] {
        let origin = merged.origins.get(section);
        let base = origin.filter(|origin| is_same(origin, own));
        let mut add = |index: Option<usize>, text: &str| {
            let route = match (base, index) {
                (Some(origin), Some(index)) => origin.route.index(index),
                (Some(origin), None) => origin.route.clone(),
                (None, _) => own.route.clone(),
            };
            steps.push(Step {
                value: text.into(),
                uses: None,
                run: Some((text.to_owned(), route.clone())),
                calls: None,
                is_after: section == "after_script",
                route,
            });
        };
        match value.get(section) {
            Some(Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    flat(item, &mut |text| add(Some(index), text));
                }
            }
            Some(Value::String(text)) => add(None, text),
            _ => {}
        }
    }
    steps
}

fn is_same(a: &Origin, b: &Origin) -> bool {
    let file = |origin: &Origin| origin.home.as_ref().map(|home| home.source.file);
    file(a) == file(b)
}

/// Lists in lists are one list; the reader has bounded their depth.
fn flat(item: &Value, add: &mut dyn FnMut(&str)) {
    match item {
        Value::String(text) => add(text),
        Value::Array(items) => items.iter().for_each(|item| flat(item, add)),
        _ => {}
    }
}

/// The pipeline that a job starts.
fn called(job: &Value, name: &str, reasons: &mut Vec<Phrase>) -> Option<Called> {
    let trigger = job.get("trigger")?;
    let include = match trigger.get("include") {
        Some(Value::Array(items)) => items.first(),
        other => other,
    };
    let local = include.and_then(|include| {
        include
            .as_str()
            .or_else(|| include.get("local").and_then(Value::as_str))
    });
    if let Some(path) = local {
        return Some(Called::Elsewhere(path.trim_start_matches('/').to_owned()));
    }
    reasons.push(phrase!(
        en: "job `{name}` starts a pipeline of another project, or one that is made while it runs",
        ja: "job `{name}` は別プロジェクトのパイプライン、または実行時に生成されるパイプラインを起動する"
    ));
    None
}

/// Fills in what each job waits for: what it names, or else the jobs of all earlier stages.
pub(super) fn order(jobs: &mut [Job], book: &Book<'_>) {
    let stages = book.global("stages").map(|(value, _)| value);
    let mut stages: Vec<String> = match stages {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => ["build", "test", "deploy"].map(str::to_owned).to_vec(),
    };
    stages.retain(|stage| stage != ".pre" && stage != ".post");
    let rank = |job: &Job| match job.value.get("stage").and_then(Value::as_str) {
        Some(".pre") => 0,
        Some(".post") => stages.len() + 1,
        stage => {
            stages
                .iter()
                .position(|name| name == stage.unwrap_or("test"))
                .unwrap_or(stages.len())
                + 1
        }
    };
    let mut by_rank: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for job in jobs.iter() {
        by_rank.entry(rank(job)).or_default().push(job.id.clone());
    }
    for job in jobs.iter_mut() {
        job.needs = match job.value.get("needs") {
            Some(Value::Array(needs)) => {
                needs.iter().filter_map(needed).map(str::to_owned).collect()
            }
            _ => by_rank
                .range(..rank(job))
                .flat_map(|(_, names)| names.iter().cloned())
                .collect(),
        };
    }
}

fn needed(need: &Value) -> Option<&str> {
    need.as_str().or_else(|| need.get("job")?.as_str())
}
