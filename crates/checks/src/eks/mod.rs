//! What the cluster itself is set to: endpoint, logs, encryption, version, access entries, its network add-on.

pub(crate) mod cni;
pub(crate) mod keys;
pub(crate) mod versions;

mod access_entries;
mod cluster_access_config;
mod cluster_version_supported;
mod cni_policy_engine;
mod cni_policy_logs;
mod control_plane_logs;
mod endpoint_security_groups;
mod kms_key_rotation;
mod public_endpoint;
mod secrets_encryption;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &access_entries::AccessEntries,
    &cluster_access_config::ClusterAccessConfig,
    &cluster_version_supported::ClusterVersionSupported,
    &cni_policy_engine::CniPolicyEngine,
    &cni_policy_logs::CniPolicyLogs,
    &control_plane_logs::ControlPlaneLogs,
    &endpoint_security_groups::EndpointSecurityGroups,
    &kms_key_rotation::KmsKeyRotation,
    &public_endpoint::PublicEndpoint,
    &secrets_encryption::SecretsEncryption,
];
