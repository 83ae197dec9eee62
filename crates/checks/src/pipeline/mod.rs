//! Pipelines: how they can be attacked, and what they must do before they ship.

pub(crate) mod foreign;
pub(crate) mod matrix;

mod secrets_in_logs;
mod secrets_inherit;
mod self_hosted_runner;
mod unpinned_action;
mod untrusted_checkout;
mod wide_permissions;
mod workflow_injection;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &secrets_in_logs::SecretsInLogs,
    &secrets_inherit::SecretsInherit,
    &self_hosted_runner::SelfHostedRunner,
    &unpinned_action::UnpinnedAction,
    &untrusted_checkout::UntrustedCheckout,
    &wide_permissions::WidePermissions,
    &workflow_injection::WorkflowInjection,
];
