use std::collections::HashMap;

use super::difference::{Change, Gathered, Key, Rehearsal, Undecided, widen};
use super::owner::Owner;
use super::trial::Trial;
use crate::admission::{PolicySet, World};
use crate::decision::{Decision, Remark};
use crate::gatekeeper::{Answers, EnforcementPoint};

/// A set of policies with what it may look up.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The policies.
    pub set: &'a PolicySet,
    /// Namespaces, parameters, rights.
    pub world: &'a World,
}

impl Side<'_> {
    fn decide(&self, trial: &Trial, answers: &mut Answers) -> Decision {
        let point = EnforcementPoint::Webhook;
        self.set
            .decide_among(&trial.request, self.world, point, answers)
    }
}

/// What came of a request of one shape.
#[derive(Debug, Clone)]
enum Outcome {
    Same,
    Changed(usize),
    Undecided,
}

/// What came of one trial, before it has a place among the others.
enum Said {
    Same,
    Changed(Box<Key>, (String, String)),
    Undecided(Undecided),
}

/// Lets two sets decide about requests, batch after batch: of each request only its shape is remembered.
#[derive(Debug)]
pub struct Rehearser<'a> {
    from: Side<'a>,
    to: Side<'a>,
    known: HashMap<[u8; 32], Outcome>,
    gathered: Gathered,
    rehearsal: Rehearsal,
}

impl<'a> Rehearser<'a> {
    /// Nothing tried yet.
    pub fn new(from: Side<'a>, to: Side<'a>) -> Self {
        Self {
            from,
            to,
            known: HashMap::new(),
            gathered: Gathered::default(),
            rehearsal: Rehearsal::default(),
        }
    }

    /// Tries some requests, on several threads; the result depends neither on their number nor on the batches.
    pub fn try_out(&mut self, trials: &[Trial]) {
        let shapes = in_parts(trials, Trial::shape);
        let mut new: Vec<(&Trial, [u8; 32])> = Vec::new();
        for (trial, shape) in trials.iter().zip(&shapes) {
            if !self.known.contains_key(shape) {
                self.known.insert(*shape, Outcome::Same);
                new.push((trial, *shape));
            }
        }
        let (from, to) = (self.from, self.to);
        let said = in_parts(&new, |(trial, _)| decide(from, to, trial));
        self.rehearsal.distinct += new.len() as u64;
        for ((_, shape), said) in new.into_iter().zip(said) {
            let outcome = match said {
                Said::Same => Outcome::Same,
                Said::Changed(key, example) => Outcome::Changed(self.gathered.place(*key, example)),
                Said::Undecided(undecided) => {
                    self.rehearsal.undecided.insert(undecided);
                    Outcome::Undecided
                }
            };
            self.known.insert(shape, outcome);
        }
        for (trial, shape) in trials.iter().zip(&shapes) {
            self.rehearsal.requests += 1;
            if let Some(at) = &trial.at {
                widen(&mut self.rehearsal.window, at);
            }
            if let Some(Outcome::Changed(place)) = self.known.get(shape) {
                self.gathered.count(*place, trial);
            }
        }
    }

    /// What changes.
    pub fn done(self) -> Rehearsal {
        let mut rehearsal = self.rehearsal;
        rehearsal.differences = self.gathered.done();
        rehearsal
    }
}

/// Asks the same of all items, on as many threads as there are processors, and keeps their order.
fn in_parts<T: Sync, R: Send>(items: &[T], ask: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = items.len().div_ceil(threads).max(1);
    let ask = &ask;
    std::thread::scope(|scope| {
        let running: Vec<_> = items
            .chunks(part)
            .map(|items| scope.spawn(move || items.iter().map(ask).collect::<Vec<R>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

fn decide(from: Side<'_>, to: Side<'_>, trial: &Trial) -> Said {
    let request = &trial.request;
    let object = if request.object().is_null() {
        request.old_object()
    } else {
        request.object()
    };
    let mut answers = Answers::default();
    let before = from.decide(trial, &mut answers);
    let namespace = request.namespace();
    // Code sees the Namespace: where it differs, so may the answers.
    if from.world.namespace(namespace) != to.world.namespace(namespace) {
        answers = Answers::default();
    }
    let after = to.decide(trial, &mut answers);
    if trial.lacks_old
        && let Some(remark) =
            reads_old(from, trial, &before).or_else(|| reads_old(to, trial, &after))
    {
        return Said::Undecided(Undecided {
            namespace: namespace.to_owned(),
            owner: Owner::of(object),
            policy: remark.policy,
            reason: "it looks at the object as it was before, which the audit log does not keep"
                .to_owned(),
        });
    }
    let Some((change, remarks)) = change(&before, &after) else {
        return Said::Same;
    };
    let (_, _, kind) = request.kind();
    let message = remarks.first().map(|remark| remark.message.clone());
    let key = (
        change,
        namespace.to_owned(),
        Owner::of(object),
        kind.to_owned(),
        trial.origin,
        remarks.iter().map(|remark| remark.policy.clone()).collect(),
    );
    let example = (request.name().to_owned(), message.unwrap_or_default());
    Said::Changed(Box::new(key), example)
}

/// A policy whose answer depends on the object as it was: it says something else when that was the same as the new one.
fn reads_old(side: Side<'_>, trial: &Trial, without: &Decision) -> Option<Remark> {
    let other = Trial {
        request: trial
            .request
            .with_old_object(trial.request.object().clone()),
        ..trial.clone()
    };
    let with = side.decide(&other, &mut Answers::default());
    let all = |decision: &Decision| -> Vec<Remark> {
        let warnings = &decision.warnings;
        decision.denials.iter().chain(warnings).cloned().collect()
    };
    let (with, without) = (all(&with), all(without));
    let only = |one: &[Remark], other: &[Remark]| {
        one.iter().find(|remark| !other.contains(remark)).cloned()
    };
    only(&with, &without).or_else(|| only(&without, &with))
}

fn change<'d>(before: &'d Decision, after: &'d Decision) -> Option<(Change, Vec<&'d Remark>)> {
    let all = |remarks: &'d [Remark]| remarks.iter().collect::<Vec<_>>();
    let new = |after: &'d [Remark], before: &[Remark]| -> Vec<&'d Remark> {
        let new = after.iter().filter(|remark| !before.contains(remark));
        new.collect()
    };
    match (before.allowed(), after.allowed()) {
        (true, false) if after.denials.iter().all(|remark| remark.failed) => {
            Some((Change::NewlyFailing, all(&after.denials)))
        }
        (true, false) => Some((Change::NewlyDenied, all(&after.denials))),
        (false, true) => Some((Change::NewlyAllowed, all(&before.denials))),
        (false, false) => {
            let said = new(&after.denials, &before.denials);
            let is_same = said.is_empty() && before.denials.len() == after.denials.len();
            (!is_same).then_some((Change::MessageChanged, said))
        }
        (true, true) => {
            let said = new(&after.warnings, &before.warnings);
            (!said.is_empty()).then_some((Change::NewlyWarned, said))
        }
    }
}
