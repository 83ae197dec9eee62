//! Where nodes live, how they are reached, and what they may do.

pub(crate) mod edits;
pub(crate) mod groups;
pub(crate) mod node_metadata;
pub(crate) mod openings;
pub(crate) mod routes;
pub(crate) mod rules;

mod instance_metadata;
mod node_group_security_groups;
mod node_repair;
mod public_nodes;
mod session_logging;
mod ssh_open;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &instance_metadata::InstanceMetadata,
    &node_group_security_groups::NodeGroupSecurityGroups,
    &node_repair::NodeRepair,
    &public_nodes::PublicNodes,
    &session_logging::SessionLogging,
    &ssh_open::SshOpen,
];
