//! Exceptions that no longer do what they say.

mod exception_expired;
mod exception_malformed;
mod exception_unused;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &exception_expired::ExceptionExpired,
    &exception_malformed::ExceptionMalformed,
    &exception_unused::ExceptionUnused,
];
