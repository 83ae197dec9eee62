//! What subjects can really do through their bindings.

pub(crate) mod everybody;
pub(crate) mod held;
pub(crate) mod holders;
pub(crate) mod narrowing;
pub(crate) mod power_words;
pub(crate) mod stars;
pub(crate) mod wording;

mod admission_tampering;
mod anonymous_access;
mod aws_auth_edit;
mod certificate_approval;
mod cluster_admin_binding;
mod dangling_binding;
mod data_deletion;
mod default_account_binding;
mod dns_edit;
mod event_deletion;
mod impersonation;
mod log_readers;
mod namespace_relabel;
mod network_policy_edit;
mod node_tampering;
mod nodes_proxy;
mod pod_exec;
mod rbac_wildcard;
mod role_escalation;
mod secret_readers;
mod service_account_edit;
mod system_masters;
mod token_minting;
mod unused_service_account;
mod volume_creation;
mod webhook_tampering;
mod workload_creators;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &admission_tampering::AdmissionTampering,
    &anonymous_access::AnonymousAccess,
    &aws_auth_edit::AwsAuthEdit,
    &certificate_approval::CertificateApproval,
    &cluster_admin_binding::ClusterAdminBinding,
    &dangling_binding::DanglingBinding,
    &data_deletion::DataDeletion,
    &default_account_binding::DefaultAccountBinding,
    &dns_edit::DnsEdit,
    &event_deletion::EventDeletion,
    &impersonation::Impersonation,
    &log_readers::LogReaders,
    &namespace_relabel::NamespaceRelabel,
    &network_policy_edit::NetworkPolicyEdit,
    &node_tampering::NodeTampering,
    &nodes_proxy::NodesProxy,
    &pod_exec::PodExec,
    &rbac_wildcard::RbacWildcard,
    &role_escalation::RoleEscalation,
    &secret_readers::SecretReaders,
    &service_account_edit::ServiceAccountEdit,
    &system_masters::SystemMasters,
    &token_minting::TokenMinting,
    &unused_service_account::UnusedServiceAccount,
    &volume_creation::VolumeCreation,
    &webhook_tampering::WebhookTampering,
    &workload_creators::WorkloadCreators,
];
