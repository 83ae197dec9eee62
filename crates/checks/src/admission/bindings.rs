//! ValidatingAdmissionPolicies and what binds them.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Fields, Object, Place};

/// The API group of admission policies and webhooks.
pub(crate) const GROUP: &str = "admissionregistration.k8s.io";

type Named<'a> = BTreeMap<(&'a Place, &'a str), Vec<(usize, &'a Object)>>;

/// Policies by name, and bindings by the policy that they name.
#[derive(Debug)]
pub(crate) struct Bindings<'a> {
    policies: Named<'a>,
    bindings: Named<'a>,
}

impl<'a> Bindings<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut found = Self {
            policies: BTreeMap::new(),
            bindings: BTreeMap::new(),
        };
        for (index, policy) in estate.of_kind(GROUP, "ValidatingAdmissionPolicy") {
            let key = (&*policy.place, policy.name.as_str());
            found.policies.entry(key).or_default().push((index, policy));
        }
        for (index, binding) in estate.of_kind(GROUP, "ValidatingAdmissionPolicyBinding") {
            let name = binding.value.text("spec.policyName").unwrap_or("");
            let key = (&*binding.place, name);
            found
                .bindings
                .entry(key)
                .or_default()
                .push((index, binding));
        }
        found
    }

    /// Every policy with its bindings.
    pub(crate) fn policies(
        &self,
    ) -> impl Iterator<Item = (usize, &'a Object, &[(usize, &'a Object)])> {
        self.policies.iter().flat_map(|(key, policies)| {
            let bound = self.bindings.get(key).map_or(&[][..], Vec::as_slice);
            policies
                .iter()
                .map(move |(index, policy)| (*index, *policy, bound))
        })
    }

    /// The bindings whose policy is not there.
    pub(crate) fn dangling(&self) -> impl Iterator<Item = (usize, &'a Object)> {
        self.bindings
            .iter()
            .filter(|(key, _)| !self.policies.contains_key(*key))
            .flat_map(|(_, bindings)| bindings.iter().copied())
    }
}

/// True when a violation is refused.
pub(crate) fn denies(binding: &Object) -> bool {
    binding
        .value
        .items("spec.validationActions")
        .iter()
        .any(|action| action == "Deny")
}

/// True when a binding narrows its policy in no way.
pub(crate) fn binds_everything(binding: &Object) -> bool {
    let Some(matched) = binding.value.at("spec.matchResources") else {
        return true;
    };
    let is_empty = |field| {
        matched
            .at(field)
            .and_then(|selector| selector.as_object())
            .is_none_or(serde_json::Map::is_empty)
    };
    matched.items("resourceRules").is_empty()
        && matched.items("excludeResourceRules").is_empty()
        && is_empty("namespaceSelector")
        && is_empty("objectSelector")
}
