//! Whether workloads stay up, and stay within their bounds.

pub(crate) mod amounts;
pub(crate) mod budget;
pub(crate) mod measuring;
pub(crate) mod scaler;
pub(crate) mod spreading;
pub(crate) mod surroundings;

mod autoscaler;
mod default_namespace;
mod disruption_budget;
mod ephemeral_storage;
mod limit_range;
mod naked_pod;
mod placement;
mod priority_class;
mod probes;
mod replicas;
mod resource_limits;
mod resource_quota;
mod resource_requests;
mod spread;
mod system_namespace;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &autoscaler::Autoscaler,
    &default_namespace::DefaultNamespace,
    &disruption_budget::DisruptionBudget,
    &ephemeral_storage::EphemeralStorage,
    &limit_range::LimitRange,
    &naked_pod::NakedPod,
    &placement::Placement,
    &priority_class::PriorityClass,
    &probes::Probes,
    &replicas::Replicas,
    &resource_limits::ResourceLimits,
    &resource_quota::ResourceQuota,
    &resource_requests::ResourceRequests,
    &spread::Spread,
    &system_namespace::SystemNamespace,
];
