use std::collections::BTreeMap;

use super::difference::{Change, Difference};
use crate::decision::{PolicyId, PolicyKind};

/// An exception with which a policy denies nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// The policy.
    pub policy: PolicyId,
    /// The namespaces that it would have to leave out: each of them has something newly denied, so none can be spared.
    pub namespaces: Vec<String>,
    /// Cluster-wide objects are newly denied as well; no namespace excepts them.
    pub has_cluster_wide: bool,
    /// How many requests they cover.
    pub covers: u64,
}

impl Exemption {
    /// Where it is written: a field of a constraint, a selector of a binding, or the labels of the Namespaces.
    pub fn place(&self) -> &'static str {
        match self.policy.engine {
            PolicyKind::Gatekeeper => "spec.match.excludedNamespaces",
            PolicyKind::Admission => "spec.matchResources.namespaceSelector",
            PolicyKind::PodSecurity => "pod-security.kubernetes.io/enforce",
        }
    }
}

pub(super) fn exemptions(differences: &[Difference]) -> Vec<Exemption> {
    let mut found: BTreeMap<&PolicyId, Exemption> = BTreeMap::new();
    let cut_off = differences
        .iter()
        .filter(|one| matches!(one.change, Change::NewlyDenied | Change::NewlyFailing));
    for difference in cut_off {
        for policy in &difference.policies {
            let own = found.entry(policy).or_insert_with(|| Exemption {
                policy: policy.clone(),
                namespaces: Vec::new(),
                has_cluster_wide: false,
                covers: 0,
            });
            if difference.namespace.is_empty() {
                own.has_cluster_wide = true;
            } else if !own.namespaces.contains(&difference.namespace) {
                own.namespaces.push(difference.namespace.clone());
                own.namespaces.sort();
            }
            own.covers += difference.count;
        }
    }
    found.into_values().collect()
}
