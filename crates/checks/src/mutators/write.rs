use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::scope::wildcard;
use super::words;

/// One step of a place that may stand for several: `spec`, `containers[name:*]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    /// The items of a list whose field has a value of this pattern.
    Each(String, String),
    Index(usize),
}

/// What is done at the place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// Sets the value.
    Set(Value),
    /// Sets the value where there is none.
    Default(Value),
    /// Adds what a list lacks.
    Include(Vec<Value>),
    /// Takes items out of a list.
    Exclude(Vec<Value>),
}

/// One thing that a mutator writes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Write {
    pub(super) steps: Vec<Step>,
    pub(super) change: Change,
    /// Gatekeeper's path tests: after so many steps, something must be there (or must not).
    pub(super) tests: Vec<(usize, bool)>,
}

impl Write {
    pub(super) fn new(steps: Vec<Step>, change: Change) -> Self {
        Self {
            steps,
            change,
            tests: Vec::new(),
        }
    }

    pub(super) fn apply(&self, value: &mut Value) {
        self.walk(value, 0);
    }

    /// The names of the fields that it sets.
    pub(super) fn words(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let last = self.steps.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Each(..) | Step::Index(_) => None,
        });
        found.extend(last);
        match &self.change {
            Change::Set(value) | Change::Default(value) => words(value, &mut found),
            Change::Include(_) | Change::Exclude(_) => {}
        }
        found
    }

    fn walk(&self, here: &mut Value, depth: usize) {
        let refused = |exists: bool| {
            self.tests
                .iter()
                .any(|(at, must)| *at == depth && *must != exists)
        };
        if refused(!here.is_null()) {
            return;
        }
        match self.steps.get(depth) {
            None => self.change.apply(here),
            Some(Step::Key(key)) => {
                // A map that is missing on the way is made, unless a later test wants to see it.
                let blocked = self.tests.iter().any(|(at, must)| *at > depth && *must);
                if here.is_null() {
                    if blocked {
                        return;
                    }
                    *here = Value::Object(Map::new());
                }
                if let Some(map) = here.as_object_mut() {
                    let had = map.contains_key(key);
                    let slot = map.entry(key.clone()).or_insert(Value::Null);
                    self.walk(slot, depth + 1);
                    if !had && slot.is_null() {
                        map.remove(key);
                    }
                }
            }
            Some(Step::Each(key, pattern)) => {
                for item in here.as_array_mut().into_iter().flatten() {
                    let is_meant = item
                        .get(key)
                        .and_then(Value::as_str)
                        .is_some_and(|name| wildcard(pattern, name));
                    if is_meant {
                        self.walk(item, depth + 1);
                    }
                }
            }
            Some(Step::Index(index)) => {
                let item = here.as_array_mut().and_then(|items| items.get_mut(*index));
                if let Some(item) = item {
                    self.walk(item, depth + 1);
                }
            }
        }
    }
}

impl Change {
    fn apply(&self, here: &mut Value) {
        match self {
            Self::Set(value) => *here = value.clone(),
            Self::Default(value) => {
                if here.is_null() {
                    *here = value.clone();
                }
            }
            Self::Include(values) => {
                if here.is_null() {
                    *here = Value::Array(Vec::new());
                }
                if let Some(items) = here.as_array_mut() {
                    for value in values {
                        if !items.contains(value) {
                            items.push(value.clone());
                        }
                    }
                }
            }
            Self::Exclude(values) => {
                if let Some(items) = here.as_array_mut() {
                    items.retain(|item| !values.contains(item));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn writes_to_every_item_and_makes_the_maps_on_the_way() {
        let steps = vec![
            key("containers"),
            Step::Each("name".to_owned(), "*".to_owned()),
            key("securityContext"),
            key("runAsNonRoot"),
        ];
        let mut pod = json!({"containers": [{"name": "a"}, {"name": "b", "securityContext": {"runAsNonRoot": false}}]});
        Write::new(steps.clone(), Change::Default(json!(true))).apply(&mut pod);
        assert_eq!(
            pod["containers"][0]["securityContext"]["runAsNonRoot"],
            true
        );
        assert_eq!(
            pod["containers"][1]["securityContext"]["runAsNonRoot"],
            false
        );
        let tested = Write {
            tests: vec![(3, true)],
            ..Write::new(steps, Change::Set(json!(true)))
        };
        let mut bare = json!({"containers": [{"name": "a"}]});
        tested.apply(&mut bare);
        assert_eq!(bare, json!({"containers": [{"name": "a"}]}));
    }
}
