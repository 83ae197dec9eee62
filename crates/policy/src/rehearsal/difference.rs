use std::collections::{BTreeMap, BTreeSet};

use super::exception::{Exemption, exemptions};
use super::owner::Owner;
use super::trial::{Origin, Trial};
use crate::decision::{PolicyId, Remark};

/// How the answer to a request changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It was allowed and will be denied.
    NewlyDenied,
    /// A policy can no longer be evaluated on it, and denies it because of that.
    NewlyFailing,
    /// It was denied and will be allowed.
    NewlyAllowed,
    /// It is denied before and after, for another reason.
    MessageChanged,
    /// It is allowed before and after, and warned of now.
    NewlyWarned,
}

impl Change {
    /// All of them, the gravest first.
    pub const ALL: [Self; 5] = [
        Self::NewlyDenied,
        Self::NewlyFailing,
        Self::NewlyAllowed,
        Self::MessageChanged,
        Self::NewlyWarned,
    ];
}

/// Requests whose answer changes in the same way, of one owner.
#[derive(Debug, Clone)]
pub struct Difference {
    /// How.
    pub change: Change,
    /// Where they come from.
    pub origin: Origin,
    /// The namespace; empty for cluster-wide objects.
    pub namespace: String,
    /// The workload.
    pub owner: Owner,
    /// The kind of the objects.
    pub kind: String,
    /// Who sent them.
    pub users: BTreeSet<String>,
    /// The policies that speak.
    pub policies: BTreeSet<PolicyId>,
    /// How many requests.
    pub count: u64,
    /// The first and the last time, RFC 3339.
    pub seen: Option<(String, String)>,
    /// The name of one of the objects, and what is said of it.
    pub example: (String, String),
}

/// A request about which nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// The namespace.
    pub namespace: String,
    /// The workload.
    pub owner: Owner,
    /// The policy.
    pub policy: PolicyId,
    /// Why.
    pub reason: String,
}

/// What changes from one set of policies to another.
#[derive(Debug, Default)]
pub struct Rehearsal {
    /// The differences, the gravest first, then by namespace and owner.
    pub differences: Vec<Difference>,
    /// What could not be told.
    pub undecided: BTreeSet<Undecided>,
    /// How many requests were tried, those of a kind counted each.
    pub requests: u64,
    /// How many of them were different.
    pub distinct: u64,
    /// The first and the last time of what was recorded.
    pub window: Option<(String, String)>,
}

/// What tells two differences apart.
pub(super) type Key = (Change, String, Owner, String, Origin, BTreeSet<PolicyId>);

impl Rehearsal {
    /// How many requests change in this way.
    pub fn count(&self, change: Change) -> u64 {
        let own = self.differences.iter().filter(|one| one.change == change);
        own.map(|one| one.count).sum()
    }

    /// The fewest exceptions by namespace with which nothing is newly denied.
    pub fn exemptions(&self) -> Vec<Exemption> {
        exemptions(&self.differences)
    }

    pub(super) fn add(&mut self, trial: &Trial) {
        self.requests += trial.count;
        self.distinct += 1;
        if let Some(seen) = &trial.seen {
            widen(&mut self.window, seen);
        }
    }
}

/// Differences while they are gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered(BTreeMap<Key, Difference>);

impl Gathered {
    pub(super) fn add(
        &mut self,
        change: Change,
        trial: &Trial,
        owner: &Owner,
        remarks: &[&Remark],
    ) {
        let request = &trial.request;
        let policies: BTreeSet<PolicyId> =
            remarks.iter().map(|remark| remark.policy.clone()).collect();
        let (_, _, kind) = request.kind();
        let key = (
            change,
            request.namespace().to_owned(),
            owner.clone(),
            kind.to_owned(),
            trial.origin,
            policies.clone(),
        );
        let difference = self.0.entry(key).or_insert_with(|| Difference {
            change,
            origin: trial.origin,
            namespace: request.namespace().to_owned(),
            owner: owner.clone(),
            kind: kind.to_owned(),
            users: BTreeSet::new(),
            policies,
            count: 0,
            seen: None,
            example: (
                request.name().to_owned(),
                remarks
                    .first()
                    .map(|remark| remark.message.clone())
                    .unwrap_or_default(),
            ),
        });
        difference.count += trial.count;
        if trial.origin == Origin::Recorded {
            difference.users.insert(request.user().name.clone());
        }
        if let Some(seen) = &trial.seen {
            widen(&mut difference.seen, seen);
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        for (key, one) in other.0 {
            match self.0.get_mut(&key) {
                None => {
                    self.0.insert(key, one);
                }
                Some(own) => {
                    own.count += one.count;
                    own.users.extend(one.users);
                    if let Some(seen) = &one.seen {
                        widen(&mut own.seen, seen);
                    }
                }
            }
        }
    }

    pub(super) fn done(self) -> Vec<Difference> {
        self.0.into_values().collect()
    }
}

/// RFC 3339 in UTC sorts as text.
pub(super) fn widen(window: &mut Option<(String, String)>, (first, last): &(String, String)) {
    match window {
        None => *window = Some((first.clone(), last.clone())),
        Some((own_first, own_last)) => {
            if first < own_first {
                own_first.clone_from(first);
            }
            if last > own_last {
                own_last.clone_from(last);
            }
        }
    }
}
