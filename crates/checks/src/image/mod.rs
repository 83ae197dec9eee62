//! Where images come from, and whether anybody looks at them.

pub(crate) mod reference;
pub(crate) mod schedule;
pub(crate) mod verifiers;

mod image_digest;
mod image_pull_policy;
mod scheduled_scan;
mod signature_enforcement;
mod untrusted_registry;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &image_digest::ImageDigest,
    &image_pull_policy::ImagePullPolicy,
    &scheduled_scan::ScheduledScan,
    &signature_enforcement::SignatureEnforcement,
    &untrusted_registry::UntrustedRegistry,
];
