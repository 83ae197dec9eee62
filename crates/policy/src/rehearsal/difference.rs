use std::collections::{BTreeMap, BTreeSet};

use super::exception::{Exemption, exemptions};
use super::owner::Owner;
use super::trial::{Origin, Trial};
use crate::decision::PolicyId;

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
}

/// Differences while they are gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    places: BTreeMap<Key, usize>,
    all: Vec<Difference>,
}

impl Gathered {
    /// The place of a difference; the example is that of whoever comes first.
    pub(super) fn place(&mut self, key: Key, example: (String, String)) -> usize {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let (change, namespace, owner, kind, origin, policies) = key.clone();
        self.all.push(Difference {
            change,
            origin,
            namespace,
            owner,
            kind,
            users: BTreeSet::new(),
            policies,
            count: 0,
            seen: None,
            example,
        });
        let place = self.all.len() - 1;
        self.places.insert(key, place);
        place
    }

    pub(super) fn count(&mut self, place: usize, trial: &Trial) {
        let Some(difference) = self.all.get_mut(place) else {
            return;
        };
        difference.count += 1;
        let user = &trial.request.user().name;
        if trial.origin == Origin::Recorded && !difference.users.contains(user) {
            difference.users.insert(user.clone());
        }
        if let Some(at) = &trial.at {
            widen(&mut difference.seen, at);
        }
    }

    /// In the order of their keys.
    pub(super) fn done(self) -> Vec<Difference> {
        let mut all: Vec<Option<Difference>> = self.all.into_iter().map(Some).collect();
        let places = self.places.into_values();
        places
            .filter_map(|place| all.get_mut(place)?.take())
            .collect()
    }
}

/// RFC 3339 in UTC sorts as text.
pub(super) fn widen(window: &mut Option<(String, String)>, at: &str) {
    match window {
        None => *window = Some((at.to_owned(), at.to_owned())),
        Some((first, last)) => {
            if at < first.as_str() {
                at.clone_into(first);
            }
            if at > last.as_str() {
                at.clone_into(last);
            }
        }
    }
}
