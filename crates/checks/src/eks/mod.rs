//! What the cluster itself is set to: endpoint, logs, encryption, version, access entries.

mod control_plane_logs;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[&control_plane_logs::ControlPlaneLogs];
