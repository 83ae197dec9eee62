//! What a pod may do to its node: Pod Security, and what a namespace enforces of it.

pub(crate) mod capabilities;
pub(crate) mod enforcement;
pub(crate) mod hardening;
pub(crate) mod refusal;
pub(crate) mod root_group;
pub(crate) mod standards;
pub(crate) mod users;

mod dangerous_capability;
mod host_namespaces;
mod host_port;
mod namespace_pod_security;
mod pod_security;
mod pod_security_policy;
mod privileged_container;
mod runs_as_root;
mod share_process_namespace;
mod unconfined_profile;
mod windows_host_process;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &dangerous_capability::DangerousCapability,
    &host_namespaces::HostNamespaces,
    &host_port::HostPort,
    &namespace_pod_security::NamespacePodSecurity,
    &pod_security::PodSecurity,
    &pod_security_policy::PodSecurityPolicy,
    &privileged_container::PrivilegedContainer,
    &runs_as_root::RunsAsRoot,
    &share_process_namespace::ShareProcessNamespace,
    &unconfined_profile::UnconfinedProfile,
    &windows_host_process::WindowsHostProcess,
];
