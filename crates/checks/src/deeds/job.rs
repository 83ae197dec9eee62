use std::collections::BTreeMap;

use sekisho_model::{Called, Estate, Fields, Job, Phrase, Pipeline, PipelineKind, Step, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::aws::{self, Identity};
use super::scanners::Act;
use super::shell::{Fate, Options, commands};
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

/// True of a condition that is written out as false.
pub(crate) fn runs_never(value: &Value) -> bool {
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
struct Condition {
    is_never: bool,
    is_for_review: bool,
    is_on_failure: bool,
}

impl Condition {
    fn of_value(value: &Value) -> Self {
        let text = value.text("if").map(bare).unwrap_or_default();
        Self {
            is_never: runs_never(value),
            is_for_review: is_review(&text),
            // `always()` is for failures too.
            is_on_failure: (text.contains("failure()") && !text.contains("!failure()"))
                || (text.contains("always()") && !text.contains("success")),
        }
    }

    fn of_job(pipeline: &Pipeline, job: &Job) -> Self {
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

/// Names of steps that only prepare: `Install e2e tools`.
fn is_setup(step: &Value) -> bool {
    step.text("name").is_some_and(|name| {
        super::words::parts(name).any(|word| {
            matches!(
                word.as_str(),
                "install" | "setup" | "build" | "upload" | "download" | "prepare"
            )
        })
    })
}

/// Whether the job's own failure counts.
fn job_fate(pipeline: &Pipeline, job: &Job) -> (Fate, Option<Soft>) {
    if pipeline.kind == PipelineKind::Gitlab {
        let route = job.route.key("allow_failure");
        return match job.value.at("allow_failure") {
            Some(Value::Bool(true)) => (Fate::Ignored, Some(Soft::Field(route))),
            Some(Value::Object(_)) => (Fate::Unclear, None),
            // A job that somebody starts by hand does not hold the others up.
            None if job.value.text("when") == Some("manual") => {
                (Fate::Ignored, Some(Soft::Field(job.route.key("when"))))
            }
            _ => (Fate::Fails, None),
        };
    }
    match job.value.at("continue-on-error") {
        Some(Value::Bool(true)) => (
            Fate::Ignored,
            Some(Soft::Field(job.route.key("continue-on-error"))),
        ),
        Some(Value::String(_)) => (Fate::Unclear, None),
        _ => (Fate::Fails, None),
    }
}

/// GitHub starts `bash -e`, and `bash -eo pipefail` when a step asks for bash; GitLab's runner sets both itself.
fn options(pipeline: &Pipeline, job: &Job, step: &Value) -> Options {
    if pipeline.kind == PipelineKind::Gitlab {
        return Options {
            errexit: true,
            pipefail: true,
        };
    }
    let shell = step
        .text("shell")
        .or_else(|| job.value.text("defaults.run.shell"))
        .or_else(|| pipeline.value.text("defaults.run.shell"));
    match shell.map(str::trim) {
        None | Some("sh") => Options {
            errexit: true,
            pipefail: false,
        },
        Some("bash") => Options {
            errexit: true,
            pipefail: true,
        },
        Some(custom) => {
            let flags: Vec<&str> = custom
                .split_whitespace()
                .skip(1)
                .filter(|word| word.starts_with('-') && !word.starts_with("--"))
                .collect();
            Options {
                errexit: flags.iter().any(|flag| flag.contains('e')),
                pipefail: custom.contains("pipefail"),
            }
        }
    }
}

/// The variables of a job that are written out: of the workflow, then of the job.
fn environment(pipeline: &Pipeline, job: &Job) -> BTreeMap<String, String> {
    if pipeline.kind == PipelineKind::Gitlab {
        return known_variables(&job.value, "variables");
    }
    let mut known = known_variables(&pipeline.value, "env");
    known.extend(known_variables(&job.value, "env"));
    known
}

fn known_variables(value: &Value, field: &str) -> BTreeMap<String, String> {
    let entries = value.entries(field).into_iter().flatten();
    entries
        .filter_map(|(name, value)| {
            let text = match value.key("value").unwrap_or(value) {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                _ => return None,
            };
            (!text.contains('$')).then(|| (name.clone(), text))
        })
        .collect()
}

/// An input of a step, without regard to case; numbers and booleans as text.
fn input_of(step: &Value, input: &str) -> Option<String> {
    let entries = step.entries("with")?;
    let (_, value) = entries
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(input))?;
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
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

/// The commands of each step of a job.
pub(crate) fn job_commands<'a>(
    pipeline: &Pipeline,
    job: &'a Job,
) -> Vec<(&'a Step, Vec<super::shell::Command>)> {
    let known = environment(pipeline, job);
    let steps = job
        .steps
        .iter()
        .filter_map(|step| Some((step, step.run.as_ref()?)));
    steps
        .map(|(step, (script, _))| {
            let mut known = known.clone();
            known.extend(known_variables(&step.value, "env"));
            (
                step,
                commands(script, options(pipeline, job, &step.value), &known),
            )
        })
        .collect()
}
