//! `sekisho policy …`.

pub(crate) mod documents;
pub(crate) mod eval;
mod junit;
pub(crate) mod lint;
mod outcome;
pub(crate) mod pod_security;
mod suites;
pub(crate) mod test;
