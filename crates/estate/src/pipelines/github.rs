use std::collections::BTreeMap;

use sekisho_model::{Called, Fields, Gap, Job, Pipeline, PipelineKind, Step, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::files::{Files, root_of};

/// A workflow of GitHub Actions.
pub(super) fn workflow(files: &Files<'_>, file: usize, number: usize) -> Pipeline {
    let value = json(files, file, number);
    let root = root_of(files.path(file));
    let mut pipeline = files.begin(file, number, PipelineKind::GithubWorkflow, root, value);
    let base = Route::of("jobs");
    let all = pipeline.value.entries("jobs").into_iter().flatten();
    pipeline.jobs = all
        .map(|(id, job)| {
            let route = base.key(id.clone());
            Job {
                id: id.clone(),
                steps: steps(job, &route.key("steps")),
                needs: words(job.key("needs")),
                calls: job
                    .text("uses")
                    .map(|uses| Called::Elsewhere(uses.to_owned())),
                gaps: Vec::new(),
                home: None,
                value: job.clone(),
                route,
            }
        })
        .collect();
    pipeline
}

/// An action with its own steps; one that runs a program or a container has none to read.
pub(super) fn action(files: &Files<'_>, file: usize, number: usize) -> Pipeline {
    let value = json(files, file, number);
    let root = repository(files, files.path(file));
    let mut pipeline = files.begin(file, number, PipelineKind::GithubAction, &root, value);
    let route = Route::of("runs");
    let runs = pipeline.value.key("runs").cloned().unwrap_or_default();
    if runs.text("using") == Some("composite") {
        pipeline.jobs.push(Job {
            id: "runs".to_owned(),
            steps: steps(&runs, &route.key("steps")),
            needs: Vec::new(),
            calls: None,
            gaps: Vec::new(),
            home: None,
            value: runs,
            route,
        });
    } else {
        let path = &pipeline.path;
        let reason = phrase!(
            en: "the action in {path} runs a program or a container that is not read",
            ja: "{path} の action はプログラムまたはコンテナを実行し、その中身は読み取っていない"
        );
        pipeline.gaps.push(Gap { route, reason });
    }
    pipeline
}

/// The repository of an action: the nearest folder above it that has workflows, else the folder above `.github` or itself.
fn repository(files: &Files<'_>, path: &str) -> String {
    let mut folder = root_of(path);
    loop {
        let workflows = format!("{folder}.github/workflows/");
        if !files.below(&workflows).is_empty() {
            return folder.to_owned();
        }
        let Some(above) = folder.strip_suffix('/') else {
            return root_of(path).to_owned();
        };
        folder = above
            .rfind('/')
            .and_then(|end| above.get(..=end))
            .unwrap_or("");
    }
}

fn json(files: &Files<'_>, file: usize, number: usize) -> Value {
    files
        .document(file, number)
        .map(sekisho_yaml::Document::to_json)
        .unwrap_or_default()
}

fn steps(job: &Value, base: &Route) -> Vec<Step> {
    let all = job.items("steps").iter().enumerate();
    all.map(|(index, step)| {
        let route = base.index(index);
        let uses = step.text("uses").map(str::trim).map(str::to_owned);
        Step {
            calls: uses
                .clone()
                .filter(|uses| uses.starts_with("./") || uses.starts_with("../"))
                .map(Called::Elsewhere),
            uses,
            run: step
                .text("run")
                .map(|run| (run.to_owned(), route.key("run"))),
            is_after: false,
            route,
            value: step.clone(),
        }
    })
    .collect()
}

/// A text or a list of texts.
pub(super) fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// Finds the workflows and actions of the same repository that are called.
pub(super) fn join(pipeline: &mut Pipeline, known: &BTreeMap<String, usize>) {
    if !matches!(
        pipeline.kind,
        PipelineKind::GithubWorkflow | PipelineKind::GithubAction
    ) {
        return;
    }
    for job in &mut pipeline.jobs {
        if let Some(Called::Elsewhere(uses)) = &job.calls {
            let called = inside(&pipeline.root, uses).and_then(|path| known.get(&path).copied());
            if let Some(called) = called {
                job.calls = Some(Called::Local(called));
            } else {
                let reason = phrase!(
                    en: "it calls the workflow `{uses}`, which is not among the files",
                    ja: "呼び出しているワークフロー `{uses}` は読み取ったファイルの中にない"
                );
                job.gaps.push(Gap {
                    route: job.route.key("uses"),
                    reason,
                });
            }
        }
        for step in &mut job.steps {
            let Some(Called::Elsewhere(uses)) = &step.calls else {
                continue;
            };
            let folder = inside(&pipeline.root, uses);
            let called = folder.and_then(|folder| {
                let found = ["action.yml", "action.yaml"]
                    .iter()
                    .find_map(|name| known.get(&beside(&folder, name)));
                found.copied()
            });
            if let Some(called) = called {
                step.calls = Some(Called::Local(called));
            } else {
                let reason = phrase!(
                    en: "it uses the action `{uses}`, which is not among the files",
                    ja: "使用している action `{uses}` は読み取ったファイルの中にない"
                );
                job.gaps.push(Gap {
                    route: step.route.key("uses"),
                    reason,
                });
            }
        }
    }
}

/// `./x` is relative to the repository; it may not climb out of it.
fn inside(root: &str, uses: &str) -> Option<String> {
    let relative = uses.strip_prefix("./")?.trim_end_matches('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(format!("{root}{}", parts.join("/")))
}

fn beside(folder: &str, name: &str) -> String {
    if folder.is_empty() || folder.ends_with('/') {
        format!("{folder}{name}")
    } else {
        format!("{folder}/{name}")
    }
}
