//! Cluster-wide policies in tiers: upstream's AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy
//! (policy.networking.k8s.io), and the VPC CNI's ClusterNetworkPolicy (networking.k8s.aws).

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Object, Place, Selector};
use serde_json::{Map, Value};

use super::addresses::AddressSet;
use super::policies::Direction;

const KINDS: [(&str, &str); 4] = [
    ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ("policy.networking.k8s.io", "ClusterNetworkPolicy"),
    ("networking.k8s.aws", "ClusterNetworkPolicy"),
];

/// The cluster-wide policies, by place.
#[derive(Debug)]
pub(crate) struct Tiers<'a>(BTreeMap<Arc<Place>, Vec<&'a Object>>);

impl<'a> Tiers<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut found: BTreeMap<Arc<Place>, Vec<&Object>> = BTreeMap::new();
        for (group, kind) in KINDS {
            for (_, object) in estate.of_kind(group, kind) {
                found
                    .entry(Arc::clone(&object.place))
                    .or_default()
                    .push(object);
            }
        }
        Self(found)
    }

    /// A policy that denies everything that nobody allowed, for every pod of a namespace.
    pub(crate) fn denying(
        &self,
        place: &Arc<Place>,
        namespace: &str,
        labels: Option<&Map<String, Value>>,
        direction: Direction,
    ) -> Option<&'a Object> {
        let mut labels = labels.cloned().unwrap_or_default();
        // The API server puts this label on every namespace.
        labels.insert(
            "kubernetes.io/metadata.name".to_owned(),
            Value::from(namespace),
        );
        self.0.get(place)?.iter().copied().find(|object| {
            covers(object.value.at("spec.subject"), &labels) && denies(object, direction)
        })
    }
}

/// Whether a subject takes in every pod of the namespace.
fn covers(subject: Option<&Value>, labels: &Map<String, Value>) -> bool {
    let Some(subject) = subject else { return false };
    if let Some(namespaces) = subject.at("namespaces") {
        return selects(namespaces, labels);
    }
    let (namespaces, pods) = (
        subject.at("pods.namespaceSelector"),
        subject.at("pods.podSelector"),
    );
    match (namespaces, pods) {
        (Some(namespaces), Some(pods)) => {
            selects(namespaces, labels)
                && Selector::read(pods).is_some_and(|selector| selector.is_empty())
        }
        _ => false,
    }
}

fn selects(selector: &Value, labels: &Map<String, Value>) -> bool {
    Selector::read(selector).is_some_and(|selector| selector.matches(Some(labels)))
}

/// Within one object the first rule that matches counts, so a Deny for everybody counts only before an Accept for everybody.
fn denies(object: &Object, direction: Direction) -> bool {
    let mut pods = false;
    let mut addresses = AddressSet::default();
    for rule in object
        .value
        .at("spec")
        .map_or(&[][..], |spec| spec.items(direction.field()))
    {
        let has_ports = !rule.items("ports").is_empty() || !rule.items("protocols").is_empty();
        if has_ports {
            continue;
        }
        let peers = rule.items(direction.peers());
        let all_pods = peers.iter().any(|peer| {
            peer.at("namespaces")
                .or_else(|| peer.at("pods.namespaceSelector"))
                .and_then(Selector::read)
                .is_some_and(|selector| selector.is_empty())
                && peer
                    .at("pods.podSelector")
                    .and_then(Selector::read)
                    .is_none_or(|selector| selector.is_empty())
        });
        let networks = AddressSet::of_cidrs(
            peers
                .iter()
                .flat_map(|peer| peer.items("networks"))
                .filter_map(Value::as_str),
        );
        if rule.text("action") != Some("Deny") {
            if all_pods || networks.covers_internet() {
                return false;
            }
            continue;
        }
        pods |= all_pods;
        addresses = addresses.union(&networks);
    }
    let all_addresses = AddressSet::of_cidrs(["0.0.0.0/0"]);
    match direction {
        // Ways in from outside of the cluster are out of reach of these policies: their peers are pods.
        Direction::Ingress => pods,
        Direction::Egress => {
            addresses.covers(&all_addresses)
                || addresses.covers(&AddressSet::of_cidrs(["::/0"]))
                || (pods && addresses.covers_internet())
        }
    }
}
