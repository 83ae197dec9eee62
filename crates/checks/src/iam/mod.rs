//! Who may become whom in AWS, and what they may do then.

pub(crate) mod asking;
pub(crate) mod grants;
pub(crate) mod holders;
pub(crate) mod holding;
pub(crate) mod needed;
pub(crate) mod pods;
pub(crate) mod policy;
pub(crate) mod powers;
pub(crate) mod told;
pub(crate) mod trust;

mod ci_trust;
mod foreign_trust;
mod irsa_trust;
mod long_lived_key;
mod node_role_least_privilege;
mod pipeline_role_rights;
mod pod_identity_association;
mod pod_identity_trust;
mod push_and_deploy_role;
mod workload_reaches_secrets;
mod workload_role_powers;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &ci_trust::CiTrust,
    &foreign_trust::ForeignTrust,
    &irsa_trust::IrsaTrust,
    &long_lived_key::LongLivedKey,
    &node_role_least_privilege::NodeRoleLeastPrivilege,
    &pipeline_role_rights::PipelineRoleRights,
    &pod_identity_association::PodIdentityAssociation,
    &pod_identity_trust::PodIdentityTrust,
    &push_and_deploy_role::PushAndDeployRole,
    &workload_reaches_secrets::WorkloadReachesSecrets,
    &workload_role_powers::WorkloadRolePowers,
];
