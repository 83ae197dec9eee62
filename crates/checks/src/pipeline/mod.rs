//! Pipelines: how they can be attacked, and what they must do before they ship.

pub(crate) mod ecosystems;
pub(crate) mod foreign;
pub(crate) mod matrix;
pub(crate) mod scripts;

mod dependency_updates;
mod failure_alerts;
mod failure_rolls_back;
mod image_signed_in_pipeline;
mod paths_tested_in_staging;
mod pipeline_scans;
mod policy_check_in_pipeline;
mod push_and_deploy;
mod sbom_signed;
mod scan_does_not_fail;
mod secret_in_pipeline;
mod secrets_in_logs;
mod secrets_inherit;
mod self_hosted_runner;
mod static_cloud_keys;
mod unpinned_action;
mod untrusted_checkout;
mod wide_permissions;
mod workflow_injection;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &dependency_updates::DependencyUpdates,
    &failure_alerts::FailureAlerts,
    &failure_rolls_back::FailureRollsBack,
    &image_signed_in_pipeline::ImageSignedInPipeline,
    &paths_tested_in_staging::PathsTestedInStaging,
    &pipeline_scans::PipelineScans,
    &policy_check_in_pipeline::PolicyCheckInPipeline,
    &push_and_deploy::PushAndDeploy,
    &sbom_signed::SbomSigned,
    &scan_does_not_fail::ScanDoesNotFail,
    &secret_in_pipeline::SecretInPipeline,
    &secrets_in_logs::SecretsInLogs,
    &secrets_inherit::SecretsInherit,
    &self_hosted_runner::SelfHostedRunner,
    &static_cloud_keys::StaticCloudKeys,
    &unpinned_action::UnpinnedAction,
    &untrusted_checkout::UntrustedCheckout,
    &wide_permissions::WidePermissions,
    &workflow_injection::WorkflowInjection,
];
