//! What NetworkPolicies let through, and whether they bind.

pub(crate) mod addresses;
pub(crate) mod agent;
pub(crate) mod makers;
pub(crate) mod namespaces;
pub(crate) mod policies;
pub(crate) mod rules;
pub(crate) mod tiers;

mod default_deny;
mod denial_evidence;
mod metadata_reachable;
mod network_policy_allows_all;
mod network_policy_reaches_node;
mod network_policy_selects_nothing;
mod policy_engine_off;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &default_deny::DefaultDeny,
    &denial_evidence::DenialEvidence,
    &metadata_reachable::MetadataReachable,
    &network_policy_allows_all::NetworkPolicyAllowsAll,
    &network_policy_reaches_node::NetworkPolicyReachesNode,
    &network_policy_selects_nothing::NetworkPolicySelectsNothing,
    &policy_engine_off::PolicyEngineOff,
];
