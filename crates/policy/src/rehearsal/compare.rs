use super::difference::{Change, Gathered, Rehearsal, Undecided};
use super::owner::Owner;
use super::trial::Trial;
use crate::admission::{PolicySet, World};
use crate::decision::{Decision, Remark};
use crate::gatekeeper::EnforcementPoint;

/// A set of policies with what it may look up.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The policies.
    pub set: &'a PolicySet,
    /// Namespaces, parameters, rights.
    pub world: &'a World,
}

impl Side<'_> {
    fn decide(&self, trial: &Trial) -> Decision {
        let point = EnforcementPoint::Webhook;
        self.set.decide(&trial.request, self.world, point)
    }
}

/// Lets both sides decide about all trials, on several threads; the result does not depend on their number.
pub fn compare(from: Side<'_>, to: Side<'_>, trials: &[Trial]) -> Rehearsal {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = trials.len().div_ceil(threads).max(1);
    let parts: Vec<(Gathered, Rehearsal)> = std::thread::scope(|scope| {
        let running: Vec<_> = trials
            .chunks(part)
            .map(|trials| scope.spawn(move || one_part(from, to, trials)))
            .collect();
        running
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let mut gathered = Gathered::default();
    let mut rehearsal = Rehearsal::default();
    for (differences, other) in parts {
        gathered.join(differences);
        rehearsal.requests += other.requests;
        rehearsal.distinct += other.distinct;
        rehearsal.undecided.extend(other.undecided);
        if let Some(window) = &other.window {
            super::difference::widen(&mut rehearsal.window, window);
        }
    }
    rehearsal.differences = gathered.done();
    rehearsal
}

fn one_part(from: Side<'_>, to: Side<'_>, trials: &[Trial]) -> (Gathered, Rehearsal) {
    let mut gathered = Gathered::default();
    let mut rehearsal = Rehearsal::default();
    for trial in trials {
        rehearsal.add(trial);
        let request = &trial.request;
        let object = if request.object().is_null() {
            request.old_object()
        } else {
            request.object()
        };
        let owner = Owner::of(object);
        let (before, after) = (from.decide(trial), to.decide(trial));
        if trial.lacks_old
            && let Some(remark) =
                reads_old(from, trial, &before).or_else(|| reads_old(to, trial, &after))
        {
            rehearsal.undecided.insert(Undecided {
                namespace: request.namespace().to_owned(),
                owner,
                policy: remark.policy,
                reason:
                    "it looks at the object as it was before, which the audit log does not keep"
                        .to_owned(),
            });
            continue;
        }
        if let Some((change, remarks)) = change(&before, &after) {
            gathered.add(change, trial, &owner, &remarks);
        }
    }
    (gathered, rehearsal)
}

/// A policy whose answer depends on the object as it was: it says something else when that was the same as the new one.
fn reads_old(side: Side<'_>, trial: &Trial, without: &Decision) -> Option<Remark> {
    let other = Trial {
        request: trial
            .request
            .with_old_object(trial.request.object().clone()),
        ..trial.clone()
    };
    let with = side.decide(&other);
    let all = |decision: &Decision| -> Vec<Remark> {
        decision
            .denials
            .iter()
            .chain(&decision.warnings)
            .cloned()
            .collect()
    };
    let (with, without) = (all(&with), all(without));
    let only = |one: &[Remark], other: &[Remark]| {
        one.iter().find(|remark| !other.contains(remark)).cloned()
    };
    only(&with, &without).or_else(|| only(&without, &with))
}

fn change<'d>(before: &'d Decision, after: &'d Decision) -> Option<(Change, Vec<&'d Remark>)> {
    let all = |remarks: &'d [Remark]| remarks.iter().collect::<Vec<_>>();
    match (before.allowed(), after.allowed()) {
        (true, false) if after.denials.iter().all(|remark| remark.failed) => {
            Some((Change::NewlyFailing, all(&after.denials)))
        }
        (true, false) => Some((Change::NewlyDenied, all(&after.denials))),
        (false, true) => Some((Change::NewlyAllowed, all(&before.denials))),
        (false, false) => {
            let new: Vec<&Remark> = after
                .denials
                .iter()
                .filter(|remark| !before.denials.contains(remark))
                .collect();
            let is_same = new.is_empty() && before.denials.len() == after.denials.len();
            (!is_same).then_some((Change::MessageChanged, new))
        }
        (true, true) => {
            let new: Vec<&Remark> = after
                .warnings
                .iter()
                .filter(|remark| !before.warnings.contains(remark))
                .collect();
            (!new.is_empty()).then_some((Change::NewlyWarned, new))
        }
    }
}
