//! What the mesh encrypts, whom it believes, and whom it lets in.

pub(crate) mod concerned;
pub(crate) mod config;
pub(crate) mod layers;
pub(crate) mod lifetime;
pub(crate) mod members;
pub(crate) mod mtls;
pub(crate) mod principals;
pub(crate) mod rules;

mod authorization_allows_all;
mod authorization_default_deny;
mod authorization_never_matches;
mod authorization_plaintext;
mod injection_needs_privilege;
mod jwt_not_required;
mod mesh_certificates;
mod mesh_injection_off;
mod mesh_port_exclusion;
mod mtls_client_disabled;
mod mtls_strict;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &authorization_allows_all::AuthorizationAllowsAll,
    &authorization_default_deny::AuthorizationDefaultDeny,
    &authorization_never_matches::AuthorizationNeverMatches,
    &authorization_plaintext::AuthorizationPlaintext,
    &injection_needs_privilege::InjectionNeedsPrivilege,
    &jwt_not_required::JwtNotRequired,
    &mesh_certificates::MeshCertificates,
    &mesh_injection_off::MeshInjectionOff,
    &mesh_port_exclusion::MeshPortExclusion,
    &mtls_client_disabled::MtlsClientDisabled,
    &mtls_strict::MtlsStrict,
];
