//! Who watches what runs, and who hears of it.

pub(crate) mod routes;
pub(crate) mod sensors;

mod alert_routing;
mod falco_present;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] =
    &[&alert_routing::AlertRouting, &falco_present::FalcoPresent];
