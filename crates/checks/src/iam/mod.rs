//! Who may become whom in AWS, and what they may do then.

pub(crate) mod policy;
pub(crate) mod trust;

mod ci_trust;
mod irsa_trust;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[&ci_trust::CiTrust, &irsa_trust::IrsaTrust];
