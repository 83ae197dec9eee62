//! `sekisho policy …`.

pub(crate) mod documents;
pub(crate) mod eval;
mod junit;
mod outcome;
pub(crate) mod pod_security;
mod suites;
pub(crate) mod test;
