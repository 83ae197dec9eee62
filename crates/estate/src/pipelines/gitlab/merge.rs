use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use sekisho_model::Home;
use sekisho_text::Route;
use serde_json::{Map, Value};

use super::super::github::words;
use super::includes::{Layer, Sources};

/// GitLab's limit of `extends` behind `extends`.
const DEEPEST: usize = 11;
/// How many values all jobs together may grow to.
const MOST_VALUES: usize = 2_000_000;

/// Where a key of a job was written.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) home: Option<Arc<Home>>,
    pub(super) route: Route,
}

/// A job or a template with all that it extends.
#[derive(Clone, Default)]
pub(super) struct Merged {
    pub(super) value: Map<String, Value>,
    pub(super) origins: BTreeMap<String, Origin>,
    /// Where the job itself stands.
    pub(super) own: Option<Origin>,
    /// Names that it extends and nobody defines.
    pub(super) missing: Vec<String>,
}

/// All definitions of a pipeline by name; each is worked out once.
pub(super) struct Book<'a> {
    layers: &'a [Layer],
    known: BTreeMap<String, Rc<Merged>>,
    budget: usize,
}

impl<'a> Book<'a> {
    pub(super) fn of(sources: &'a Sources) -> Self {
        Self {
            layers: &sources.layers,
            known: BTreeMap::new(),
            budget: MOST_VALUES,
        }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget == 0
    }

    /// Takes what a value costs; false when there is not enough left.
    pub(super) fn spend(&mut self, value: &Value) -> bool {
        self.budget = self.budget.saturating_sub(size(value));
        self.budget > 0
    }

    /// A key of the top level that is no job: the last file that has it counts, maps are merged.
    pub(super) fn global(&self, key: &str) -> Option<(Value, Origin)> {
        let mut found: Option<(Value, Origin)> = None;
        for layer in self.layers {
            let Some(value) = layer.value.get(key) else {
                continue;
            };
            let origin = Origin {
                home: layer.home.clone(),
                route: Route::root().key(key.to_owned()),
            };
            let before = found.take().map_or(Value::Null, |(value, _)| value);
            found = Some((over(before, value), origin));
        }
        found
    }

    /// A job or template with what it extends.
    pub(super) fn named(&mut self, name: &str) -> Option<Rc<Merged>> {
        self.deep(name, 0)
    }

    fn deep(&mut self, name: &str, depth: usize) -> Option<Rc<Merged>> {
        if let Some(known) = self.known.get(name) {
            return Some(Rc::clone(known));
        }
        let own = self.written(name)?;
        let mut merged = Merged::default();
        // A cycle ends at the limit too, as GitLab refuses both.
        for base in words(own.value.get("extends")) {
            let found = if depth < DEEPEST {
                self.deep(&base, depth + 1)
            } else {
                None
            };
            match found {
                Some(base) if self.spend(&Value::Object(base.value.clone())) => merged.lay(&base),
                Some(_) => {}
                None => merged.missing.push(base),
            }
        }
        self.spend(&Value::Object(own.value.clone()));
        merged.lay(&own);
        merged.own = own.own;
        let merged = Rc::new(merged);
        self.known.insert(name.to_owned(), Rc::clone(&merged));
        Some(merged)
    }

    /// A definition as the files write it, without what it extends.
    fn written(&self, name: &str) -> Option<Merged> {
        let mut merged: Option<Merged> = None;
        for layer in self.layers {
            let Some(Value::Object(entries)) = layer.value.get(name) else {
                continue;
            };
            let route = Route::root().key(name.to_owned());
            let origin = |route| Origin {
                home: layer.home.clone(),
                route,
            };
            let keys = entries.keys();
            let layer = Merged {
                origins: keys
                    .map(|key| (key.clone(), origin(route.key(key.clone()))))
                    .collect(),
                own: Some(origin(route.clone())),
                value: entries.clone(),
                missing: Vec::new(),
            };
            let into = merged.get_or_insert_default();
            into.lay(&layer);
            into.own = layer.own;
        }
        merged
    }
}

impl Merged {
    /// Lays another definition over this one: maps are merged, everything else is replaced.
    fn lay(&mut self, other: &Self) {
        for (key, value) in &other.value {
            let before = self.value.remove(key).unwrap_or_default();
            self.value.insert(key.clone(), over(before, value));
        }
        let origins = other.origins.iter();
        self.origins
            .extend(origins.map(|(key, origin)| (key.clone(), origin.clone())));
        self.missing.extend(other.missing.iter().cloned());
    }
}

pub(super) fn over(before: Value, value: &Value) -> Value {
    match (before, value) {
        (Value::Object(mut before), Value::Object(after)) => {
            for (key, value) in after {
                let inner = before.remove(key).unwrap_or_default();
                before.insert(key.clone(), over(inner, value));
            }
            Value::Object(before)
        }
        (_, value) => value.clone(),
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(entries) => entries.values().map(size).sum(),
        _ => 0,
    }
}
