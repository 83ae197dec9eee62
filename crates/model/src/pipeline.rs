use std::sync::Arc;

use sekisho_text::Route;
use serde_json::Value;

use crate::{Place, Source};

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

/// One pipeline definition: a file, or what it includes from the same repository.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// What runs it.
    pub kind: PipelineKind,
    /// Path of its file.
    pub path: String,
    /// Its name; the path when it has none.
    pub name: String,
    /// The whole definition as JSON; routes are relative to it.
    pub value: Value,
    /// Its jobs, in order.
    pub jobs: Vec<Job>,
    /// Its text.
    pub source: Source,
    /// Where it lives.
    pub place: Arc<Place>,
}

/// One job of a pipeline.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its key.
    pub id: String,
    /// Its place in the definition: `jobs.build`.
    pub route: Route,
    /// The job as JSON.
    pub value: Value,
    /// Its steps, in order. Of GitLab, one for each command of its scripts.
    pub steps: Vec<Step>,
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
}
