//! Namespace objects by place and name: `Context::namespace_of` scans, and checks of a whole estate ask often.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Object, Place};
use serde_json::{Map, Value};

/// Every Namespace object; of several with one name the last counts, as when they are applied in order.
#[derive(Debug)]
pub(crate) struct Namespaces<'a>(BTreeMap<(Arc<Place>, &'a str), (usize, &'a Object)>);

impl<'a> Namespaces<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        Self(
            estate
                .of_kind("", "Namespace")
                .map(|(index, object)| {
                    let key = (Arc::clone(&object.place), object.name.as_str());
                    (key, (index, object))
                })
                .collect(),
        )
    }

    /// The object of one namespace.
    pub(crate) fn get<'s>(
        &'s self,
        place: &Arc<Place>,
        name: &'s str,
    ) -> Option<(usize, &'a Object)> {
        self.0.get(&(Arc::clone(place), name)).copied()
    }

    /// Its labels.
    pub(crate) fn labels<'s>(
        &'s self,
        place: &Arc<Place>,
        name: &'s str,
    ) -> Option<&'a Map<String, Value>> {
        let (_, object) = self.get(place, name)?;
        object.value.entries("metadata.labels")
    }

    /// All.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &'a Object)> {
        self.0.values().copied()
    }
}
