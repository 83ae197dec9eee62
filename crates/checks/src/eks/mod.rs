//! What the cluster itself is set to: endpoint, logs, encryption, version, access entries.

pub(crate) mod keys;
pub(crate) mod versions;

mod access_entries;
mod aws_auth_entries;
mod cluster_access_config;
mod cluster_version_supported;
mod control_plane_logs;
mod kms_key_rotation;
mod public_endpoint;
mod secrets_encryption;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &access_entries::AccessEntries,
    &aws_auth_entries::AwsAuthEntries,
    &cluster_access_config::ClusterAccessConfig,
    &cluster_version_supported::ClusterVersionSupported,
    &control_plane_logs::ControlPlaneLogs,
    &kms_key_rotation::KmsKeyRotation,
    &public_endpoint::PublicEndpoint,
    &secrets_encryption::SecretsEncryption,
];
