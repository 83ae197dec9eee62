//! Repositories of images, and secrets as Terraform keeps them.

pub(crate) mod credentials;
pub(crate) mod texts;

mod backend;
mod ecr_host;
mod ecr_immutable;
mod ecr_scan_on_push;
mod image_repository;
mod in_state;
mod mutability;
mod scanning;
mod secret_in_terraform;
mod secret_rotation;
mod state_backend;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &ecr_immutable::EcrImmutable,
    &ecr_scan_on_push::EcrScanOnPush,
    &image_repository::ImageRepository,
    &secret_in_terraform::SecretInTerraform,
    &secret_rotation::SecretRotation,
    &state_backend::StateBackend,
];
