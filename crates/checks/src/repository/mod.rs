//! Repositories of images, and secrets as Terraform keeps them.

pub(crate) mod backend;
pub(crate) mod credentials;
pub(crate) mod ecr_host;
pub(crate) mod in_state;
pub(crate) mod mutability;
pub(crate) mod scanning;
pub(crate) mod texts;

mod ecr_immutable;
mod ecr_scan_on_push;
mod image_repository;
mod plain_parameter;
mod secret_in_state;
mod secret_in_terraform;
mod secret_rotation;
mod state_backend;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &ecr_immutable::EcrImmutable,
    &ecr_scan_on_push::EcrScanOnPush,
    &image_repository::ImageRepository,
    &plain_parameter::PlainParameter,
    &secret_in_state::SecretInState,
    &secret_in_terraform::SecretInTerraform,
    &secret_rotation::SecretRotation,
    &state_backend::StateBackend,
];
