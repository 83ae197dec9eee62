//! The checks, one file each, and the engine that walks an estate with them.
//!
//! A check ([`Check`]) says what it saw; the engine ([`judge`]) turns routes into places and what was said into evidence
//! and findings; [`controls`] adds evidence up to verdicts of controls; [`suppress`] takes accepted findings out of the count.

mod absence;
mod accounts;
mod admission;
mod check;
mod context;
pub mod controls;
mod deeds;
mod delivery;
mod edge;
mod eks;
mod embedded;
mod engine;
mod exception;
mod exposure;
mod finding;
pub mod fixing;
mod hcl;
mod iam;
mod identity;
mod image;
pub mod instances;
mod links;
mod mesh;
mod mutators;
mod network;
mod nodes;
mod pipeline;
mod pod;
mod rbac;
mod reading;
mod registry;
mod repository;
mod rights;
mod runtime;
pub mod secrecy;
mod secrets;
mod settled;
mod sheet;
mod storage;
pub mod suppress;
mod trail;
mod workload;
mod workloads;

pub use accounts::Accounts;
pub use check::{Check, Described, FixKind, Level, Meta, Profile};
pub use context::Context;
pub use engine::{Judged, judge};
pub use mutators::{Mutated, Mutators, Setting};
pub use registry::{all, by_id};
pub use rights::{Bound, Held, Right, Rights, RoleState, RuleId};
pub use sheet::{Fault, On, Sheet};
pub use workloads::Workloads;
