//! Whether AWS watches and keeps a trail.

mod alarm_without_action;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[&alarm_without_action::AlarmWithoutAction];
