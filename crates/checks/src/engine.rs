use std::collections::BTreeMap;

use rayon::prelude::*;
use sekisho_model::{Evidence, Finding, Object, Pipeline, PipelineKind, Pod, Thing, Verdict};

use crate::finding;
use crate::settled;
use crate::sheet::{Entry, Said};
use crate::{Check, Context, Level, On, Sheet};

/// Everything the checks said, before exceptions.
#[derive(Debug, Default)]
pub struct Judged {
    /// One verdict per check and subject.
    pub evidence: Vec<Evidence>,
    /// What is worth telling, gravest first, then by place.
    pub findings: Vec<Finding>,
}

/// Runs checks over an estate. The order of checks, objects and threads does not change the result.
pub fn judge(cx: &Context<'_>, checks: &[&'static dyn Check]) -> Judged {
    let plan = Plan::new(checks);
    let objects = cx.estate.objects();
    let mut entries: Vec<Entry> = objects
        .par_iter()
        .enumerate()
        .map(|(index, object)| plan.object(cx, index, object))
        .flatten_iter()
        .collect();
    let whole: Vec<Entry> = plan
        .estate
        .par_iter()
        .map(|(number, check)| {
            let mut entries = Vec::new();
            let mut sheet = Sheet {
                entries: &mut entries,
                check: *number,
            };
            check.estate(cx, &mut sheet);
            entries
        })
        .flatten_iter()
        .collect();
    entries.extend(whole);
    entries.extend(plan.resources(cx));
    let pipelines = cx.estate.pipelines().par_iter().enumerate();
    let piped: Vec<Entry> = pipelines
        .map(|(index, pipeline)| plan.pipeline(cx, index, pipeline))
        .flatten_iter()
        .collect();
    entries.extend(piped);
    entries.par_sort_by_key(|entry| (entry.check, entry.thing));
    collect(cx, checks, entries)
}

type Numbered = (u16, &'static dyn Check);

/// Which checks look at what, found once.
struct Plan {
    estate: Vec<Numbered>,
    kinds: BTreeMap<(&'static str, &'static str), Vec<Numbered>>,
    pod: Vec<Numbered>,
    container: Vec<Numbered>,
    types: BTreeMap<&'static str, Vec<Numbered>>,
    pipelines: BTreeMap<PipelineKind, Vec<Numbered>>,
    job: Vec<Numbered>,
    step: Vec<Numbered>,
}

impl Plan {
    fn new(checks: &[&'static dyn Check]) -> Self {
        let mut plan = Self {
            estate: Vec::new(),
            kinds: BTreeMap::new(),
            pod: Vec::new(),
            container: Vec::new(),
            types: BTreeMap::new(),
            pipelines: BTreeMap::new(),
            job: Vec::new(),
            step: Vec::new(),
        };
        for (number, check) in checks.iter().enumerate() {
            let entry = (u16::try_from(number).unwrap_or(u16::MAX), *check);
            match check.meta().level {
                Level::Estate => plan.estate.push(entry),
                Level::Pod => plan.pod.push(entry),
                Level::Container => plan.container.push(entry),
                Level::Object(kinds) => {
                    for kind in kinds {
                        plan.kinds.entry(*kind).or_default().push(entry);
                    }
                }
                Level::Resource(types) => {
                    for kind in types {
                        plan.types.entry(*kind).or_default().push(entry);
                    }
                }
                Level::Pipeline(kinds) => {
                    for kind in kinds {
                        plan.pipelines.entry(*kind).or_default().push(entry);
                    }
                }
                Level::Job => plan.job.push(entry),
                Level::Step => plan.step.push(entry),
                Level::Engine => {}
            }
        }
        plan
    }

    fn object(&self, cx: &Context<'_>, index: usize, object: &Object) -> Vec<Entry> {
        let mut entries = Vec::new();
        let object_index = u32::try_from(index).ok().map(Thing::Object);
        let mut on = |check: u16, look: &mut dyn FnMut(&mut On<'_>)| {
            look(&mut On {
                entries: &mut entries,
                check,
                thing: object_index,
            });
        };
        let group = object.group();
        for key in [(group, object.kind.as_str()), (group, "*"), ("*", "*")] {
            for (number, check) in self.kinds.get(&key).into_iter().flatten() {
                on(*number, &mut |on| check.object(cx, object, on));
            }
        }
        if let Some(pod) = Pod::of(object) {
            for (number, check) in &self.pod {
                on(*number, &mut |on| check.pod(cx, &pod, on));
            }
            for (number, check) in &self.container {
                for container in pod.containers() {
                    on(*number, &mut |on| check.container(cx, &pod, container, on));
                }
            }
        }
        entries
    }
}

impl Plan {
    fn resources(&self, cx: &Context<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (kind, checks) in &self.types {
            for (index, resource) in cx.estate.of_type(kind) {
                for (number, check) in checks {
                    let mut on = On {
                        entries: &mut entries,
                        check: *number,
                        thing: u32::try_from(index).ok().map(Thing::Resource),
                    };
                    check.resource(cx, resource, &mut on);
                }
            }
        }
        entries
    }

    fn pipeline(&self, cx: &Context<'_>, index: usize, pipeline: &Pipeline) -> Vec<Entry> {
        let mut entries = Vec::new();
        let whole = u32::try_from(index).ok();
        let mut on = |check: u16, thing: Option<Thing>, look: &mut dyn FnMut(&mut On<'_>)| {
            look(&mut On {
                entries: &mut entries,
                check,
                thing,
            });
        };
        for (number, check) in self.pipelines.get(&pipeline.kind).into_iter().flatten() {
            on(*number, whole.map(Thing::Pipeline), &mut |on| {
                check.pipeline(cx, pipeline, on);
            });
        }
        for (job_index, job) in (0_u32..).zip(&pipeline.jobs) {
            let thing = whole.map(|whole| Thing::Job(whole, job_index));
            for (number, check) in &self.job {
                on(*number, thing, &mut |on| check.job(cx, pipeline, job, on));
            }
            for (number, check) in &self.step {
                for step in &job.steps {
                    on(*number, thing, &mut |on| {
                        check.step(cx, pipeline, job, step, on);
                    });
                }
            }
        }
        entries
    }
}

/// Adds up what was said: per check and subject the worst counts, and each fault is one finding.
fn collect(cx: &Context<'_>, checks: &[&'static dyn Check], entries: Vec<Entry>) -> Judged {
    let mut judged = Judged::default();
    let mut last: Option<(u16, Option<Thing>)> = None;
    let mut faults = Vec::new();
    for entry in entries {
        let Some(check) = checks.get(usize::from(entry.check)) else {
            continue;
        };
        let (verdict, reason) = match &entry.said {
            Said::Pass => (Verdict::Pass, None),
            Said::Fail(_) | Said::FailToldBy(_) => (Verdict::Fail, None),
            Said::Unknown(reason) => (Verdict::Unknown, Some(reason.clone())),
        };
        if last == Some((entry.check, entry.thing)) {
            if let Some(evidence) = judged.evidence.last_mut()
                && weight(verdict) > weight(evidence.verdict)
            {
                evidence.verdict = verdict;
                evidence.reason = reason;
            }
        } else {
            judged.evidence.push(Evidence {
                check: check.meta().id,
                thing: entry.thing,
                verdict,
                excepted: false,
                reason,
                told_by: Vec::new(),
            });
            last = Some((entry.check, entry.thing));
        }
        match entry.said {
            Said::Fail(fault) => faults.push((check.meta(), entry.thing, fault)),
            Said::FailToldBy(checks) => {
                if let Some(evidence) = judged.evidence.last_mut() {
                    evidence.told_by.extend_from_slice(checks);
                }
            }
            Said::Pass | Said::Unknown(_) => {}
        }
    }
    settled::set_aside(cx.estate, &mut judged.evidence);
    judged.findings = faults
        .into_par_iter()
        .map(|(meta, thing, fault)| finding::from_fault(cx, meta, thing, *fault))
        .collect();
    finding::sort(&mut judged.findings);
    finding::number_twins(&mut judged.findings);
    judged
}

fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotApplicable => 0,
        Verdict::Pass => 1,
        Verdict::Unknown => 2,
        Verdict::Fail => 3,
    }
}
