use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Estate, Namespace, Object, Place, Pod, Selector};

/// Every pod and pod template of the estate, by where it lives.
#[derive(Debug)]
pub struct Workloads<'a> {
    pods: Vec<(usize, Pod<'a>)>,
    by_home: BTreeMap<(Arc<Place>, Namespace), Vec<usize>>,
}

impl<'a> Workloads<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut found = Self {
            pods: Vec::new(),
            by_home: BTreeMap::new(),
        };
        for (index, object) in estate.objects().iter().enumerate() {
            if let Some(pod) = Pod::of(object) {
                let home = (Arc::clone(&object.place), object.namespace.clone());
                found
                    .by_home
                    .entry(home)
                    .or_default()
                    .push(found.pods.len());
                found.pods.push((index, pod));
            }
        }
        found
    }

    /// All, each with the index of its object in the estate.
    pub fn all(&self) -> &[(usize, Pod<'a>)] {
        &self.pods
    }

    /// Those that live where an object lives: same place, same namespace. Two objects whose files leave the namespace
    /// open are taken to share it.
    pub fn beside<'s>(
        &'s self,
        object: &Object,
    ) -> impl Iterator<Item = &'s (usize, Pod<'a>)> + use<'s, 'a> {
        self.living(&object.place, &object.namespace)
    }

    /// Those that live in one namespace of one place.
    pub fn living<'s>(
        &'s self,
        place: &Arc<Place>,
        namespace: &Namespace,
    ) -> impl Iterator<Item = &'s (usize, Pod<'a>)> + use<'s, 'a> {
        self.by_home
            .get(&(Arc::clone(place), namespace.clone()))
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter_map(|position| self.pods.get(*position))
    }

    /// Those beside an object whose labels a selector matches.
    pub fn selected<'s>(
        &'s self,
        object: &Object,
        selector: &Selector,
    ) -> impl Iterator<Item = &'s (usize, Pod<'a>)> {
        self.beside(object)
            .filter(|(_, pod)| selector.matches(pod.labels()))
    }
}
