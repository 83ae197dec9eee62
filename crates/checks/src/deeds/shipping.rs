use std::collections::BTreeMap;

use sekisho_model::{Estate, Fields, Phrase, Pipeline, PipelineKind};
use serde_json::Value;

use super::condition::texts;
use super::job::{self, JobDeeds};
use super::{Deed, Done, Stage};

/// Beyond this, only the jobs count that a job names itself.
const MOST_STEPS: usize = 20_000_000;

/// What all pipelines do, in the order of the estate.
#[derive(Debug)]
pub(crate) struct Deeds {
    all: Vec<PipelineDeeds>,
}

impl Deeds {
    pub(crate) fn of(estate: &Estate) -> Self {
        let pipelines = estate.pipelines().iter();
        Self {
            all: pipelines
                .map(|pipeline| PipelineDeeds::of(estate, pipeline))
                .collect(),
        }
    }

    /// What one pipeline does.
    pub(crate) fn get(&self, pipeline: usize) -> Option<&PipelineDeeds> {
        self.all.get(pipeline)
    }
}

/// What one pipeline does.
#[derive(Debug)]
pub(crate) struct PipelineDeeds {
    /// In the order of its jobs.
    pub(crate) jobs: Vec<JobDeeds>,
    /// For each job all that must succeed before it, by number, in order.
    before: Vec<Vec<usize>>,
    /// What of it was not read.
    pub(crate) gaps: Vec<Phrase>,
    /// It runs by itself: not only when it is called by another workflow.
    pub(crate) is_started: bool,
    /// The jobs that tell people, with whether the job or one of its telling steps runs on failure.
    alerts: Vec<(usize, bool, bool)>,
    /// It runs for pull requests alone.
    is_for_review: bool,
    /// It runs for pull requests.
    takes_reviews: bool,
}

impl PipelineDeeds {
    fn of(estate: &Estate, pipeline: &Pipeline) -> Self {
        let events = events(pipeline);
        // What runs when a pull request is closed runs for what was merged.
        let merged = ["pull_request", "pull_request_target"].iter().any(|event| {
            let filter = triggers(&pipeline.value).and_then(|on| on.key(event));
            let types = texts(filter.and_then(|filter| filter.key("types")));
            types.iter().any(|kind| kind == "closed")
        });
        let is = |names: &[&str]| {
            !events.is_empty() && events.iter().all(|event| names.contains(&event.as_str()))
        };
        let jobs: Vec<JobDeeds> = pipeline
            .jobs
            .iter()
            .map(|job| job::of(estate, pipeline, job))
            .collect();
        Self {
            alerts: alerts(&jobs),
            jobs,
            before: before(pipeline),
            gaps: pipeline.gaps.iter().map(|gap| gap.reason.clone()).collect(),
            is_started: pipeline.kind == PipelineKind::Gitlab || !is(&["workflow_call"]),
            takes_reviews: events.iter().any(|event| event == "pull_request"),
            is_for_review: !merged && is(&["pull_request", "pull_request_target", "merge_group"]),
        }
    }

    /// Every time that any job does this, with the job's number.
    pub(crate) fn all(&self, deed: Deed) -> impl Iterator<Item = (usize, &Done)> {
        let counts = !self.is_for_review;
        let jobs = self.jobs.iter().enumerate().filter(move |_| counts);
        jobs.flat_map(move |(number, job)| job.all(deed).map(move |done| (number, done)))
    }

    pub(crate) fn does(&self, deed: Deed) -> bool {
        self.all(deed).next().is_some()
    }

    /// True when it sends images or changes out by itself.
    pub(crate) fn ships(&self) -> bool {
        self.is_started && (self.does(Deed::PushesImage) || self.does(Deed::Deploys))
    }

    /// True when a script that was not read may ship.
    pub(crate) fn may_ship(&self) -> bool {
        self.is_started && self.does(Deed::MayShip)
    }

    /// True when something of this kind is done, and holds up the deployment in `job`: it fails its job, which stands before it.
    pub(crate) fn holds_up(&self, gate: (usize, &Done), job: usize) -> bool {
        let (number, done) = gate;
        let deploys = self
            .jobs
            .get(job)
            .and_then(|deeds| deeds.first(Deed::Deploys));
        let is_before = self.waits(job, number)
            || (number == job && deploys.is_some_and(|deploy| done.step <= deploy.step));
        done.fate == super::Fate::Fails && is_before
    }

    /// True when manifests are judged for pull requests, and a violation fails the job.
    pub(crate) fn judges_reviews(&self) -> bool {
        let judges =
            |done: &Done| done.deed == Deed::JudgesPolicy && done.fate == super::Fate::Fails;
        self.takes_reviews
            && self
                .jobs
                .iter()
                .any(|job| !job.is_never && job.done.iter().any(judges))
    }

    /// True when people are told of a failure in this job: by a step of its own, or by a job that waits for it.
    pub(crate) fn alerts_for(&self, job: usize) -> bool {
        self.alerts.iter().any(|(number, is_for_job, is_for_step)| {
            (*number == job && *is_for_step)
                || ((*is_for_job || *is_for_step) && self.waits(*number, job))
        })
    }

    /// True when a job runs only behind another one.
    pub(crate) fn waits(&self, job: usize, first: usize) -> bool {
        self.before(job).binary_search(&first).is_ok()
    }

    /// The jobs that must succeed before this one.
    pub(crate) fn before(&self, job: usize) -> &[usize] {
        self.before.get(job).map_or(&[], Vec::as_slice)
    }

    /// The first reason why something may be hidden in what was not read.
    pub(crate) fn gap(&self) -> Option<&Phrase> {
        self.gaps
            .iter()
            .chain(self.jobs.iter().flat_map(|job| &job.gaps))
            .next()
    }

    /// The jobs that deploy to production: those that say so, or, when no job names a stage, all that deploy.
    pub(crate) fn to_production(&self) -> Vec<usize> {
        let deploys = |number: &usize| {
            self.jobs
                .get(*number)
                .is_some_and(|job| job.does(Deed::Deploys))
        };
        let deploying: Vec<usize> = (0..self.jobs.len()).filter(deploys).collect();
        if self.is_for_review {
            return Vec::new();
        }
        let stage = |number: &usize| self.jobs.get(*number).and_then(|job| job.stage);
        deploying
            .into_iter()
            .filter(|number| matches!(stage(number), Some(Stage::Production) | None))
            .collect()
    }
}

fn alerts(jobs: &[JobDeeds]) -> Vec<(usize, bool, bool)> {
    let all = jobs.iter().enumerate().filter_map(|(number, job)| {
        let mut told = job
            .done
            .iter()
            .filter(|done| done.deed == Deed::Alerts)
            .peekable();
        told.peek()?;
        Some((
            number,
            job.is_on_failure,
            told.any(|done| done.is_on_failure),
        ))
    });
    all.collect()
}

/// The events that start a workflow; empty when they are none of GitHub's.
pub(crate) fn events(pipeline: &Pipeline) -> Vec<String> {
    if pipeline.kind != PipelineKind::GithubWorkflow {
        return Vec::new();
    }
    match triggers(&pipeline.value) {
        Some(Value::Object(entries)) => entries.keys().cloned().collect(),
        other => texts(other),
    }
}

/// `on`, which YAML 1.1 reads as true.
pub(crate) fn triggers(workflow: &Value) -> Option<&Value> {
    workflow.key("on").or_else(|| workflow.key("true"))
}

/// The closure of `needs`, worked out once; a cycle, which no platform runs, ends.
fn before(pipeline: &Pipeline) -> Vec<Vec<usize>> {
    let numbers: BTreeMap<&str, usize> = pipeline
        .jobs
        .iter()
        .enumerate()
        .map(|(number, job)| (job.id.as_str(), number))
        .collect();
    let direct: Vec<Vec<usize>> = pipeline
        .jobs
        .iter()
        .map(|job| {
            job.needs
                .iter()
                .filter_map(|name| numbers.get(name.as_str()).copied())
                .collect()
        })
        .collect();
    let edges: usize = direct.iter().map(Vec::len).sum();
    if edges.saturating_mul(direct.len()) > MOST_STEPS {
        return direct
            .into_iter()
            .map(|mut jobs| {
                jobs.sort_unstable();
                jobs
            })
            .collect();
    }
    (0..direct.len())
        .map(|start| {
            let mut seen = vec![false; direct.len()];
            let mut open = vec![start];
            while let Some(job) = open.pop() {
                for next in direct.get(job).into_iter().flatten() {
                    if let Some(mark) = seen.get_mut(*next).filter(|mark| !**mark) {
                        *mark = true;
                        open.push(*next);
                    }
                }
            }
            seen.iter()
                .enumerate()
                .filter(|(_, mark)| **mark)
                .map(|(job, _)| job)
                .collect()
        })
        .collect()
}
