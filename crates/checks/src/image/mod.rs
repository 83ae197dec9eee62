//! Where images come from, and whether anybody looks at them.

pub(crate) mod reference;

mod image_digest;
mod image_pull_policy;
mod untrusted_registry;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &image_digest::ImageDigest,
    &image_pull_policy::ImagePullPolicy,
    &untrusted_registry::UntrustedRegistry,
];
