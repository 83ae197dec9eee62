//! Who may become whom in AWS, and what they may do then.

pub(crate) mod grants;
pub(crate) mod policy;
pub(crate) mod powers;
pub(crate) mod told;
pub(crate) mod trust;

mod ci_trust;
mod irsa_trust;
mod node_role_least_privilege;
mod push_and_deploy_role;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &ci_trust::CiTrust,
    &irsa_trust::IrsaTrust,
    &node_role_least_privilege::NodeRoleLeastPrivilege,
    &push_and_deploy_role::PushAndDeployRole,
];
