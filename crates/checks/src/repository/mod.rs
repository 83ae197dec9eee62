//! Repositories of images, and secrets as Terraform keeps them.

mod ecr_immutable;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[&ecr_immutable::EcrImmutable];
