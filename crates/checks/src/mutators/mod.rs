//! What the cluster's own mutators do to an object before it is judged and stored.
//!
//! A field that a mutator of the estate sets is not missing, even when no manifest writes it. Read are Gatekeeper's
//! `Assign`, `AssignMetadata` and `ModifySet`, the mutate rules of Kyverno, its `MutatingPolicy`, and
//! MutatingAdmissionPolicies with their bindings. What a mutator writes counts when it can be told without running it;
//! else the fields that it names are open. Webhooks without rules in the estate are not guessed at.

mod admission_policy;
mod cel;
mod gatekeeper;
mod kyverno;
mod location;
mod scope;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Namespace, Object, Phrase, Place, Pod, phrase};
use sekisho_text::{Route, Step};
use serde_json::Value;

use scope::{Fit, Rule, Subject};
use write::Write;

/// Every mutator of the estate that can be read.
#[derive(Debug)]
pub struct Mutators<'a> {
    all: Vec<Mutator<'a>>,
    homes: BTreeMap<(Arc<Place>, &'a str), &'a Object>,
}

/// One mutator: what it is for, and what it writes.
#[derive(Debug)]
struct Mutator<'a> {
    object: &'a Object,
    scope: Rule,
    effect: Effect,
}

/// What a mutator does, as far as it can be told.
#[derive(Debug, Default)]
struct Effect {
    writes: Vec<Write>,
    /// Names of fields that it may set, when it cannot be told whether or to what.
    open: BTreeSet<String>,
}

/// An object, or the pod that a workload makes, after the mutators.
#[derive(Debug, Clone)]
pub struct Mutated {
    /// The object, or `metadata` and `spec` of the pod.
    pub value: Value,
    open: Vec<(BTreeSet<String>, String)>,
}

/// What becomes of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// No mutator sets it: what is written counts.
    AsWritten,
    /// It has this value after the mutators.
    To(Value),
    /// A mutator may set it; the phrase says which, and that it cannot be told.
    Open(Phrase),
}

impl<'a> Mutators<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut all = gatekeeper::read(estate);
        all.extend(kyverno::read(estate));
        all.extend(admission_policy::read(estate));
        let mut homes = BTreeMap::new();
        if !all.is_empty() {
            for (_, home) in estate.of_kind("", "Namespace") {
                homes.insert((Arc::clone(&home.place), home.name.as_str()), home);
            }
        }
        Self { all, homes }
    }

    /// The pod as the mutators leave it; `None` when none of them is about it. A mutator of the workload itself comes
    /// first, then those of the pods that it makes.
    pub fn of_pod(&self, pod: &Pod<'_>) -> Option<Mutated> {
        if self.all.is_empty() {
            return None;
        }
        let is_bare = pod.route.steps().is_empty();
        let workload = (!is_bare).then(|| self.of_object(pod.object)).flatten();
        let (touched, value, open) = match workload {
            Some(mutated) => {
                let inner = get(&mutated.value, &pod.route);
                (true, inner.unwrap_or(pod.value).clone(), mutated.open)
            }
            None => (false, pod.value.clone(), Vec::new()),
        };
        let subject = Subject {
            group: "",
            version: "v1",
            kind: "Pod",
            namespace: pod.object.namespace.given(),
            name: is_bare.then_some(pod.object.name.as_str()),
            labels: pod.labels(),
            home: self.home(pod.object),
            is_cluster_wide: false,
        };
        let mut mutated = Mutated { value, open };
        let pods = self.apply(&pod.object.place, &subject, &mut mutated);
        (touched || pods).then_some(mutated)
    }

    /// The object as the mutators leave it; `None` when none of them is about it.
    pub fn of_object(&self, object: &Object) -> Option<Mutated> {
        if self.all.is_empty() {
            return None;
        }
        let is_namespace = object.is("", "Namespace");
        let (_, version) = object
            .api_version
            .rsplit_once('/')
            .unwrap_or(("", &object.api_version));
        let subject = Subject {
            group: object.group(),
            version,
            kind: &object.kind,
            // The namespace a Namespace is judged by is itself, in Gatekeeper, Kyverno and the API server alike.
            namespace: if is_namespace {
                Some(&object.name)
            } else {
                object.namespace.given()
            },
            name: Some(&object.name),
            labels: object.value.entries("metadata.labels"),
            home: if is_namespace {
                Some(object)
            } else {
                self.home(object)
            },
            is_cluster_wide: object.namespace == Namespace::Cluster,
        };
        let mut mutated = Mutated {
            value: object.value.clone(),
            open: Vec::new(),
        };
        self.apply(&object.place, &subject, &mut mutated)
            .then_some(mutated)
    }

    /// What becomes of a field of a pod; the route is of the object, as in [`Pod::at`].
    pub fn setting(&self, pod: &Pod<'_>, route: &Route) -> Setting {
        let Some(mutated) = self.of_pod(pod) else {
            return Setting::AsWritten;
        };
        let inside: Route = route
            .steps()
            .iter()
            .skip(pod.route.steps().len())
            .cloned()
            .collect();
        if let Some(reason) = mutated.open(&inside) {
            return Setting::Open(reason);
        }
        match get(&mutated.value, &inside) {
            Some(value) if get(pod.value, &inside) != Some(value) => Setting::To(value.clone()),
            _ => Setting::AsWritten,
        }
    }

    fn home(&self, object: &Object) -> Option<&'a Object> {
        let name = object.namespace.given()?;
        self.homes.get(&(Arc::clone(&object.place), name)).copied()
    }

    fn apply(&self, place: &Arc<Place>, subject: &Subject<'_>, mutated: &mut Mutated) -> bool {
        let mut is_about = false;
        for mutator in &self.all {
            if mutator.object.place != *place {
                continue;
            }
            let fit = mutator.scope.fits(subject);
            if fit == Fit::No {
                continue;
            }
            is_about = true;
            let mut open = mutator.effect.open.clone();
            for write in &mutator.effect.writes {
                if fit == Fit::Yes {
                    write.apply(&mut mutated.value);
                } else {
                    open.extend(write.words());
                }
            }
            if !open.is_empty() {
                mutated.open.push((open, mutator.object.id().to_string()));
            }
        }
        is_about
    }
}

impl Mutated {
    /// Why it cannot be told what a field of this object or pod becomes; `None` when it can.
    pub fn open(&self, route: &Route) -> Option<Phrase> {
        let word = route.steps().iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_ref()),
            Step::Index(_) => None,
        })?;
        let (_, mutator) = self.open.iter().find(|(words, _)| words.contains(word))?;
        Some(phrase!(
            en: "{mutator} may set `{word}`, and its rule cannot be decided from files; look at a pod that it admitted",
            ja: "{mutator} が `{word}` を設定する可能性があるが、その規則はファイルだけでは判定できない。実際に許可された Pod を確認する",
        ))
    }
}

/// The value at a route.
fn get<'v>(value: &'v Value, route: &Route) -> Option<&'v Value> {
    route
        .steps()
        .iter()
        .try_fold(value, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key.as_ref()),
            Step::Index(index) => value.as_array()?.get(*index),
        })
}

/// Every name of a field inside of a value.
fn words(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                into.insert(plain(key).to_owned());
                words(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, into)),
        _ => {}
    }
}

/// A key without Kyverno's anchors: `+(runAsNonRoot)`.
fn plain(key: &str) -> &str {
    key.split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or(key)
}

/// Every word of a program's text: names of fields, also inside of its strings.
fn text_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}
