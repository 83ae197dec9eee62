//! Whether the policies that guard the cluster really guard it.

pub(crate) mod bindings;
pub(crate) mod exemptions;
pub(crate) mod gatekeeper;
pub(crate) mod kyverno;
pub(crate) mod rehearsed;
pub(crate) mod system_namespaces;
pub(crate) mod webhooks;

mod admission_denies;
mod constraint_not_enforced;
mod policy_binding_not_enforced;
mod policy_engine_present;
mod policy_refused;
mod webhook_exempts_widely;
mod webhook_fails_open;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &admission_denies::AdmissionDenies,
    &constraint_not_enforced::ConstraintNotEnforced,
    &policy_binding_not_enforced::PolicyBindingNotEnforced,
    &policy_engine_present::PolicyEnginePresent,
    &policy_refused::PolicyRefused,
    &webhook_exempts_widely::WebhookExemptsWidely,
    &webhook_fails_open::WebhookFailsOpen,
];
