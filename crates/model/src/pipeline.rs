use std::sync::Arc;

use sekisho_text::Route;
use serde_json::Value;

use crate::{Phrase, Place, Source};

/// What runs a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PipelineKind {
    /// A workflow of GitHub Actions.
    GithubWorkflow,
    /// A composite action of GitHub Actions.
    GithubAction,
    /// GitLab CI.
    Gitlab,
    /// `dependabot.yml`.
    Dependabot,
    /// `renovate.json` and its like.
    Renovate,
}

impl PipelineKind {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::GithubWorkflow => "GitHub workflow",
            Self::GithubAction => "GitHub action",
            Self::Gitlab => "GitLab pipeline",
            Self::Dependabot => "Dependabot configuration",
            Self::Renovate => "Renovate configuration",
        }
    }
}

/// One pipeline definition: a file, with what it includes from the same repository.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// What runs it.
    pub kind: PipelineKind,
    /// Path of its file.
    pub path: String,
    /// The repository's folder, with its last `/`; empty when that is where the reading began.
    pub root: String,
    /// Its name; the path when it has none.
    pub name: String,
    /// The whole definition as JSON; routes are relative to it.
    pub value: Value,
    /// Its jobs, in order. A composite action has one, `runs`.
    pub jobs: Vec<Job>,
    /// What of it could not be read.
    pub gaps: Vec<Gap>,
    /// Its text.
    pub source: Source,
    /// Where it lives.
    pub place: Arc<Place>,
}

/// A part of a pipeline that stands elsewhere or is known only when it runs. Nothing counts as absent because of it.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The field that names it.
    pub route: Route,
    /// What it is.
    pub reason: Phrase,
}

/// One job of a pipeline.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// Its place in the definition: `jobs.build`.
    pub route: Route,
    /// The job as JSON. Of GitLab, with what it extends and inherits.
    pub value: Value,
    /// Its steps, in order. Of GitLab, one for each command of its scripts.
    pub steps: Vec<Step>,
    /// The jobs that must succeed before it; of GitLab those of earlier stages too.
    pub needs: Vec<String>,
    /// The pipeline that it calls instead of having steps.
    pub calls: Option<Called>,
    /// What of it could not be read.
    pub gaps: Vec<Gap>,
    /// The file it stands in, when that is not the file of its pipeline.
    pub home: Option<Arc<Home>>,
}

/// A file that a pipeline includes.
#[derive(Debug, Clone)]
pub struct Home {
    /// Its text.
    pub source: Source,
    /// Its value; routes of the jobs in it are relative to this.
    pub value: Value,
}

/// A reusable workflow, a composite action or a child pipeline that is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// One of the same repository, by its place in the estate.
    Local(usize),
    /// One that is not among the files.
    Elsewhere(String),
}

/// One step of a job.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its place in the definition: `jobs.build.steps[2]`.
    pub route: Route,
    /// The step as JSON; a text for a command of GitLab.
    pub value: Value,
    /// The action it uses, `owner/name/path@version`.
    pub uses: Option<String>,
    /// The shell text it runs, with its place.
    pub run: Option<(String, Route)>,
    /// The composite action of the same repository that it uses.
    pub calls: Option<Called>,
    /// It runs after the job's result is settled: `after_script` of GitLab.
    pub is_after: bool,
}
