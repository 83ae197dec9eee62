use std::collections::BTreeMap;

use sekisho_text::{Route, Step};
use serde_json::{Map, Value};

static NOTHING: Value = Value::Null;

/// Fields whose JSON the server would refuse, with what it would say they must be.
pub(crate) type Faults = BTreeMap<Route, String>;

/// A value together with the way to it. The route is built only when somebody asks for it.
pub(crate) struct Place<'a, 'p> {
    value: &'a Value,
    above: Option<&'p Place<'a, 'p>>,
    hop: Hop<'a>,
}

#[derive(Clone, Copy)]
enum Hop<'a> {
    Root,
    Key(&'static str),
    Name(&'a str),
    Index(usize),
}

impl<'a> Place<'a, '_> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self {
            value,
            above: None,
            hop: Hop::Root,
        }
    }

    /// The field of this object; `null` and absent are one, as in the server's decoder.
    pub(crate) fn key<'c>(&'c self, key: &'static str, faults: &mut Faults) -> Place<'a, 'c> {
        let value = self
            .map(faults)
            .and_then(|map| map.get(key))
            .unwrap_or(&NOTHING);
        Place {
            value,
            above: Some(self),
            hop: Hop::Key(key),
        }
    }

    pub(crate) fn index<'c>(&'c self, index: usize, value: &'a Value) -> Place<'a, 'c> {
        Place {
            value,
            above: Some(self),
            hop: Hop::Index(index),
        }
    }

    pub(crate) fn named<'c>(&'c self, name: &'a str, value: &'a Value) -> Place<'a, 'c> {
        Place {
            value,
            above: Some(self),
            hop: Hop::Name(name),
        }
    }

    pub(crate) fn is_set(&self) -> bool {
        !self.value.is_null()
    }

    pub(crate) fn map(&self, faults: &mut Faults) -> Option<&'a Map<String, Value>> {
        self.expect("must be an object", Value::as_object, faults)
    }

    pub(crate) fn items(&self, faults: &mut Faults) -> &'a [Value] {
        self.expect("must be a list", Value::as_array, faults)
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn text(&self, faults: &mut Faults) -> Option<&'a str> {
        self.expect("must be a string", Value::as_str, faults)
    }

    pub(crate) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        self.expect("must be true or false", Value::as_bool, faults)
    }

    pub(crate) fn integer(&self, faults: &mut Faults) -> Option<i64> {
        self.expect("must be an integer", Value::as_i64, faults)
    }

    pub(crate) fn fault(&self, what: impl Into<String>, faults: &mut Faults) {
        faults.entry(self.route()).or_insert_with(|| what.into());
    }

    fn expect<T>(
        &self,
        what: &str,
        read: impl Fn(&'a Value) -> Option<T>,
        faults: &mut Faults,
    ) -> Option<T> {
        if self.value.is_null() {
            return None;
        }
        let read = read(self.value);
        if read.is_none() {
            self.fault(what, faults);
        }
        read
    }

    fn route(&self) -> Route {
        let mut steps = Vec::new();
        let mut here = Some(self);
        while let Some(place) = here {
            match place.hop {
                Hop::Root => {}
                Hop::Key(key) => steps.push(Step::Key(key.into())),
                Hop::Name(name) => steps.push(Step::Key(name.to_owned().into())),
                Hop::Index(index) => steps.push(Step::Index(index)),
            }
            here = place.above;
        }
        steps.into_iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_names_its_place_once() {
        let value = json!({"spec": {"containers": [{"ports": "80"}]}});
        let mut faults = Faults::new();
        let root = Place::root(&value);
        let spec = root.key("spec", &mut faults);
        let list = spec.key("containers", &mut faults);
        let items = list.items(&mut faults);
        let first = list.index(0, &items[0]);
        let ports = first.key("ports", &mut faults);
        assert!(ports.items(&mut faults).is_empty());
        assert_eq!(ports.key("x", &mut faults).text(&mut faults), None);
        let said: Vec<String> = faults
            .iter()
            .map(|(route, what)| format!("{route} {what}"))
            .collect();
        assert_eq!(said, ["spec.containers[0].ports must be a list"]);
    }
}
