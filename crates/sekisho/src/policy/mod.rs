//! `sekisho policy …`.

mod junit;
mod outcome;
mod suites;
pub(crate) mod test;
