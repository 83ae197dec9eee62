//! Whether AWS watches and keeps a trail.

pub(crate) mod buckets;
pub(crate) mod detectors;
pub(crate) mod events;
pub(crate) mod patterns;
pub(crate) mod regions;
pub(crate) mod routes;
pub(crate) mod taken_up;
pub(crate) mod topics;

mod alarm_without_action;
mod cloudtrail_whole;
mod findings_route;
mod guardduty_coverage;
mod guardduty_eks;
mod log_retention;
mod trail_bucket;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &alarm_without_action::AlarmWithoutAction,
    &cloudtrail_whole::CloudtrailWhole,
    &findings_route::FindingsRoute,
    &guardduty_coverage::GuarddutyCoverage,
    &guardduty_eks::GuarddutyEks,
    &log_retention::LogRetention,
    &trail_bucket::TrailBucket,
];
