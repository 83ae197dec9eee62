//! Pipeline definitions, told apart by their place in the repository and by what stands in them; one file per platform.

mod files;
mod github;
mod gitlab;
mod manifests;
mod marked;
mod updates;

use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::{Pipeline, PipelineKind, Place};
use sekisho_yaml::{Document, Value};

use files::Files;
pub(crate) use manifests::is_manifest;

/// A file that was read.
pub(crate) struct Seen<'a> {
    pub(crate) path: &'a str,
    pub(crate) documents: &'a [Document],
    pub(crate) place: &'a Arc<Place>,
}

/// What the files define.
#[derive(Default)]
pub(crate) struct Pipelines {
    pub(crate) all: Vec<Pipeline>,
    /// Documents that belong to a pipeline: files with the number of the document.
    pub(crate) parts: BTreeSet<(usize, usize)>,
}

/// The pipeline that a document defines by itself, if any.
pub(crate) fn kind_of(document: &Document, path: &str) -> Option<PipelineKind> {
    let root = document.root();
    let has = |key: &str| root.get(key).is_some();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_github = |below: &str| folder == below || folder.ends_with(&format!("/{below}"));
    // YAML 1.1 reads the key `on` as true.
    let is_workflow = has("jobs")
        && (in_github(".github/workflows") || ((has("on") || has("true")) && !has("apiVersion")));
    if is_workflow {
        return Some(PipelineKind::GithubWorkflow);
    }
    match name {
        "action.yml" | "action.yaml" if has("runs") && !has("apiVersion") => {
            Some(PipelineKind::GithubAction)
        }
        ".gitlab-ci.yml" | ".gitlab-ci.yaml"
            if root.value() == Value::Mapping && !is_head(document) =>
        {
            Some(PipelineKind::Gitlab)
        }
        "dependabot.yml" | "dependabot.yaml" if in_github(".github") => {
            Some(PipelineKind::Dependabot)
        }
        "renovate.json" | ".renovaterc" | ".renovaterc.json" => Some(PipelineKind::Renovate),
        "package.json" if has("renovate") => Some(PipelineKind::Renovate),
        _ => None,
    }
}

/// The first document of a GitLab file may hold its inputs alone.
fn is_head(document: &Document) -> bool {
    let root = document.root();
    root.get("spec").is_some() && root.entries().len() == 1
}

/// Reads all pipelines, with what they take from other files of the same repository.
pub(crate) fn read(seen: &[Seen<'_>]) -> Pipelines {
    let mut files = Files::of(seen);
    let mut found = Pipelines::default();
    for (file, number, kind) in files.defined() {
        match kind {
            PipelineKind::GithubWorkflow => found.all.push(github::workflow(&files, file, number)),
            PipelineKind::GithubAction => found.all.push(github::action(&files, file, number)),
            PipelineKind::Gitlab => gitlab::read(&mut files, file, number, &mut found.all),
            PipelineKind::Dependabot | PipelineKind::Renovate => {
                found.all.push(updates::read(&files, file, number, kind));
            }
        }
    }
    found.parts = files.into_parts();
    let all = &mut found.all;
    all.sort_by_key(|pipeline| (pipeline.source.file, pipeline.source.document));
    let mut known = std::collections::BTreeMap::new();
    for (index, pipeline) in found.all.iter().enumerate() {
        known.entry(pipeline.path.clone()).or_insert(index);
    }
    for pipeline in &mut found.all {
        github::join(pipeline, &known);
        gitlab::join(pipeline, &known);
    }
    found
}
