//! What stands beside the workloads of a namespace and changes how they run: limit ranges, quotas, Services, disruption
//! budgets and autoscalers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Namespace, Object, Place, Pod, Selector};

use super::scaler::{Scaler, Target, scaler};

/// An object with its index in the estate.
pub(crate) type Found<'a> = (usize, &'a Object);

/// An object that selects pods.
#[derive(Debug)]
pub(crate) struct Selecting<'a> {
    pub(crate) index: usize,
    pub(crate) object: &'a Object,
    pub(crate) selector: Selector,
}

/// What stands in one namespace of one place.
#[derive(Debug, Default)]
pub(crate) struct Around<'a> {
    pub(crate) ranges: Vec<Found<'a>>,
    pub(crate) quotas: Vec<Found<'a>>,
    pub(crate) services: Vec<Selecting<'a>>,
    pub(crate) budgets: Vec<Selecting<'a>>,
    pub(crate) vertical: Vec<Found<'a>>,
    /// By what they scale, each in the order of the estate.
    pub(crate) scalers: BTreeMap<Target<'a>, Vec<Scaler<'a>>>,
    /// Everything that could be scaled; of several the last counts, as when they are applied in order.
    pub(crate) targets: BTreeMap<Target<'a>, usize>,
}

/// [`Around`] for each namespace of each place.
#[derive(Debug, Default)]
pub(crate) struct Surroundings<'a> {
    homes: BTreeMap<(Arc<Place>, Namespace), Around<'a>>,
    nothing: Around<'a>,
}

impl<'a> Surroundings<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut all = Self::default();
        for (index, object) in estate.of_kind("", "LimitRange") {
            all.home(object).ranges.push((index, object));
        }
        for (index, object) in estate.of_kind("", "ResourceQuota") {
            all.home(object).quotas.push((index, object));
        }
        for (index, object) in estate.of_kind("autoscaling.k8s.io", "VerticalPodAutoscaler") {
            all.home(object).vertical.push((index, object));
        }
        for (index, object) in estate.of_kind("", "Service") {
            if let Some(selector) = service_selector(object) {
                all.home(object).services.push(Selecting {
                    index,
                    object,
                    selector,
                });
            }
        }
        for (index, object) in estate.of_kind("policy", "PodDisruptionBudget") {
            if let Some(selector) = budget_selector(object) {
                all.home(object).budgets.push(Selecting {
                    index,
                    object,
                    selector,
                });
            }
        }
        all.read_scalers(estate);
        all
    }

    fn read_scalers(&mut self, estate: &'a Estate) {
        let mut kinds: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (group, kind) in [
            ("autoscaling", "HorizontalPodAutoscaler"),
            ("keda.sh", "ScaledObject"),
        ] {
            for (index, object) in estate.of_kind(group, kind) {
                if let Some(scaler) = scaler(index, object) {
                    kinds.insert((scaler.target.group, scaler.target.kind));
                    let scalers = &mut self.home(object).scalers;
                    scalers.entry(scaler.target).or_default().push(scaler);
                }
            }
        }
        for (group, kind) in kinds {
            for (index, object) in estate.of_kind(group, kind) {
                let target = Target::of(object);
                self.home(object).targets.insert(target, index);
            }
        }
    }

    fn home(&mut self, object: &Object) -> &mut Around<'a> {
        self.homes
            .entry((Arc::clone(&object.place), object.namespace.clone()))
            .or_default()
    }

    /// What certainly stands beside an object. Two objects whose files leave the namespace open are taken to share it.
    pub(crate) fn beside(&self, object: &Object) -> &Around<'a> {
        self.living(&object.place, &object.namespace)
    }

    /// What certainly stands in one namespace of one place.
    pub(crate) fn living(&self, place: &Arc<Place>, namespace: &Namespace) -> &Around<'a> {
        self.homes
            .get(&(Arc::clone(place), namespace.clone()))
            .unwrap_or(&self.nothing)
    }

    /// What may stand beside an object, since one of the two leaves its namespace open.
    pub(crate) fn perhaps_beside<'s>(
        &'s self,
        object: &'s Object,
    ) -> impl Iterator<Item = &'s Around<'a>> + use<'s, 'a> {
        self.perhaps_living(&object.place, &object.namespace)
    }

    /// What may stand in one namespace, since its own file leaves that open.
    pub(crate) fn perhaps_living<'s>(
        &'s self,
        place: &'s Arc<Place>,
        namespace: &'s Namespace,
    ) -> impl Iterator<Item = &'s Around<'a>> + use<'s, 'a> {
        let from = (Arc::clone(place), Namespace::Given(String::new()));
        let is_open = *namespace == Namespace::Open;
        self.homes
            .range(from..)
            .take_while(move |((other, _), _)| other == place)
            .filter(move |((_, other), _)| (*other == Namespace::Open) != is_open)
            .map(|(_, around)| around)
    }
}

/// Services whose endpoints are pods. One without a selector has its endpoints written by somebody else.
fn service_selector(object: &Object) -> Option<Selector> {
    if object.value.text("spec.type") == Some("ExternalName") {
        return None;
    }
    let selector = Selector::of_labels(object.value.at("spec.selector")?)?;
    (!selector.is_empty()).then_some(selector)
}

/// A budget without a selector selects nothing; an empty one selects the namespace, but nothing in `policy/v1beta1`.
fn budget_selector(object: &Object) -> Option<Selector> {
    let selector = Selector::read(object.value.at("spec.selector")?)?;
    let is_void = selector.is_empty() && object.api_version == "policy/v1beta1";
    (!is_void).then_some(selector)
}

/// The Services that send traffic to a pod.
pub(crate) fn services_of<'s, 'a>(
    around: &'s Around<'a>,
    pod: &'s Pod<'_>,
) -> impl Iterator<Item = &'s Selecting<'a>> {
    around
        .services
        .iter()
        .filter(|service| service.selector.matches(pod.labels()))
}

/// True for what a controller made: whoever made it is judged.
pub(crate) fn is_controlled(object: &Object) -> bool {
    object
        .value
        .items("metadata.ownerReferences")
        .iter()
        .any(|owner| owner.flag("controller") == Some(true))
}

/// The namespaces that Kubernetes makes for itself.
pub(crate) fn is_system(namespace: &str) -> bool {
    matches!(namespace, "kube-system" | "kube-public" | "kube-node-lease")
}
