use std::collections::BTreeMap;

use sekisho_model::{Called, Estate, Fields, Job, Phrase, Pipeline, PipelineKind, Step, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::aws::{self, Identity};
use super::condition::Condition;
use super::scanners::Act;
use super::settings::{environment, input_of, is_setup, job_fate, known_variables, options};
use super::shell::{Fate, commands};
use super::words::{Stage, speaks_of_path_tests, speaks_of_shipping};
use super::{Deed, Done, Soft, actions, programs};

/// Called workflows and actions behind one another; GitHub allows ten.
const DEEPEST: usize = 10;
/// What one job may do, called workflows included.
const MOST: usize = 5_000;
/// The calls behind one job; GitHub allows fifty workflows.
const MOST_CALLS: usize = 200;

/// What one job does.
#[derive(Debug, Clone)]
pub(crate) struct JobDeeds {
    pub(crate) done: Vec<Done>,
    /// What of it was not read, and may do more.
    pub(crate) gaps: Vec<Phrase>,
    pub(crate) identities: Vec<Identity>,
    /// Where it deploys or tests, by the words in it.
    pub(crate) stage: Option<Stage>,
    /// It runs for pull requests alone.
    pub(crate) is_for_review: bool,
    /// It never runs.
    pub(crate) is_never: bool,
    /// It runs when an earlier job failed.
    pub(crate) is_on_failure: bool,
}

impl JobDeeds {
    /// True when it does this, outside of reviews.
    pub(crate) fn does(&self, deed: Deed) -> bool {
        self.first(deed).is_some()
    }

    /// The first time that it does this, outside of reviews.
    pub(crate) fn first(&self, deed: Deed) -> Option<&Done> {
        self.all(deed).next()
    }

    /// Every time that it does this, outside of reviews.
    pub(crate) fn all(&self, deed: Deed) -> impl Iterator<Item = &Done> {
        let counts = !self.is_for_review && !self.is_never;
        self.done
            .iter()
            .filter(move |done| counts && done.deed == deed && !done.is_for_review)
    }
}

/// Reads one job.
pub(super) fn of(estate: &Estate, pipeline: &Pipeline, job: &Job) -> JobDeeds {
    let mut deeds = JobDeeds {
        done: Vec::new(),
        gaps: job.gaps.iter().map(|gap| gap.reason.clone()).collect(),
        identities: Vec::new(),
        stage: None,
        is_for_review: false,
        is_never: false,
        is_on_failure: false,
    };
    let condition = Condition::of_job(pipeline, job);
    deeds.is_for_review = condition.is_for_review;
    deeds.is_never = condition.is_never;
    deeds.is_on_failure = condition.is_on_failure;
    let mut reader = Reader {
        estate,
        deeds: &mut deeds,
        open: Vec::new(),
        calls: 0,
    };
    reader.job(pipeline, job, None);
    deeds.identities.extend(aws::of_gitlab(pipeline, job));
    refine(&mut deeds, job);
    deeds.stage = stage(job);
    deeds
}

struct Reader<'a, 'b> {
    estate: &'a Estate,
    deeds: &'b mut JobDeeds,
    /// The pipelines that are being read, against cycles.
    open: Vec<usize>,
    calls: usize,
}

/// Where the caller stands, for what is read in another file.
#[derive(Clone)]
struct Caller {
    step: usize,
    route: Route,
    fate: Fate,
    soft: Option<Soft>,
    condition: Condition,
}

impl Reader<'_, '_> {
    fn job(&mut self, pipeline: &Pipeline, job: &Job, caller: Option<&Caller>) {
        let fate = job_fate(pipeline, job);
        let environment = environment(pipeline, job);
        let route = |field: &'static str| job.route.at(field);
        let is_github = pipeline.kind != PipelineKind::Gitlab;
        let keys = if is_github {
            aws::of_variables(&pipeline.value, "env", &Route::root())
                .or_else(|| aws::of_variables(&job.value, "env", &job.route))
        } else {
            aws::of_variables(&job.value, "variables", &job.route)
        };
        self.identity(keys, caller);
        if let Some(Called::Local(called)) = &job.calls {
            let own = Caller {
                step: 0,
                route: route(if is_github { "uses" } else { "trigger" }),
                fate: fate.0,
                soft: fate.1.clone(),
                condition: Condition::default(),
            };
            self.called(*called, caller.unwrap_or(&own));
        }
        if let Some(Called::Elsewhere(uses)) = &job.calls
            && (speaks_of_shipping(uses) || speaks_of_shipping(&job.id))
        {
            let route = job.route.clone();
            let here = Caller {
                step: 0,
                route,
                fate: Fate::Unclear,
                soft: None,
                condition: Condition::default(),
            };
            self.add(
                &here,
                vec![Act::of(Deed::MayShip)],
                "",
                None,
                caller.is_some(),
            );
        }
        for (index, step) in job.steps.iter().enumerate() {
            if self.deeds.done.len() >= MOST {
                return;
            }
            self.step(pipeline, job, (index, step), &fate, &environment, caller);
        }
    }

    fn called(&mut self, index: usize, caller: &Caller) {
        if self.open.contains(&index) || self.open.len() >= DEEPEST {
            return;
        }
        let Some(pipeline) = self.estate.pipelines().get(index) else {
            return;
        };
        self.calls += 1;
        if self.calls > MOST_CALLS {
            if self.calls == MOST_CALLS + 1 {
                self.deeds.gaps.push(phrase!(
                    en: "more than {MOST_CALLS} workflows and actions are called",
                    ja: "呼び出すワークフローと action が {MOST_CALLS} を超えている"
                ));
            }
            return;
        }
        self.deeds
            .gaps
            .extend(pipeline.gaps.iter().map(|gap| gap.reason.clone()));
        self.open.push(index);
        for job in &pipeline.jobs {
            self.deeds
                .gaps
                .extend(job.gaps.iter().map(|gap| gap.reason.clone()));
            if !Condition::of_job(pipeline, job).is_never {
                self.job(pipeline, job, Some(caller));
            }
        }
        self.open.pop();
    }

    fn identity(&mut self, identity: Option<Identity>, caller: Option<&Caller>) {
        self.deeds.identities.extend(identity.map(|mut identity| {
            if let Some(caller) = caller {
                identity.route = caller.route.clone();
                identity.is_called = true;
            }
            identity
        }));
    }

    fn step(
        &mut self,
        pipeline: &Pipeline,
        job: &Job,
        (index, step): (usize, &Step),
        of_job: &(Fate, Option<Soft>),
        environment: &BTreeMap<String, String>,
        caller: Option<&Caller>,
    ) {
        let condition = Condition::of_value(&step.value);
        if condition.is_never {
            return;
        }
        let (mut fate, mut soft) = of_job.clone();
        match step.value.at("continue-on-error") {
            Some(Value::Bool(true)) => {
                fate = Fate::Ignored;
                soft = Some(Soft::Field(step.route.key("continue-on-error")));
            }
            Some(Value::String(_)) => fate = fate.max(Fate::Unclear),
            _ => {}
        }
        if step.is_after {
            fate = Fate::Ignored;
            soft = Some(Soft::Shell);
        }
        let mut environment = environment.clone();
        environment.extend(known_variables(&step.value, "env"));
        self.identity(aws::of_variables(&step.value, "env", &step.route), caller);
        let here = Caller {
            step: index,
            route: step.route.clone(),
            fate,
            soft,
            condition,
        };
        let here = caller.map_or_else(|| here.clone(), |outer| outer.around(&here));
        if let Some(uses) = &step.uses {
            self.identity(aws::of_action(uses, &step.value, &step.route), caller);
            let with = |input: &str| input_of(&step.value, input);
            let acts = actions::of_action(uses, &with, &environment);
            self.add(&here, acts, &actions::name(uses), None, caller.is_some());
            if let Some(Called::Local(called)) = &step.calls {
                self.called(*called, &here);
            }
        }
        if let Some((script, route)) = &step.run {
            let options = options(pipeline, job, &step.value);
            for command in commands(script, options, &environment) {
                self.identity(aws::of_command(&command, route), caller);
                let acts = programs::of_command(&command);
                self.add(
                    &here,
                    acts,
                    command.program(),
                    Some(command.fate),
                    caller.is_some(),
                );
            }
        }
        let names = [
            step.value.text("name"),
            Some(job.id.as_str()),
            job.value.text("name"),
        ];
        let is_path_test = names.into_iter().flatten().any(speaks_of_path_tests);
        if is_path_test && (step.run.is_some() || step.calls.is_some()) && !is_setup(&step.value) {
            self.add(
                &here,
                vec![Act::of(Deed::TestsPaths)],
                "",
                None,
                caller.is_some(),
            );
        }
    }

    fn add(
        &mut self,
        here: &Caller,
        acts: Vec<Act>,
        tool: &str,
        fate: Option<Fate>,
        is_called: bool,
    ) {
        for act in acts {
            let mut done = Done {
                deed: act.deed,
                step: here.step,
                route: here.route.clone(),
                fate: here.fate,
                soft: here.soft.clone(),
                tool: tool.to_owned(),
                is_for_review: here.condition.is_for_review,
                is_on_failure: here.condition.is_on_failure,
                is_called,
            };
            if act.is_unclear {
                done.fate = done.fate.max(Fate::Unclear);
            }
            if let Some(fate) = fate.filter(|fate| *fate > done.fate) {
                done.fate = fate;
                done.soft = (fate == Fate::Ignored).then_some(Soft::Shell);
            }
            if act.soft.is_some() {
                done.fate = Fate::Ignored;
                done.soft = act.soft;
            }
            self.deeds.done.push(done);
        }
    }
}

impl Caller {
    /// A step in a called file, seen from the caller.
    fn around(&self, inner: &Self) -> Self {
        let is_worse = inner.fate > self.fate;
        Self {
            step: self.step,
            route: self.route.clone(),
            fate: self.fate.max(inner.fate),
            soft: if is_worse {
                inner.soft.clone()
            } else {
                self.soft.clone()
            },
            condition: Condition {
                is_never: false,
                is_for_review: self.condition.is_for_review || inner.condition.is_for_review,
                is_on_failure: self.condition.is_on_failure || inner.condition.is_on_failure,
            },
        }
    }
}

/// What only the whole job shows: a cluster of its own makes deployments tests, and commits to manifests are deployments.
fn refine(deeds: &mut JobDeeds, job: &Job) {
    let has = |deed: Deed| deeds.done.iter().any(|done| done.deed == deed);
    let is_own_cluster = has(Deed::StartsCluster);
    let names_manifests = |step: &Step| {
        let checkout = step.value.text("with.repository");
        let run = step
            .run
            .as_ref()
            .map(|(script, _)| script.as_str())
            .filter(|script| script.contains("git clone"));
        let words = checkout
            .into_iter()
            .chain(run)
            .flat_map(super::words::parts);
        words.into_iter().any(|word| {
            matches!(
                word.as_str(),
                "gitops"
                    | "manifests"
                    | "manifest"
                    | "deploy"
                    | "deployment"
                    | "deployments"
                    | "argocd"
                    | "k8s"
                    | "kubernetes"
                    | "config"
                    | "infra"
            )
        })
    };
    let is_gitops = has(Deed::EditsManifests) || job.steps.iter().any(names_manifests);
    for done in &mut deeds.done {
        match done.deed {
            Deed::Deploys if is_own_cluster => done.deed = Deed::TestsPaths,
            Deed::PushesCommits if is_gitops => done.deed = Deed::Deploys,
            _ => {}
        }
    }
}

/// The stage that a job's environment, name or commands speak of; what it calls itself counts before what it runs.
fn stage(job: &Job) -> Option<Stage> {
    let environment = job
        .value
        .text("environment")
        .or_else(|| job.value.text("environment.name"));
    let mut texts: Vec<&str> = environment.into_iter().collect();
    texts.push(&job.id);
    texts.extend(job.value.text("name"));
    let inputs = job.value.entries("with").into_iter().flatten();
    texts.extend(inputs.filter_map(|(_, value)| value.as_str()));
    if let Some(stage) = texts.iter().find_map(|text| Stage::of(text)) {
        return Some(stage);
    }
    let runs = job.steps.iter().filter_map(|step| step.run.as_ref());
    // Of several the gravest: `make test && helm upgrade shop -f values-prod.yaml`.
    runs.filter_map(|(script, _)| Stage::of(script)).max()
}
