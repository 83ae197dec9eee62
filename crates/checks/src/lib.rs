//! The checks, one file each, and the engine that walks an estate with them.
//!
//! A check ([`Check`]) says what it saw; the engine ([`judge`]) turns routes into places and what was said into evidence
//! and findings; [`controls`] adds evidence up to verdicts of controls; [`suppress`] takes accepted findings out of the count.

mod check;
mod context;
pub mod controls;
mod engine;
mod exception;
mod finding;
pub mod fixing;
mod registry;
mod sheet;
pub mod suppress;

pub use check::{Check, Described, FixKind, Level, Meta, Profile};
pub use context::Context;
pub use engine::{Judged, judge};
pub use registry::{all, by_id};
pub use sheet::{Fault, On, Sheet};
