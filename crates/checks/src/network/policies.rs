//! The NetworkPolicies of an estate, by where they live, and which pods they isolate.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Namespace, Object, Place, Pod, Selector};
use serde_json::Value;

/// One of the two ways that traffic goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

impl Direction {
    /// Both.
    pub(crate) const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    /// The field of its rules, below `spec`.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The field of a rule that lists the other side.
    pub(crate) fn peers(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }

    /// Its name in `policyTypes`.
    pub(crate) fn policy_type(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }
}

/// A policy of the shape of NetworkPolicy v1: Kubernetes' own, or the VPC CNI's ApplicationNetworkPolicy.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    /// Its index in the estate.
    pub(crate) index: usize,
    /// The object.
    pub(crate) object: &'a Object,
    /// Which pods of its namespace it isolates; `None` when the API server would refuse the selector.
    pub(crate) selector: Option<Selector>,
}

impl<'a> Policy<'a> {
    /// Reads an object; `None` for other kinds.
    pub(crate) fn of(index: usize, object: &'a Object) -> Option<Self> {
        let is_one = object.is("networking.k8s.io", "NetworkPolicy")
            || object.is("networking.k8s.aws", "ApplicationNetworkPolicy");
        is_one.then(|| Self {
            index,
            object,
            selector: match object.value.at("spec.podSelector") {
                Some(selector) if !selector.is_null() => Selector::read(selector),
                _ => Selector::read(&Value::Object(serde_json::Map::new())),
            },
        })
    }

    /// Whether it isolates in a direction. Without `policyTypes`: always the way in, and the way out when there are
    /// rules for it (`networking/v1.NetworkPolicySpec`; the API server writes this default into its own kind).
    pub(crate) fn isolates(&self, direction: Direction) -> bool {
        let types = self.object.value.items("spec.policyTypes");
        if types.is_empty() {
            return direction == Direction::Ingress || !self.rules(direction).is_empty();
        }
        types
            .iter()
            .any(|kind| kind.as_str() == Some(direction.policy_type()))
    }

    /// The rules of a direction.
    pub(crate) fn rules(&self, direction: Direction) -> &'a [Value] {
        self.object
            .value
            .at("spec")
            .map_or(&[], |spec| spec.items(direction.field()))
    }

    /// True when it holds for every pod of its namespace, whatever its labels.
    pub(crate) fn selects_all(&self) -> bool {
        self.selector.as_ref().is_some_and(Selector::is_empty)
    }

    /// True when it holds for a pod of its namespace.
    pub(crate) fn selects(&self, pod: &Pod<'_>) -> bool {
        self.selector
            .as_ref()
            .is_some_and(|selector| selector.matches(pod.labels()))
    }

    /// True when some rule of the direction lets everybody through on every port.
    pub(crate) fn allows_all(&self, direction: Direction) -> bool {
        self.isolates(direction)
            && self.rules(direction).iter().any(|rule| {
                rule.items(direction.peers()).is_empty() && rule.items("ports").is_empty()
            })
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Policies<'a> {
    by_home: BTreeMap<(Arc<Place>, Namespace), Vec<Policy<'a>>>,
    foreign: BTreeMap<Arc<Place>, Vec<&'a Object>>,
}

/// Kinds of other engines that can isolate pods as well; the reachability engine reads them, these checks do not.
const FOREIGN: [(&str, &str); 9] = [
    ("cilium.io", "CiliumNetworkPolicy"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy"),
    ("crd.projectcalico.org", "NetworkPolicy"),
    ("crd.projectcalico.org", "GlobalNetworkPolicy"),
    ("projectcalico.org", "NetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("crd.antrea.io", "ClusterNetworkPolicy"),
    ("crd.antrea.io", "NetworkPolicy"),
    ("vpcresources.k8s.aws", "SecurityGroupPolicy"),
];

impl<'a> Policies<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut found = Self {
            by_home: BTreeMap::new(),
            foreign: BTreeMap::new(),
        };
        for kind in [
            ("networking.k8s.io", "NetworkPolicy"),
            ("networking.k8s.aws", "ApplicationNetworkPolicy"),
        ] {
            for (index, object) in estate.of_kind(kind.0, kind.1) {
                let home = (Arc::clone(&object.place), object.namespace.clone());
                found
                    .by_home
                    .entry(home)
                    .or_default()
                    .extend(Policy::of(index, object));
            }
        }
        for (group, kind) in FOREIGN {
            for (_, object) in estate.of_kind(group, kind) {
                found
                    .foreign
                    .entry(Arc::clone(&object.place))
                    .or_default()
                    .push(object);
            }
        }
        found
    }

    /// Those of one namespace of one place.
    pub(crate) fn living(&self, place: &Arc<Place>, namespace: &Namespace) -> &[Policy<'a>] {
        self.by_home
            .get(&(Arc::clone(place), namespace.clone()))
            .map_or(&[], Vec::as_slice)
    }

    /// Those that isolate a pod in a direction. None isolates a pod in the node's network.
    pub(crate) fn isolating<'s>(
        &'s self,
        pod: &'s Pod<'_>,
        direction: Direction,
    ) -> impl Iterator<Item = &'s Policy<'a>> {
        self.living(&pod.object.place, &pod.object.namespace)
            .iter()
            .filter(move |policy| {
                !on_host_network(pod) && policy.isolates(direction) && policy.selects(pod)
            })
    }

    /// A policy of another engine that may isolate pods of a namespace.
    pub(crate) fn foreign(&self, place: &Arc<Place>, namespace: &Namespace) -> Option<&'a Object> {
        self.foreign
            .get(place)?
            .iter()
            .copied()
            .find(|object| object.namespace == Namespace::Cluster || object.namespace == *namespace)
    }

    /// True when the place has any policy of this shape.
    pub(crate) fn any_in(&self, place: &Arc<Place>) -> bool {
        self.by_home.keys().any(|(home, _)| home == place)
    }
}

/// Whether a pod lives in the network of its node, where no NetworkPolicy reaches it.
pub(crate) fn on_host_network(pod: &Pod<'_>) -> bool {
    pod.spec().flag("hostNetwork") == Some(true)
}
