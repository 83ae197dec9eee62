//! Whether AWS watches and keeps a trail.

pub(crate) mod detectors;
pub(crate) mod events;

mod alarm_without_action;
mod cloudtrail_whole;
mod guardduty_eks;
mod log_retention;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &alarm_without_action::AlarmWithoutAction,
    &cloudtrail_whole::CloudtrailWhole,
    &guardduty_eks::GuarddutyEks,
    &log_retention::LogRetention,
];
