//! Pipeline definitions, told apart by what stands in them.

use std::sync::Arc;

use sekisho_model::{Fields, Job, Pipeline, PipelineKind, Place, Source, Step};
use sekisho_text::Route;
use sekisho_yaml::Document;
use serde_json::Value;

/// The pipeline that a document is, if it is one.
pub(crate) fn of_document(
    document: &Document,
    path: &str,
    file: usize,
    number: usize,
    place: &Arc<Place>,
) -> Option<Pipeline> {
    let root = document.root();
    let has = |key: &str| root.get(key).is_some();
    // YAML 1.1 reads the key `on` as true.
    let is_workflow = has("jobs") && (has("on") || has("true")) && !has("apiVersion");
    if !is_workflow {
        return None;
    }
    let value = document.to_json();
    Some(Pipeline {
        kind: PipelineKind::GithubWorkflow,
        path: path.to_owned(),
        name: value.text("name").unwrap_or(path).to_owned(),
        jobs: jobs(&value),
        value,
        source: Source {
            file,
            document: number,
            base: Route::root(),
        },
        place: Arc::clone(place),
    })
}

fn jobs(workflow: &Value) -> Vec<Job> {
    let base = Route::of("jobs");
    let all = workflow.entries("jobs").into_iter().flatten();
    all.map(|(id, job)| {
        let route = base.key(id.clone());
        Job {
            id: id.clone(),
            steps: steps(job, &route.key("steps")),
            route,
            value: job.clone(),
        }
    })
    .collect()
}

fn steps(job: &Value, base: &Route) -> Vec<Step> {
    let all = job.items("steps").iter().enumerate();
    all.map(|(index, step)| {
        let route = base.index(index);
        Step {
            uses: step.text("uses").map(str::to_owned),
            run: step
                .text("run")
                .map(|run| (run.to_owned(), route.key("run"))),
            route,
            value: step.clone(),
        }
    })
    .collect()
}
